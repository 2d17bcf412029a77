"""A final state is taken back later: with the permission, and with a reason."""

from datetime import UTC, datetime, timedelta

import pytest

from scheduling import visits
from scheduling.enums import Status
from scheduling.models import Appointment, Occupation, Resource, Transition
from tests.factories import scheduling as make

TEN = datetime(2026, 11, 23, 16, 0, tzinfo=UTC)
LATE = TEN + timedelta(minutes=15)


@pytest.fixture
def visit(inside, secretary):
    room = Resource.objects.create(kind="room", name="Room 1")
    return make.visit(by=secretary, starts_at=TEN, room=room)


def taken(visit):
    rows = Occupation.objects.filter(appointment=visit)
    return set(rows.values_list("resource__name", "lane"))


def test_a_completed_visit_is_reopened_with_a_reason(visit, secretary):
    visits.finish(visit, by=secretary, now=TEN, quick=True)

    with pytest.raises(visits.ReasonMissing):
        visits.reopen(visit, reason="", by=secretary, now=TEN)
    visits.reopen(visit, reason="Wrong row", by=secretary, now=TEN)

    assert Appointment.objects.values_list("status", "finished_at").get() == (Status.CHECKED_IN, None)


def test_who_came_late_shares_a_time_that_was_given_away(visit, secretary):
    late = TEN + timedelta(minutes=15)
    visits.no_show(visit, by=secretary, now=late)
    make.visit(by=secretary, who=visit.provider, kind=visit.visit_type, starts_at=late)

    visits.reopen(visit, reason="Came late", by=secretary, now=late)

    assert taken(visit) == {(visit.provider.name, 1), ("Room 1", 0)}
    assert Appointment.objects.get(pk=visit.pk).overbook_reason == "Came late"


def test_who_came_late_takes_again_all_that_was_hers(visit, secretary):
    visits.no_show(visit, by=secretary, now=LATE)

    visits.reopen(visit, reason="Came late", by=secretary, now=LATE)

    assert taken(visit) == {(visit.provider.name, 0), ("Room 1", 0)}
    assert Appointment.objects.get().overbook_reason is None


def test_nobody_comes_late_by_a_day(visit, secretary):
    visits.no_show(visit, by=secretary, now=LATE)

    with pytest.raises(visits.NotToday):
        visits.reopen(visit, reason="Came late", by=secretary, now=LATE + timedelta(days=1))

    assert (Appointment.objects.get().status, taken(visit)) == (Status.NO_SHOW, set())


def given_away_and_taken_back(visit, secretary):
    visits.no_show(visit, by=secretary, now=LATE)
    make.visit(by=secretary, who=visit.provider, kind=visit.visit_type, starts_at=LATE)
    return visits.reopen(visit, reason="Came late", by=secretary, now=LATE)


def test_undone_it_is_not_double_booked_any_more(visit, secretary):
    given_away_and_taken_back(visit, secretary)

    visits.undo(visit, by=secretary, now=LATE)

    found = Appointment.objects.get(pk=visit.pk)
    assert (found.status, found.overbook_reason) == (Status.NO_SHOW, None)


def test_a_step_that_did_not_remember_it_is_undone_all_the_same(visit, secretary):
    step = given_away_and_taken_back(visit, secretary)
    Transition.objects.filter(pk=step.pk).update(before={k: v for k, v in step.before.items() if k != "is_overbooked"})

    visits.undo(visit, by=secretary, now=LATE)

    found = Appointment.objects.get(pk=visit.pk)
    assert (found.status, found.overbook_reason) == (Status.NO_SHOW, "Came late")
