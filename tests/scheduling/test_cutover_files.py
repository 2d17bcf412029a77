"""A practice admin brings a file in the admin site: checked first, then brought; it is found again, and survives a kill."""

from datetime import timedelta
from zoneinfo import ZoneInfoNotFoundError

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from compliance.models import Job, Location
from compliance.tenancy import SYSTEM, acting_in
from compliance.tenancy.urls import practice_url
from scheduling.cutover import files
from scheduling.models import Appointment, Brought, CutOverFile
from tests.factories import people
from tests.scheduling.test_cutover import HEADER, MAPPING, row, starts, there

__all__ = ["there"]


@pytest.fixture
def site(admin):
    """The admin's browser."""
    return people.browser(admin)


def hand_in(practice, site, *lines, content=None, mapping=MAPPING):
    text = "\n".join([HEADER, *lines]).encode() if content is None else content
    posted = {"file": SimpleUploadedFile("visits.csv", text), "mapping": mapping}
    return site.post(practice_url(practice, "admin:scheduling_cutoverfile_add"), posted)


def the_file(practice):
    with acting_in(practice.pk, SYSTEM):
        return CutOverFile.objects.select_related("job").get()


def deed(practice, site, name):
    at = practice_url(practice, "admin:scheduling_cutoverfile_do", the_file(practice).pk, name)
    return site.post(at, follow=True)


def page(practice, site):
    return site.get(practice_url(practice, "admin:scheduling_cutoverfile_change", the_file(practice).pk)).content.decode()


def test_a_file_is_checked_and_nothing_is_booked(practice, there, site):
    hand_in(practice, site, row(), row("2", "9999"))

    files.work(practice.pk, the_file(practice).pk)

    assert (the_file(practice).state, the_file(practice).lines, starts(practice)) == (
        "checked",
        [[2, "booked", ""], [3, "not booked", "names a patient who is not on file"]],
        [],
    )


def test_the_page_says_what_each_row_would_do(practice, there, site):
    hand_in(practice, site, row(), row("2", "9999"))
    files.work(practice.pk, the_file(practice).pk)

    said = page(practice, site)

    assert ("1 to look at" in said, "The row names a patient who is not on file." in said) == (True, True)


def test_what_was_checked_is_brought_and_the_file_goes(practice, there, site):
    hand_in(practice, site, row())
    files.work(practice.pk, the_file(practice).pk)
    deed(practice, site, "bring")

    files.work(practice.pk, the_file(practice).pk)

    brought = the_file(practice)
    assert (brought.state, brought.content, brought.job.state, len(starts(practice))) == ("brought", None, "done", 1)


def test_reminders_of_it_are_held_back(practice, there, site):
    hand_in(practice, site, row())
    files.work(practice.pk, the_file(practice).pk)
    deed(practice, site, "bring"), files.work(practice.pk, the_file(practice).pk)

    with acting_in(practice.pk, SYSTEM):
        assert Brought.objects.get().released_at is None


def test_a_file_that_was_put_away_is_gone_and_cannot_be_brought(practice, there, site):
    hand_in(practice, site, row())
    files.work(practice.pk, the_file(practice).pk)
    deed(practice, site, "drop")

    said = deed(practice, site, "bring").content.decode()

    assert (the_file(practice).content, "Somebody decided about this file meanwhile" in said, starts(practice)) == (
        None,
        True,
        [],
    )


@pytest.mark.parametrize(
    ("how", "sentence"),
    [
        ({"mapping": "x = ["}, "not written in TOML"),
        ({"mapping": MAPPING.replace("Dr. Okafor", "Dr. Nobody")}, "not one of the practice"),
        ({"content": b"Wrong,Header\n1,2"}, "is not in the file"),
        ({"content": b"\x00\x01"}, "neither CSV"),
        ({"content": b""}, "This file is empty."),
        ({"content": b"x" * 20_000_001}, "larger than 20 MB"),
    ],
)
def test_what_cannot_be_taken_is_said_at_its_field(practice, there, site, how, sentence):
    answer = hand_in(practice, site, row(), **how)

    with acting_in(practice.pk, SYSTEM):
        kept = CutOverFile.objects.count()
    assert (answer.status_code, sentence in answer.content.decode(), kept) == (422, True, 0)


def test_a_mapping_that_is_refused_stays_in_its_box(practice, there, site):
    said = hand_in(practice, site, row(), mapping="mine = [").content.decode()

    assert ">\nmine = [</textarea>" in said


def test_a_calendar_that_cannot_be_read_is_refused_in_words(practice, there, site):
    hand_in(practice, site, content=b"BEGIN:VCALENDAR\nnonsense")

    files.work(practice.pk, the_file(practice).pk)

    kept = the_file(practice)
    assert (kept.state, kept.content, kept.sentence in page(practice, site)) == ("refused", None, True)


def test_what_a_file_says_lies_sealed(practice, there, site):
    hand_in(practice, site, row(mrn="4711"))

    kept = the_file(practice)

    assert (b"4711" in bytes(kept.content), b"OKAFOR" in bytes(kept.mapping)) == (False, False)


def test_the_page_of_a_file_shows_its_mapping_as_text(practice, there, site):
    hand_in(practice, site, row())

    assert "system = &quot;Old One&quot;" in page(practice, site)


def test_a_check_that_was_killed_is_done_by_the_next_minute(practice, there, site):
    hand_in(practice, site, row())
    kept = the_file(practice)
    with acting_in(practice.pk, SYSTEM):
        hour_ago = timezone.now() - timedelta(hours=1)
        Job.objects.filter(pk=kept.job_id).update(state="running", beat_at=hour_ago)

    files.work(practice.pk, kept.pk)

    assert the_file(practice).state == "checked"


def test_a_file_that_nobody_brings_is_put_away_after_its_days(practice, there, site):
    hand_in(practice, site, row())
    files.work(practice.pk, the_file(practice).pk)

    with acting_in(practice.pk, SYSTEM):
        files.forget_old(now=timezone.now() + files.KEPT + files.KEPT)

    assert (the_file(practice).state, the_file(practice).content) == ("dropped", None)


def test_a_secretary_does_not_bring_files(practice, there, secretary):
    answer = hand_in(practice, people.browser(secretary), row())

    with acting_in(practice.pk, SYSTEM):
        assert (answer.status_code, CutOverFile.objects.count(), Appointment.objects.count()) == (403, 0, 0)


def in_zone(practice, zone):
    with acting_in(practice.pk, SYSTEM):
        Location.objects.update(time_zone=zone)


def test_whatever_else_stops_it_is_raised_and_the_file_can_be_brought_again(practice, there, site):
    hand_in(practice, site, row())
    in_zone(practice, "No/Where")
    with pytest.raises(ZoneInfoNotFoundError):
        files.work(practice.pk, the_file(practice).pk)
    stopped = the_file(practice)
    in_zone(practice, practice.time_zone)

    deed(practice, site, "bring"), files.work(practice.pk, the_file(practice).pk)

    assert (stopped.state, stopped.sentence, stopped.job.state) == ("stopped", files.STOPPED, "failed")
    assert (the_file(practice).state, len(starts(practice))) == ("brought", 1)
