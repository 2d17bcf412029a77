"""New times that are proposed for visits that give way, and moving many of them."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from scheduling import proposals, set_up
from scheduling.booking import SlotTaken
from scheduling.models import Appointment
from scheduling.proposals import Wanted
from tests.factories import scheduling as make
from tests.factories.scheduling import MONDAY, NOW

CHICAGO = ZoneInfo("America/Chicago")
TUESDAY = MONDAY + timedelta(days=1)


def chicago(hour, minute=0, day=MONDAY):
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=CHICAGO)


@pytest.fixture
def booked(doctor, kind, secretary):
    return [make.visit(by=secretary, who=doctor, kind=kind, starts_at=chicago(hour, day=TUESDAY)) for hour in (10, 11)]


def close(doctor, by):
    set_up.close_time(
        starts_at=chicago(0, day=TUESDAY), ends_at=chicago(23, day=TUESDAY), reason="Away", provider=doctor, by=by, now=NOW
    )


def best(found):
    return [(one.choices[0].provider, one.choices[0].starts_at.astimezone(CHICAGO)) for one in found]


def test_another_provider_is_proposed_at_the_same_time(doctor, booked, secretary):
    other = make.provider("Dr. Weiss")
    close(doctor, secretary)

    found = proposals.propose(booked, [other], now=NOW)

    assert best(found) == [(other, chicago(10, day=TUESDAY)), (other, chicago(11, day=TUESDAY))]


def test_no_time_is_proposed_to_two_visits(doctor, kind, secretary):
    two = make.provider("Dr. Novak", capacity=2)
    pair = [make.visit(by=secretary, who=two, kind=kind, starts_at=chicago(10)) for _ in range(2)]

    found = proposals.propose(pair, [doctor], now=NOW)

    assert {moment for _, moment in best(found)} == {chicago(10), chicago(9, 30)}


def test_ones_own_provider_is_proposed_on_the_nearest_day(doctor, booked, secretary):
    close(doctor, secretary)

    found = proposals.propose(booked, None, now=NOW)

    assert best(found) == [(doctor, chicago(16, 30)), (doctor, chicago(16))]


def test_a_time_at_which_the_patient_is_elsewhere_is_not_proposed(doctor, booked, secretary):
    other, third = make.provider("Dr. Weiss"), make.provider("Dr. Novak")
    make.visit(by=secretary, who=third, whose=booked[0].patient, starts_at=chicago(9, 30, day=TUESDAY))
    close(doctor, secretary)

    found = proposals.propose(booked[:1], [other], now=NOW)

    assert best(found) == [(other, chicago(10, day=TUESDAY))]


def test_where_nothing_is_free_it_is_said_why(doctor, booked):
    never = make.provider("Dr. Weiss", hours=False)

    found = proposals.propose(booked[:1], [never], now=NOW)

    assert (found[0].choices, found[0].why[0][:35]) == ([], "Dr. Weiss does not work between Nov")


def test_a_new_patient_is_proposed_times_of_the_minutes_that_she_takes(doctor, secretary):
    kind = make.visit_type(minutes=30, new_minutes=60)
    new, known = (
        make.visit(by=secretary, who=doctor, kind=kind, starts_at=chicago(hour), is_new_patient=is_new)
        for hour, is_new in ((10, True), (11, False))
    )

    found = proposals.propose([new, known], None, now=NOW)

    lengths = [{one.ends_at - one.starts_at for one in proposal.choices} for proposal in found]
    assert lengths == [{timedelta(hours=1)}, {timedelta(minutes=30)}]


@pytest.mark.parametrize("count", [1, 4])
def test_proposals_need_the_same_queries_for_any_number_of_visits(doctor, kind, secretary, django_assert_num_queries, count):
    rows = [make.visit(by=secretary, who=doctor, kind=kind, starts_at=chicago(10 + n, day=TUESDAY)) for n in range(count)]

    with django_assert_num_queries(10):
        proposals.propose(rows, None, now=NOW)


def test_many_are_moved_and_what_is_refused_stays_where_it_was(doctor, booked, secretary):
    other = make.provider("Dr. Weiss")
    wanted = [Wanted(visit, other, chicago(10, day=TUESDAY), visit.version) for visit in booked]

    became = proposals.move(wanted, by=secretary, now=NOW, why="Away")

    assert (became[booked[0].pk].provider, type(became[booked[1].pk])) == (other, SlotTaken)
    assert set(Appointment.objects.upcoming()) == {became[booked[0].pk], booked[1]}


WEEK = timedelta(weeks=1)


def away(doctor, by, weeks=9):
    """A long leave that begins on Monday: its first and its last moment."""
    stretch = chicago(0), chicago(0, day=MONDAY + weeks * WEEK)
    set_up.close_time(starts_at=stretch[0], ends_at=stretch[1], reason="Leave", provider=doctor, by=by, now=NOW)
    return stretch


def test_after_a_long_leave_the_first_day_back_is_proposed(doctor, booked, secretary):
    stretch = away(doctor, secretary)

    found = proposals.propose(booked, None, now=chicago(8), closed=stretch)

    assert best(found) == [(doctor, chicago(9, day=MONDAY + 9 * WEEK)), (doctor, chicago(9, 30, day=MONDAY + 9 * WEEK))]


def test_late_in_a_long_leave_the_day_back_is_nearer_than_the_week_before(doctor, kind, secretary):
    late = make.visit(by=secretary, who=doctor, kind=kind, starts_at=chicago(10, day=MONDAY + 8 * WEEK))
    stretch = away(doctor, secretary)

    found = proposals.propose([late], None, now=NOW, closed=stretch)

    assert best(found) == [(doctor, chicago(9, day=MONDAY + 9 * WEEK))]


def test_early_in_a_long_leave_the_day_before_it_is_nearer(doctor, booked, secretary):
    monday = MONDAY + WEEK
    stretch = chicago(0, day=monday), chicago(0, day=monday + 9 * WEEK)
    visit = make.visit(by=secretary, who=doctor, kind=booked[0].visit_type, starts_at=chicago(10, day=monday + 2 * WEEK))
    set_up.close_time(starts_at=stretch[0], ends_at=stretch[1], reason="Leave", provider=doctor, by=secretary, now=NOW)

    found = proposals.propose([visit], None, now=NOW, closed=stretch)

    assert best(found)[0][1] == chicago(16, 30, day=monday - timedelta(days=3))
