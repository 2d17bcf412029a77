"""A visit that was lost is work until it is booked again."""

from datetime import timedelta

import pytest

from compliance.enums import CASE_STANDING, CaseStatus
from compliance.models import Case
from scheduling import booking, visits
from scheduling.models import Rebooking
from tests.factories import scheduling as make
from tests.factories.scheduling import NOW
from tests.factories.waiting import TEN

NEXT_WEEK = TEN + timedelta(days=7)


@pytest.fixture
def lost(inside, secretary):
    """A visit that is to come, and will be lost."""
    return make.visit(by=secretary, starts_at=TEN)


def cancel(visit, by, **more):
    visits.cancel(visit, reason="pat", initiator="patient", told_by="patient", by=by, now=NOW, **more)


def again(lost, by, **more):
    said = {"who": lost.provider, "kind": lost.visit_type, "whose": lost.patient, **more}
    return make.visit(by=by, starts_at=NEXT_WEEK, **said)


def states():
    return list(Case.objects.filter(kind="rebook").order_by("opened_at", "pk").values_list("status", flat=True))


def test_a_cancelled_visit_becomes_work(lost, secretary):
    cancel(lost, secretary)

    (case,) = Case.objects.filter(kind="rebook", status__in=CASE_STANDING)
    assert (case.patient, case.about_id) == (lost.patient_id, lost.pk)


def test_a_missed_visit_becomes_work(lost, secretary):
    visits.no_show(lost, by=secretary, now=TEN + timedelta(hours=1))

    assert states() == [CaseStatus.REQUESTED]


def test_who_wants_no_other_is_not_called(lost, secretary):
    cancel(lost, secretary, wants_no_other=True)

    assert states() == [CaseStatus.CANCELLED]


def test_a_lost_visit_of_whoever_is_not_to_be_contacted_is_no_work(lost, secretary):
    type(lost.patient).objects.update(do_not_contact=True)
    lost.refresh_from_db()

    cancel(lost, secretary)

    assert states() == []


def test_a_visit_booked_by_mistake_is_not_booked_again(lost, secretary):
    visits.cancel(lost, reason="oth-err", initiator="practice", told_by="patient", by=secretary, now=NOW)

    assert states() == []


def test_booking_a_matching_visit_closes_the_work_and_links_both(lost, secretary):
    cancel(lost, secretary)

    found = again(lost, secretary)

    (row,) = Rebooking.objects.all()
    assert (row.lost, row.found, states()) == (lost, found, [CaseStatus.COMPLETED])


@pytest.mark.parametrize("other", ["kind", "whose"])
def test_another_visit_does_not_close_it(lost, secretary, other):
    cancel(lost, secretary)
    more = {"kind": make.visit_type()} if other == "kind" else {"whose": make.patient()}

    again(lost, secretary, **more)

    assert states() == [CaseStatus.REQUESTED]


def test_undoing_the_cancellation_closes_the_work(lost, secretary):
    cancel(lost, secretary)

    visits.undo(lost, by=secretary, now=NOW)

    assert states() == [CaseStatus.CANCELLED]


def test_undoing_the_new_booking_opens_the_work_again(lost, secretary):
    cancel(lost, secretary)

    visits.undo(again(lost, secretary), by=secretary, now=NOW)

    assert (states(), [row.found for row in Rebooking.objects.all()]) == ([CaseStatus.IN_PROGRESS], [None])


def test_moving_the_new_visit_keeps_the_link(lost, secretary):
    cancel(lost, secretary)
    found = again(lost, secretary)

    moved = booking.move(found, starts_at=NEXT_WEEK + timedelta(days=1), by=secretary, now=NOW, version=found.version)

    assert (states(), [row.found for row in Rebooking.objects.all()]) == ([CaseStatus.COMPLETED], [moved])


def test_moving_a_visit_is_no_loss(lost, secretary):
    booking.move(lost, starts_at=NEXT_WEEK, by=secretary, now=NOW, version=lost.version)

    assert states() == []


@pytest.fixture
def other(lost, secretary):
    """Another visit of the kind that the patient has already."""
    return again(lost, secretary)


def test_moving_another_visit_does_not_close_it(lost, other, secretary):
    cancel(lost, secretary)

    booking.move(other, starts_at=NEXT_WEEK + timedelta(hours=1), by=secretary, now=NOW, version=other.version)

    assert states() == [CaseStatus.REQUESTED]


def test_a_visit_that_stands_again_does_not_close_the_work_about_another(lost, other, secretary):
    cancel(lost, secretary)
    cancel(other, secretary)

    visits.undo(other, by=secretary, now=NOW)

    assert states() == [CaseStatus.REQUESTED, CaseStatus.CANCELLED]


def test_undoing_a_move_of_the_new_visit_keeps_the_link(lost, secretary):
    cancel(lost, secretary)
    found = again(lost, secretary)
    moved = booking.move(found, starts_at=NEXT_WEEK + timedelta(days=1), by=secretary, now=NOW, version=found.version)

    visits.undo(moved, by=secretary, now=NOW)

    assert (states(), [row.found for row in Rebooking.objects.all()]) == ([CaseStatus.COMPLETED], [found])


def test_a_visit_that_she_left_before_she_was_seen_becomes_work(lost, secretary):
    visits.arrive(lost, by=secretary, now=TEN)

    visits.leave(lost, reason="Waited too long", by=secretary, now=TEN + timedelta(hours=1))

    assert [case.summary.split(") ")[1] for case in Case.objects.filter(kind="rebook", status__in=CASE_STANDING)] == [
        "ended before the patient was seen. Book it again."
    ]
