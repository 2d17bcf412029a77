"""A practice admin says what the columns of a file are, and what its words mean here, without writing a mapping."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from compliance.tenancy import SYSTEM, acting_in
from compliance.tenancy.urls import practice_url
from scheduling.admin.word_forms import name_of
from scheduling.cutover import files
from scheduling.cutover.mapping import LEFT_OUT
from scheduling.models import CutOverFile
from tests.factories import people
from tests.scheduling.test_cutover import HEADER, row, starts, there
from tests.scheduling.test_cutover_files import deed, the_file

__all__ = ["there"]

COLUMNS = {"id": "Appt", "mrn": "Chart", "start": "Start", "provider": "Resource", "kind": "Type", "status": "State"}
WORDS = {("providers", "OKAFOR, N"): "Dr. Okafor", ("kinds", "FU"): "Follow-up", ("states", "X"): "off"}


@pytest.fixture
def site(admin):
    """The admin's browser."""
    return people.browser(admin)


def hand_in(practice, site, *lines, content=None, system="Old One"):
    text = "\n".join([HEADER, *lines]).encode() if content is None else content
    posted = {"file": SimpleUploadedFile("visits.csv", text), "system": system}
    return site.post(practice_url(practice, "admin:scheduling_cutoverfile_add"), posted)


def newest(practice):
    with acting_in(practice.pk, SYSTEM):
        return CutOverFile.objects.order_by("-taken_at", "-pk")[0]


def at(practice, page):
    return practice_url(practice, f"admin:scheduling_cutoverfile_{page}", newest(practice).pk)


def tell_columns(practice, site, **other):
    return site.post(at(practice, "columns"), COLUMNS | {"zone": "America/Chicago"} | other)


def tell_words(practice, site, words=WORDS):
    return site.post(at(practice, "words"), {name_of(*word): ours for word, ours in words.items()})


def kept(practice):
    with acting_in(practice.pk, SYSTEM):
        return files.words_of(newest(practice))


def shown(response):
    return {bound.name: bound.value() for bound in response.context["form"]}


def errors(response):
    return {name: list(said) for name, said in response.context["form"].errors.items()}


def test_a_file_is_kept_sealed_until_its_columns_are_told(practice, there, site):
    hand_in(practice, site, row(mrn="4711"))

    file = newest(practice)

    assert (file.state, file.job_id, b"4711" in bytes(file.content), b"Chart" in bytes(file.mapping)) == (
        "handed",
        None,
        False,
        False,
    )


def test_the_page_of_a_file_leads_to_its_columns(practice, there, site):
    answer = hand_in(practice, site, row())

    assert site.get(answer["Location"])["Location"] == at(practice, "columns")


def test_columns_are_proposed_by_their_names(practice, there, site):
    hand_in(practice, site, row())

    said = shown(site.get(at(practice, "columns")))

    assert {name: column for name, column in said.items() if column} == COLUMNS | {"zone": "America/Chicago"}


def test_words_are_proposed_by_our_names(practice, there, site):
    hand_in(practice, site, row(), row("2", state="X"))
    tell_columns(practice, site)

    said = shown(site.get(at(practice, "words")))

    assert {word: said[name_of(*word)] for word in WORDS} == {
        ("providers", "OKAFOR, N"): "Dr. Okafor",
        ("kinds", "FU"): None,
        ("states", "X"): "off",
    }


def test_what_was_chosen_is_checked_and_brought(practice, there, site):
    hand_in(practice, site, row(), row("2", "4712", state="X"))
    tell_columns(practice, site)
    tell_words(practice, site)
    files.work(practice.pk, newest(practice).pk)
    checked = newest(practice).lines
    deed(practice, site, "bring")

    files.work(practice.pk, newest(practice).pk)

    assert (checked, newest(practice).state, len(starts(practice))) == (
        [[2, "booked", ""], [3, "cancelled", ""]],
        "brought",
        1,
    )


def test_the_selects_write_what_the_text_says(practice, there, site):
    hand_in(practice, site, row(), row("2", state="X"))
    tell_columns(practice, site)
    tell_words(practice, site)

    text = files.mapping_of(newest(practice)).splitlines()

    assert text[:4] == ['system = "Old One"', 'zone = "America/Chicago"', 'cancelled = ["x"]', ""]
    assert text[-5:] == ["[providers]", '"OKAFOR, N" = "Dr. Okafor"', "", "[kinds]", 'FU = "Follow-up"']


def test_what_was_chosen_is_proposed_for_the_next_file_of_the_system(practice, there, site):
    hand_in(practice, site, row(), row("2", state="X"))
    tell_columns(practice, site)
    tell_words(practice, site)

    hand_in(practice, site, row(state="X"), system="old one")

    tell_columns(practice, site)
    said = shown(site.get(at(practice, "words")))
    assert (newest(practice).system, {word: said[name_of(*word)] for word in WORDS}) == ("Old One", WORDS)


def test_what_was_chosen_so_far_is_kept_on_the_way_back_to_the_columns(practice, there, site):
    hand_in(practice, site, row(), row("2", state="Ready"))
    tell_columns(practice, site)
    chosen = {("kinds", "FU"): "Follow-up", ("states", "Ready"): ""}

    answer = site.post(at(practice, "words"), {name_of(*word): ours for word, ours in chosen.items()} | {"back": ""})

    assert (answer["Location"], kept(practice).kinds) == (at(practice, "columns"), {"FU": "Follow-up"})


def test_another_system_is_proposed_nothing_of_it(practice, there, site):
    hand_in(practice, site, row())
    tell_columns(practice, site, reason="Type")
    tell_words(practice, site)

    hand_in(practice, site, row(), system="Another")

    assert "reason" not in kept(practice).columns


def test_visits_that_are_left_out_are_listed_and_not_booked(practice, there, site):
    hand_in(practice, site, row())
    tell_columns(practice, site)
    tell_words(practice, site, WORDS | {("kinds", "FU"): "-"})

    files.work(practice.pk, newest(practice).pk)

    assert (kept(practice).kinds, newest(practice).lines) == (
        {"FU": LEFT_OUT},
        [[2, "not booked", "has a kind of visit that the mapping leaves out"]],
    )


def test_what_was_chosen_stays_on_a_page_that_is_refused(practice, there, site):
    hand_in(practice, site, row())

    said = shown(tell_columns(practice, site, id="", reason="State"))

    assert (said["id"], said["reason"], said["provider"]) == ("", "State", "Resource")


def test_after_the_check_it_can_be_chosen_anew(practice, there, site):
    hand_in(practice, site, row())
    tell_columns(practice, site)
    tell_words(practice, site, WORDS | {("kinds", "FU"): "-"})
    files.work(practice.pk, newest(practice).pk)

    deed(practice, site, "choose")
    tell_words(practice, site)
    files.work(practice.pk, newest(practice).pk)

    assert newest(practice).lines == [[2, "booked", ""]]


def test_a_file_that_is_checked_already_takes_no_other_columns(practice, there, site):
    hand_in(practice, site, row())
    tell_columns(practice, site)
    tell_words(practice, site)
    before = files.mapping_of(newest(practice))

    answer = tell_columns(practice, site, reason="State")

    assert (answer["Location"], files.mapping_of(newest(practice))) == (at(practice, "change"), before)


def test_a_file_that_is_put_away_unchosen_is_gone(practice, there, site):
    hand_in(practice, site, row())

    deed(practice, site, "drop")

    assert ((file := the_file(practice)).state, file.content, site.get(at(practice, "change")).status_code) == (
        "dropped",
        None,
        200,
    )
