"""Time that is closed over visits: each of them is listed and is work until it is moved; nothing is half done."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from compliance import clock
from compliance.enums import CASE_STANDING
from compliance.models import Case, Location, OfficeHours
from scheduling import board, booking, displaced, reports, set_up, visits
from scheduling.enums import DayKind, PartKind
from scheduling.models import Appointment, Closure, DayException, HoursPart, WorkingHours
from tests.factories import scheduling as make
from tests.factories.scheduling import MONDAY, NOW

CHICAGO = ZoneInfo("America/Chicago")


def chicago(hour, minute=0, day=MONDAY):
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=CHICAGO)


@pytest.fixture
def booked(doctor, secretary):
    """At ten and at eleven on Monday."""
    kind = make.visit_type("Follow-up", minutes=30)
    return [make.visit(by=secretary, who=doctor, kind=kind, starts_at=chicago(hour)) for hour in (10, 11)]


def close(by, *, until=17, **fields):
    ends_at = chicago(until)
    return set_up.close_time(starts_at=chicago(9), ends_at=ends_at, reason="Vacation", by=by, now=NOW, **fields)


def work():
    """The standing work, by the visit that it is about."""
    return {case.about_id: case for case in Case.objects.filter(kind="rebook", status__in=CASE_STANDING)}


def test_each_visit_in_a_closed_time_is_work(doctor, booked, secretary):
    close(secretary, provider=doctor)

    assert {case.summary for case in work().values()} == {
        "Find another time for the visit on Mon, Nov 23, 10:00 AM with Dr. Okafor: Vacation.",
        "Find another time for the visit on Mon, Nov 23, 11:00 AM with Dr. Okafor: Vacation.",
    }


@pytest.mark.parametrize(("minutes_before", "minutes_given"), [(90, 60), (20, 20)])
def test_work_about_a_visit_of_today_is_not_late_the_moment_it_is_made(inside, minutes_before, minutes_given):
    for weekday in range(7):
        OfficeHours.objects.create(weekday=weekday, opens=time(8), closes=time(17))
    now = chicago(10) - timedelta(minutes=minutes_before)

    _, due_at = displaced.due_before(chicago(10), clock.calendar_here(), now=now)

    assert due_at - now == timedelta(minutes=minutes_given)


def test_a_closed_place_holds_the_visits_of_who_works_elsewhere_too(doctor, booked, secretary):
    here = Location.objects.get()
    make.works(doctor, 5, location=Location.objects.create(name="East", time_zone="America/New_York"))

    closure = close(secretary, location=here)

    assert set(displaced.within(closure, now=NOW)) == set(booked)


def test_time_is_not_closed_over_a_visit_that_was_not_shown(doctor, booked, secretary):
    with pytest.raises(set_up.NotSeen):
        close(secretary, provider=doctor, seen=[booked[0].pk])

    assert (Closure.objects.count(), work()) == (0, {})


def test_a_visit_that_is_moved_is_work_no_more(doctor, booked, secretary):
    closure = close(secretary, provider=doctor)

    booking.move(booked[0], starts_at=chicago(10, day=MONDAY + timedelta(days=1)), by=secretary, now=NOW)

    assert (set(work()), displaced.came_of(closure)) == ({booked[1].pk}, {"moved": 1, "cancelled": 0})


def test_a_move_that_is_undone_is_work_again(doctor, booked, secretary):
    close(secretary, provider=doctor)
    new = booking.move(booked[0], starts_at=chicago(10, day=MONDAY + timedelta(days=1)), by=secretary, now=NOW)

    visits.undo(new, by=secretary, now=NOW)

    assert set(work()) == {visit.pk for visit in booked}


@pytest.mark.parametrize(("reason", "left"), [("prov", 1), ("pat-fb", 0)])
def test_a_visit_that_is_cancelled_is_one_piece_of_work_or_none(doctor, booked, secretary, reason, left):
    close(secretary, provider=doctor)

    visits.cancel(booked[0], reason=reason, initiator="practice", told_by="called", by=secretary, now=NOW)

    standing = Case.objects.filter(kind="rebook", status__in=CASE_STANDING)
    assert (standing.filter(about_id=booked[0].pk).count(), standing.filter(about_id=booked[1].pk).count()) == (left, 1)


def test_the_work_ends_when_the_time_is_open_again(doctor, booked, secretary):
    set_up.open_time(close(secretary, provider=doctor), by=secretary, now=NOW)

    assert work() == {}


def test_the_work_stays_where_another_closed_time_holds_the_visit(doctor, booked, secretary):
    close(secretary)

    set_up.open_time(close(secretary, provider=doctor), by=secretary, now=NOW)

    assert set(work()) == {visit.pk for visit in booked}


def test_a_longer_closure_takes_more_visits_and_a_shorter_one_lets_them_stay(doctor, booked, secretary):
    closure = close(secretary, until=10, provider=doctor)
    counts = [len(work())]

    for ends_at in (chicago(17), chicago(11)):
        closure = set_up.change_closure(closure, {"ends_at": ends_at}, version=closure.version, by=secretary, now=NOW)
        counts.append(len(work()))

    assert counts == [0, 2, 1]


def test_closed_times_are_found_again_while_visits_stand_in_them(doctor, booked, secretary):
    make.closure(chicago(12), chicago(13), reason="Lunch")
    close(secretary, provider=doctor)

    assert [(one.reason, one.standing) for one in displaced.still_full(now=NOW)] == [("Vacation", 2)]


def test_a_different_day_makes_work_of_what_lies_outside_of_it(doctor, booked, secretary):
    place = Location.objects.get()
    eleven = {"starts": chicago(11).time(), "ends": chicago(15).time(), "location": place}

    row = set_up.add(DayException(provider=doctor, day=MONDAY, kind=DayKind.OTHER, **eleven), by=secretary, now=NOW)

    assert (row.displaced, set(work())) == (1, {booked[0].pk})


def test_the_work_ends_when_the_day_is_as_usual_again(doctor, booked, secretary):
    day_off = DayException(provider=doctor, day=MONDAY, kind=DayKind.OFF)
    number = set_up.add(day_off, by=secretary, now=NOW).displaced

    set_up.remove(day_off, by=secretary, now=NOW)

    assert (number, work(), Appointment.objects.upcoming().count()) == (2, {}, 2)


CUT = [
    ({"ends": time(11)}, 1),
    ({"valid_until": MONDAY - timedelta(days=1)}, 2),
    ({"every_weeks": 2, "anchor_on": MONDAY - timedelta(days=7)}, 2),
]


@pytest.mark.parametrize(("change", "number"), CUT)
def test_hours_that_are_cut_make_work_of_what_lies_outside_of_them(doctor, booked, secretary, change, number):
    hours = WorkingHours.objects.get(provider=doctor, weekday=0)

    set_up.change(hours, change, version=hours.version, by=secretary, now=NOW)

    assert set(work()) == {visit.pk for visit in booked[-number:]}


def test_a_break_over_a_visit_makes_work_of_it_and_without_it_the_visit_stays(doctor, booked, secretary):
    hours = WorkingHours.objects.get(provider=doctor, weekday=0)
    visit = booked[0]
    local = visit.starts_at.astimezone(CHICAGO)
    span = {"starts": local.time(), "ends": (local + timedelta(minutes=30)).time()}
    pause = HoursPart(hours=hours, kind=PartKind.BREAK, name="Lunch", **span)
    set_up.add(pause, by=secretary, now=NOW)
    before = set(work())

    set_up.remove(pause, by=secretary, now=NOW)

    assert (before, work()) == ({visit.pk}, {})


def test_hours_that_are_taken_away_make_work_and_given_again_let_it_stay(doctor, booked, secretary):
    hours = WorkingHours.objects.get(provider=doctor, weekday=0)
    again = WorkingHours(**{name: getattr(hours, name) for name in ("provider", "location", "weekday", "starts", "ends")})
    again.valid_from = hours.valid_from
    set_up.remove(hours, by=secretary, now=NOW)
    before = set(work())

    set_up.add(again, by=secretary, now=NOW)

    assert (before, work()) == ({visit.pk for visit in booked}, {})


def test_hours_given_to_a_colleague_make_work_of_the_visits_that_lose_them(doctor, booked, secretary):
    hours = WorkingHours.objects.get(provider=doctor, weekday=0)

    set_up.change(hours, {"provider": make.provider(hours=False)}, version=hours.version, by=secretary, now=NOW)

    assert set(work()) == {visit.pk for visit in booked}


def test_a_visit_that_was_booked_outside_of_hours_on_purpose_is_no_work(doctor, secretary):
    make.visit(by=secretary, who=doctor, starts_at=chicago(19), overbook_reason="Urgent")
    hours = WorkingHours.objects.get(provider=doctor, weekday=0)

    set_up.change(hours, {"ends": time(16)}, version=hours.version, by=secretary, now=NOW)

    assert work() == {}


def test_who_sees_patients_no_more_leaves_her_visits_as_work(doctor, booked, secretary):
    set_up.change_provider(doctor, {"is_active": False}, version=doctor.version, by=secretary, now=NOW)

    assert set(work()) == {visit.pk for visit in booked}


def test_who_sees_patients_again_keeps_them(doctor, booked, secretary):
    gone = set_up.change_provider(doctor, {"is_active": False}, version=doctor.version, by=secretary, now=NOW)

    set_up.change_provider(gone, {"is_active": True}, version=gone.version, by=secretary, now=NOW)

    assert work() == {}


def test_her_visits_are_shown_for_as_long_as_they_stand_and_nothing_is_offered(doctor, booked, secretary, inside):
    set_up.change_provider(doctor, {"is_active": False}, version=doctor.version, by=secretary, now=NOW)

    (column,) = board.day_board(secretary, MONDAY, practice=inside, now=NOW).columns

    assert (column.booked, column.open) == (2, 0)
    assert board.day_board(secretary, MONDAY + timedelta(days=1), practice=inside, now=NOW).columns == []


def test_her_visits_are_counted(doctor, booked, secretary):
    set_up.change_provider(doctor, {"is_active": False}, version=doctor.version, by=secretary, now=NOW)
    span = reports.Span(MONDAY, MONDAY, CHICAGO)

    assert [(one.label, one.ahead) for one in reports.lines(secretary, span, "provider", now=NOW)] == [("Dr. Okafor", 2)]


def test_the_work_stays_where_a_day_off_keeps_the_visit_out_of_hours(doctor, booked, secretary):
    set_up.add(DayException(provider=doctor, day=MONDAY, kind=DayKind.OFF), by=secretary, now=NOW)

    set_up.open_time(close(secretary, provider=doctor), by=secretary, now=NOW)

    assert set(work()) == {visit.pk for visit in booked}


def test_opening_a_time_leaves_the_work_of_who_sees_patients_no_more(doctor, booked, secretary):
    closure = close(secretary, provider=doctor)
    set_up.change_provider(doctor, {"is_active": False}, version=doctor.version, by=secretary, now=NOW)

    set_up.open_time(closure, by=secretary, now=NOW)

    assert set(work()) == {visit.pk for visit in booked}


@pytest.mark.parametrize("others", [1, 4])
def test_opening_a_time_asks_as_much_for_any_number_of_other_closed_times(
    doctor, booked, secretary, others, django_assert_num_queries
):
    for _ in range(others):
        make.closure(chicago(9), chicago(17), provider=doctor)
    closure = close(secretary, provider=doctor)

    with django_assert_num_queries(17):
        set_up.open_time(closure, by=secretary, now=NOW)

    assert set(work()) == {visit.pk for visit in booked}
