"""A visit of somebody who needs an interpreter is work for the team, for as long as the visit is to come."""

from datetime import UTC, datetime

import pytest

from compliance import cases
from compliance.enums import CaseStatus
from compliance.models import Case
from compliance.roles import Role
from compliance.tenancy import acting_in
from compliance.tenancy.urls import practice_url
from scheduling import booking, visits
from tests.factories import scheduling as make
from tests.factories.scheduling import NOW

AFTER_THANKSGIVING = datetime(2026, 11, 30, 16, 0, tzinfo=UTC)  # a Monday, 10 AM in Chicago
WEDNESDAY_CLOSE = datetime(2026, 11, 25, 23, 0, tzinfo=UTC)  # Friday is the last business day before it, Thursday none


def visit(by, *, starts_at=AFTER_THANKSGIVING, needed=True):
    return make.visit(by=by, starts_at=starts_at, whose=make.patient(language="es", interpreter_needed=needed))


def standing():
    return list(Case.objects.standing().filter(kind="interpreter"))


def cancel(row, by):
    visits.cancel(row, reason="pat", initiator="patient", told_by="patient", by=by, now=NOW)


def test_booking_opens_a_case_of_the_team_with_time_before_the_visit(inside, secretary):
    row = visit(secretary)

    (case,) = standing()
    assert (case.team, case.owner, case.patient, case.about_id) == (Role.SECRETARY, None, row.patient_id, row.pk)
    assert case.summary == "Arrange an interpreter (Spanish) for the visit on Mon, Nov 30 at 10:00 AM."
    assert case.due_at == WEDNESDAY_CLOSE


def test_a_visit_that_is_too_near_makes_it_due_at_once(inside, secretary):
    visit(secretary, starts_at=datetime(2026, 11, 24, 16, 0, tzinfo=UTC))

    assert [case.due_at for case in standing()] == [NOW]


@pytest.mark.parametrize("needed", [False, None])
def test_nobody_else_needs_one(inside, secretary, needed):
    visit(secretary, needed=needed)

    assert standing() == []


def test_cancelling_closes_the_case(inside, secretary):
    cancel(visit(secretary), secretary)

    assert [case.status for case in Case.objects.filter(kind="interpreter")] == [CaseStatus.CANCELLED]


def test_an_undone_cancellation_opens_it_again(inside, secretary):
    row = visit(secretary)
    cancel(row, secretary)

    visits.undo(row, by=secretary, now=NOW)

    assert [case.status for case in Case.objects.filter(kind="interpreter")] == [CaseStatus.IN_PROGRESS]


def test_moving_takes_the_work_and_whoever_has_it_along(inside, secretary):
    row = visit(secretary)
    cases.hand_over(standing()[0], owner=secretary, by=secretary, now=NOW)

    new = booking.move(row, starts_at=datetime(2026, 12, 2, 16, 0, tzinfo=UTC), by=secretary, now=NOW, version=row.version)

    (case,) = standing()
    assert (case.about_id, case.owner, case.due_at) == (new.pk, secretary, datetime(2026, 11, 30, 23, 0, tzinfo=UTC))


def test_a_move_that_was_undone_leaves_the_first_case_only(inside, secretary):
    row = visit(secretary)
    (first,) = standing()
    new = booking.move(row, starts_at=datetime(2026, 12, 2, 16, 0, tzinfo=UTC), by=secretary, now=NOW, version=row.version)

    visits.undo(new, by=secretary, now=NOW)

    assert standing() == [first]


def test_what_was_arranged_stays_done_when_the_visit_is_confirmed(inside, secretary):
    row = visit(secretary)
    cases.move(standing()[0], CaseStatus.COMPLETED, by=secretary, now=NOW)

    visits.confirm(row, by=secretary, now=NOW)

    assert standing() == []


def test_the_visits_page_shows_whether_one_is_arranged(practice, secretary, as_secretary):
    with acting_in(practice.pk, secretary.pk):
        row = visit(secretary)
        (case,) = standing()
    page = as_secretary.get(practice_url(practice, "scheduling:visit", row.pk)).content.decode()
    with acting_in(practice.pk, secretary.pk):
        cases.move(case, CaseStatus.COMPLETED, by=secretary, now=NOW)

    after = as_secretary.get(practice_url(practice, "scheduling:visit", row.pk)).content.decode()

    assert ("To be arranged" in page, practice_url(practice, "compliance:case", case.pk) in page) == (True, True)
    assert "Arranged" in after
