"""The daily look for the portal's own canary patients: a trace is work of the privacy officer, none leaves a row only."""

import base64

import pytest
import redis
from django.contrib.admin.models import LogEntry
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.utils import timezone

from compliance import checks, people
from compliance.models import Case, Job, Practice
from compliance.session_store import SessionStore
from compliance.tenancy import SYSTEM, acting_in
from compliance.tenancy.urls import practice_url
from secretary_portal.canary import house, scan


@pytest.fixture
def family(practice):
    """One canary's family name."""
    return house.words(now=timezone.now())["names"][0]


@pytest.fixture(autouse=True)
def log(settings, tmp_path):
    settings.CANARY_FILES = [str(tmp_path)]
    (tmp_path / "web.log").write_text("nothing\n")
    return tmp_path / "web.log"


def scanned(practice):
    """(state and sentence of the row, cases)."""
    check = next(one for one in checks.CHECKS if one.name == "canary")
    job = checks.run(check, practice.pk, now=timezone.now())
    with acting_in(practice.pk, SYSTEM):
        return (job.state, job.sentence), [(case.kind, case.team) for case in Case.objects.all()]


def in_the_log(word, practice, log):
    log.write_text("x" * 100 + word.lower())


def in_base64_in_the_log(word, practice, log):
    log.write_bytes(base64.b64encode(b"ab" + word.encode() + b"yz"))


def in_a_session(word, practice, log):
    session = SessionStore()
    session["draft"] = word
    session.save()


def in_a_job(word, practice, log):
    with acting_in(practice.pk, SYSTEM):
        Job.objects.create(kind="import", title=f"Import of {word}")


def in_the_admin_log(word, practice, log):
    user = people.User.objects.create_user("somebody@portal.example", None, name="Somebody")
    LogEntry.objects.create(user=user, action_flag=2, object_repr=word, change_message="")


PLANTS = [in_the_log, in_base64_in_the_log, in_a_session, in_a_job, in_the_admin_log]


@pytest.mark.parametrize("plant", PLANTS, ids=lambda plant: plant.__name__)
def test_a_trace_is_a_case_of_the_privacy_officer(practice, family, log, plant):
    plant(family, practice, log)

    row, cases = scanned(practice)

    assert (row[0], "1 findings" in row[1], cases) == ("done", True, [("canary", "privacy_officer")])


def test_a_trace_in_redis_is_found(practice, family, settings):
    with redis.Redis.from_url(settings.REDIS_URL) as client:
        client.set(f"search:{family}", "1", ex=60)
        try:
            _, cases = scanned(practice)
        finally:
            client.delete(f"search:{family}")

    assert cases == [("canary", "privacy_officer")]


def test_without_a_trace_there_is_a_row_only(practice, family):
    assert scanned(practice) == (("done", "Nothing was found."), [])


def test_the_case_names_kind_and_place_and_no_value(practice, family, log):
    log.write_text(family)
    scanned(practice)

    with acting_in(practice.pk, SYSTEM):
        summary = Case.objects.get().summary
    assert ("names in files" in summary, family in summary) == (True, False)


def test_a_log_that_cannot_be_read_is_told(practice, family, settings, tmp_path):
    settings.CANARY_FILES = [str(tmp_path / "away.log")]

    assert scanned(practice)[1] == [("check-failed", "privacy_officer")]


def test_the_command_says_where_and_ends_with_an_error(practice, family, log):
    log.write_text(family)

    with pytest.raises(CommandError) as told:
        call_command("canary")

    assert str(told.value) == "Found in clear: names in files"


def test_nobody_is_shown_the_portals_own_practice(practice, family, as_admin):
    own = Practice.objects.get(slug=people.OWN_SLUG)

    pages = [as_admin.get("/"), as_admin.get("/my-work/")]

    assert as_admin.get(practice_url(own, "patients:find")).status_code == 404
    assert not any(own.name in page.content.decode() for page in pages)


def test_its_slug_is_not_for_tenants(practice):
    who = {"admin_email": "nora@portal.example", "admin_name": "Nora", "now": timezone.now()}

    with pytest.raises(ValidationError):
        people.found_practice(slug=people.OWN_SLUG, name="Ours", time_zone="UTC", state="", **who)


def test_the_canaries_are_made_once(practice, family):
    assert (house.words(now=timezone.now())["names"][0], len(scan.house.words(now=timezone.now())["notes"])) == (family, 3)


def test_the_page_of_the_audit_jobs_lists_it(practice, as_admin):
    assert "Traces of the canary patients" in as_admin.get(practice_url(practice, "compliance:checks")).content.decode()
