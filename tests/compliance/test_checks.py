"""The audit jobs: what they find, what becomes of it, and that one which did not run is told."""

from datetime import timedelta

import pytest
from django.utils import timezone

from compliance import checks, drafts
from compliance.models import Case, Certificate, DataKey, Draft, Job, User
from compliance.tenancy import SYSTEM, acting_in
from compliance.tenancy.urls import practice_url
from secretary_portal.celery import SCHEDULE, app


def the(name):
    return next(check for check in checks.CHECKS if check.name == name)


def cases_of(practice):
    with acting_in(practice.pk, SYSTEM):
        return sorted((case.kind, case.team) for case in Case.objects.all())


def test_each_run_leaves_a_row_with_its_result(practice):
    job = checks.run(the("wall"), practice.pk, now=timezone.now())

    with acting_in(practice.pk, SYSTEM):
        row = Job.objects.get(pk=job.pk)
        assert (row.kind, row.state, row.sentence) == ("check-wall", "done", "Nothing was found.")


def test_everything_is_due_at_first_and_nothing_right_after(practice):
    now = timezone.now()

    assert (checks.run_due(practice.pk, now=now), checks.run_due(practice.pk, now=now)) == (len(checks.CHECKS), 0)


@pytest.mark.parametrize(
    ("days", "kind"), [(60, "lapse-60"), (31, "lapse-60"), (30, "lapse-30"), (7, "lapse-7"), (1, "lapse-1")]
)
def test_training_that_runs_out_is_told_at_each_threshold(practice, secretary, days, kind):
    with acting_in(practice.pk, SYSTEM):
        today = checks._today(practice.pk, timezone.now())
        Certificate.objects.filter(user=secretary).update(expires_on=today + timedelta(days=days))

    for _ in range(2):
        checks.run(the("training"), practice.pk, now=timezone.now())

    assert cases_of(practice) == [(kind, "privacy_officer")]


def test_training_that_runs_out_again_a_year_later_is_told_again(practice, secretary):
    now = timezone.now()
    with acting_in(practice.pk, SYSTEM):
        today = checks._today(practice.pk, now)
        Certificate.objects.filter(user=secretary).update(expires_on=today + timedelta(days=60))
    checks.run(the("training"), practice.pk, now=now)
    with acting_in(practice.pk, SYSTEM):
        said = {
            "course": "HIPAA",
            "number": "next year",
            "completed_on": today,
            "confirmed_at": now,
            "confirmed_as": "the operator",
        }
        Certificate.objects.create(user=secretary, **said, expires_on=today + timedelta(days=60 + 365))

    checks.run(the("training"), practice.pk, now=now + timedelta(days=365))

    assert cases_of(practice) == [("lapse-60", "privacy_officer")] * 2


def test_training_that_is_covered_by_a_later_certificate_is_not_told(practice, secretary):
    checks.run(the("training"), practice.pk, now=timezone.now())

    assert cases_of(practice) == []


@pytest.mark.parametrize(("hours", "left"), [(25, 0), (23, 1)])
def test_drafts_are_deleted_when_their_day_is_over(practice, secretary, hours, left):
    now = timezone.now()
    with acting_in(practice.pk, secretary.pk):
        drafts.keep(secretary, page="/incident/", fields={"what": ["Zebra"]}, now=now)

    job = checks.run(the("drafts"), practice.pk, now=now + timedelta(hours=hours))

    with acting_in(practice.pk, SYSTEM):
        assert (Draft.objects.count(), job.kind, Case.objects.exists()) == (left, "check-drafts", False)


def test_an_account_that_nobody_uses_is_told_once(practice, secretary):
    User.objects.filter(pk=secretary.pk).update(last_login=timezone.now() - timedelta(days=61))

    for _ in range(2):
        checks.run(the("unused"), practice.pk, now=timezone.now())

    assert cases_of(practice) == [("check-unused", "privacy_officer")]


def test_an_account_that_is_left_unused_again_is_told_again(practice, secretary):
    now = timezone.now()
    User.objects.filter(pk=secretary.pk).update(last_login=now - timedelta(days=61))
    checks.run(the("unused"), practice.pk, now=now)
    User.objects.filter(pk=secretary.pk).update(last_login=now + timedelta(days=10))

    checks.run(the("unused"), practice.pk, now=now + timedelta(days=71))

    assert cases_of(practice) == [("check-unused", "privacy_officer")] * 2


def test_an_old_key_is_told(practice):
    with acting_in(practice.pk, SYSTEM):
        DataKey.objects.update(created_at=timezone.now() - timedelta(days=366))

    checks.run(the("keys"), practice.pk, now=timezone.now())

    assert cases_of(practice) == [("check-keys", "privacy_officer")]


def test_a_check_that_fails_is_told_and_stops_no_other(practice):
    def fails(practice, now):
        raise ZeroDivisionError

    job = checks.run(checks.Check("broken", "Broken", "", timedelta(days=1), fails), practice.pk, now=timezone.now())

    assert (job.state, cases_of(practice)) == ("failed", [("check-failed", "privacy_officer")])


def test_a_check_that_did_not_run_is_told(practice):
    now = timezone.now()
    checks.run_due(practice.pk, now=now)

    late = checks.report_late(practice.pk, now=now + timedelta(days=2))

    assert (late, cases_of(practice)) == (len(checks.CHECKS), [("check-late", "privacy_officer")])


def test_the_page_tells_last_run_result_and_next_run(as_admin, practice):
    checks.run_due(practice.pk, now=timezone.now())

    page = as_admin.get(practice_url(practice, "compliance:checks")).content.decode()

    assert (page.count("Nothing found"), page.count("Did not run")) == (len(checks.CHECKS), 0)


def test_a_secretary_does_not_see_the_audit_jobs(as_secretary, practice):
    assert as_secretary.get(practice_url(practice, "compliance:checks")).status_code == 403


def test_everybody_can_tell_the_privacy_officer_that_something_went_wrong(as_secretary, practice, secretary):
    answer = as_secretary.post(practice_url(practice, "compliance:report_incident"), {"what": "A letter went astray."})

    with acting_in(practice.pk, SYSTEM):
        case = Case.objects.get(kind="incident")
        assert (answer.status_code, case.team, case.summary) == (302, "privacy_officer", "A letter went astray.")


def test_an_incident_without_a_word_is_asked_for_one(as_secretary, practice):
    answer = as_secretary.post(practice_url(practice, "compliance:report_incident"), {"what": " "})

    assert (answer.status_code, "Say in a sentence" in answer.content.decode()) == (422, True)


def test_every_task_on_the_clock_exists():
    app.loader.import_default_modules()

    assert [task for task, _ in SCHEDULE if task not in app.tasks] == []
