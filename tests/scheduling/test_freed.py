"""Time that is given back is work for the wait list only where it is free indeed, and for whom it is."""

from datetime import timedelta

import pytest

from scheduling import booking, set_up, visits
from scheduling.models import FreedTime, WaitEntry
from scheduling.waitlist import matching
from scheduling.waitlist.free import free_of
from tests.factories import scheduling as make
from tests.factories import waiting
from tests.factories.scheduling import NOW
from tests.factories.waiting import HALF_PAST, TEN

HOUR = timedelta(hours=1)


@pytest.fixture
def waits(kind):
    return waiting.entry(kind)


def cancel(visit, by):
    visits.cancel(visit, reason="pat", initiator="patient", told_by="patient", by=by, now=NOW)


def freed():
    return [(row.starts_at, row.ends_at) for row in FreedTime.objects.order_by("starts_at")]


def test_a_visit_that_is_moved_out_of_a_vacation_frees_nothing(doctor, kind, waits, secretary):
    visit = make.visit(by=secretary, who=doctor, kind=kind, starts_at=TEN)
    closed = {"starts_at": TEN - HOUR, "ends_at": TEN + 8 * HOUR, "reason": "Vacation", "provider": doctor}
    set_up.close_time(**closed, by=secretary, now=NOW)

    booking.move(visit, by=secretary, now=NOW, starts_at=TEN + timedelta(days=1))

    assert freed() == []


def test_one_of_two_double_booked_visits_frees_nothing(doctor, kind, waits, secretary):
    make.visit(by=secretary, who=doctor, kind=kind, starts_at=TEN)
    visit = make.visit(by=secretary, who=doctor, kind=kind, starts_at=TEN, overbook_reason="Pain")

    cancel(visit, secretary)

    assert freed() == []


def test_a_long_visit_beside_a_short_one_frees_what_the_short_one_leaves(doctor, kind, waits, secretary):
    make.visit(by=secretary, who=doctor, kind=kind, starts_at=TEN)
    long = make.visit(by=secretary, who=doctor, kind=make.visit_type(minutes=60), starts_at=TEN, overbook_reason="Pain")

    cancel(long, secretary)

    assert freed() == [(HALF_PAST, TEN + HOUR)]


def test_a_visit_outside_of_hours_frees_nothing(doctor, kind, waits, secretary):
    visit = make.visit(by=secretary, who=doctor, kind=kind, starts_at=TEN.replace(hour=13), overbook_reason="Early bird")

    cancel(visit, secretary)

    assert freed() == []


def test_opening_a_closed_time_frees_what_no_visit_takes(doctor, kind, waits, secretary):
    make.visit(by=secretary, who=doctor, kind=kind, starts_at=TEN)
    closed = {"starts_at": TEN, "ends_at": TEN + HOUR, "reason": "Rounds", "provider": doctor}
    row = set_up.close_time(**closed, by=secretary, now=NOW)

    set_up.open_time(row, by=secretary, now=NOW)

    assert freed() == [(HALF_PAST, TEN + HOUR)]


def test_time_that_is_kept_for_another_kind_is_no_work(doctor, waits, secretary):
    other = make.visit_type(minutes=30)
    make.kept(doctor.working_hours.get(weekday=0), other)

    cancel(make.visit(by=secretary, who=doctor, kind=other, starts_at=TEN), secretary)

    assert freed() == []


def test_who_waits_for_another_kind_is_passed_over_in_a_kept_session_with_the_reason(doctor, waits, secretary):
    other = make.visit_type("New patient", minutes=30)
    make.kept(doctor.working_hours.get(weekday=0), other)
    waiting.entry(other)
    cancel(make.visit(by=secretary, who=doctor, kind=other, starts_at=TEN), secretary)

    (row,) = FreedTime.objects.select_related("provider", "location")
    (over,) = matching.passed_over(free_of(row, now=NOW), WaitEntry.objects.all(), now=NOW)

    assert (over.entry, over.reasons) == (waits, ("Monday, Nov 30, 9:00 – 11:00 AM is kept for New patients.",))
