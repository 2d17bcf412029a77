"""Once a quarter somebody looks at the list of who has access, and that is kept."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from compliance import checks, recertification
from compliance.models import AccessReview, AuditEvent, Case, Membership, Practice
from compliance.roles import Role
from compliance.tenancy import SYSTEM, acting_in
from compliance.tenancy.urls import practice_url
from tests.factories import people

CHECK = next(check for check in checks.CHECKS if check.name == "access")
EVENING = datetime(2026, 11, 26, 2, 0, tzinfo=UTC)  # 8 PM of the 25th in Chicago


def shown(browser, practice):
    return browser.get(practice_url(practice, "compliance:access"))


def say_reviewed(browser, practice, *, seen=None):
    seen = shown(browser, practice).context["seen"] if seen is None else seen
    return browser.post(practice_url(practice, "compliance:review_access"), {"seen": seen})


def reviewed(practice, by, at):
    with acting_in(practice.pk, SYSTEM):
        return AccessReview.objects.create(by=by, at=at, rows=1)


def standing(practice, now):
    with acting_in(practice.pk, SYSTEM):
        return recertification.standing(practice, now=now)


def test_a_review_is_kept_with_who_and_of_how_many(as_admin, admin, practice, secretary):
    answer = say_reviewed(as_admin, practice)

    with acting_in(practice.pk, SYSTEM):
        review, event = AccessReview.objects.get(), AuditEvent.objects.get(kind="access.reviewed")
    assert (answer.status_code, review.by, review.rows) == (302, admin, 2)
    assert (event.actor, event.object_id, event.body) == (admin.pk, str(review.pk), {"rows": 2})


def test_the_page_says_who_reviewed_last_and_what_is_next(as_admin, practice):
    before = shown(as_admin, practice).content.decode()
    say_reviewed(as_admin, practice)
    after = shown(as_admin, practice).content.decode()

    assert ("Nobody has reviewed this list yet" in before, "Rosa Diaz last reviewed this list on" in after) == (True, True)


@pytest.mark.parametrize("seen", ["", "0123456789abcdef", "é"])
def test_a_list_that_was_not_shown_is_not_confirmed(as_admin, practice, seen):
    answer = say_reviewed(as_admin, practice, seen=seen)

    with acting_in(practice.pk, SYSTEM):
        assert (answer.status_code, AccessReview.objects.count()) == (409, 0)


def test_somebody_who_came_meanwhile_asks_for_another_look(as_admin, practice):
    seen = shown(as_admin, practice).context["seen"]
    people.member(practice, Role.BILLING)

    answer = say_reviewed(as_admin, practice, seen=seen)

    assert (answer.status_code, "Look at it again" in answer.content.decode()) == (409, True)


def test_the_privacy_officer_may_and_a_secretary_may_not(signed_in, as_secretary, practice):
    officer = signed_in(people.member(practice, Role.PRIVACY_OFFICER))

    assert [say_reviewed(officer, practice).status_code, say_reviewed(as_secretary, practice, seen="").status_code] == [
        302,
        403,
    ]


def test_the_list_of_another_practice_is_not_there(as_admin):
    assert say_reviewed(as_admin, people.practice(), seen="").status_code == 404


def test_the_quarter_is_counted_in_the_days_of_the_practice(practice, admin):
    reviewed(practice, admin, EVENING)

    due = standing(practice, EVENING)
    last_minute = standing(practice, datetime(2027, 2, 26, 5, 59, tzinfo=UTC))
    midnight = standing(practice, datetime(2027, 2, 26, 6, 0, tzinfo=UTC))

    assert (f"{due.due_on}", last_minute.is_overdue, midnight.is_overdue) == ("2027-02-25", False, True)


def test_a_new_practice_has_a_quarter(practice):
    now = practice.created_at

    assert [standing(practice, now + timedelta(days=days)).is_overdue for days in (0, 88, 94)] == [False, False, True]


def test_a_review_that_is_overdue_becomes_work_of_the_privacy_officer(practice):
    Practice.objects.filter(pk=practice.pk).update(created_at=timezone.now() - timedelta(days=94))

    for _ in range(2):
        checks.run(CHECK, practice.pk, now=timezone.now())

    with acting_in(practice.pk, SYSTEM):
        assert [(case.kind, case.team) for case in Case.objects.all()] == [("check-access", "privacy_officer")]


def test_a_review_in_time_is_no_work(practice, admin):
    Practice.objects.filter(pk=practice.pk).update(created_at=timezone.now() - timedelta(days=94))
    reviewed(practice, admin, timezone.now() - timedelta(days=80))

    checks.run(CHECK, practice.pk, now=timezone.now())

    with acting_in(practice.pk, SYSTEM):
        assert Case.objects.count() == 0


def test_the_mark_is_of_exactly_these_memberships(practice, admin, secretary):
    with acting_in(practice.pk, SYSTEM):
        both = list(Membership.objects.here())

    marks = {recertification.mark(rows) for rows in (both, both[:1], both[1:], [])}
    assert (len(marks), recertification.mark(both[::-1])) == (4, recertification.mark(both))
