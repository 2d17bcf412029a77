"""Deadlines in a practice's hours: golden tables, both clock-change days, and what always holds."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compliance import clock
from compliance.clock import OfficeCalendar, calendar_of
from compliance.enums import Priority
from compliance.models import OfficeHours

CHICAGO = ZoneInfo("America/Chicago")
ZONES = ["America/Chicago", "America/Phoenix", "Pacific/Honolulu", "America/Indiana/Indianapolis", "America/New_York"]
WEEK = OfficeCalendar(zone=CHICAGO)
ALWAYS = OfficeCalendar(zone=CHICAGO, hours={day: ((time(0), time(23, 59)),) for day in range(7)})


def local(text: str, zone: ZoneInfo = CHICAGO) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone)


def said(moment: datetime, zone: ZoneInfo = CHICAGO) -> str:
    return f"{moment.astimezone(zone):%Y-%m-%d %H:%M}"


@pytest.mark.parametrize(
    ("opened", "minutes", "deadline"),
    [
        ("2026-11-23 10:00", 0, "2026-11-23 10:00"),
        ("2026-11-23 10:00", 60, "2026-11-23 11:00"),
        ("2026-11-23 16:00", 60, "2026-11-23 17:00"),
        ("2026-11-23 16:30", 60, "2026-11-24 09:30"),
        ("2026-11-23 07:00", 60, "2026-11-23 10:00"),
        ("2026-11-27 16:30", 60, "2026-11-30 09:30"),
        ("2026-11-28 12:00", 60, "2026-11-30 10:00"),
        ("2026-11-23 10:00", 48 * 60, "2026-12-01 10:00"),
    ],
)
def test_minutes_are_counted_while_the_practice_is_open(opened, minutes, deadline):
    assert said(clock.due(local(opened), hours=WEEK, minutes=minutes)) == deadline


@pytest.mark.parametrize(
    ("pauses", "deadline"),
    [
        ([("2026-11-23 10:30", "2026-11-23 12:30")], "2026-11-23 13:00"),
        ([("2026-11-23 10:30", "2026-11-24 09:30")], "2026-11-24 10:00"),
        ([("2026-11-23 10:30", "2026-11-23 11:30"), ("2026-11-23 11:00", "2026-11-23 12:30")], "2026-11-23 13:00"),
        ([("2026-11-23 09:00", "2026-11-23 10:15")], "2026-11-23 11:15"),
        ([("2026-11-23 11:30", "2026-11-23 12:30")], "2026-11-23 11:00"),
    ],
)
def test_pauses_are_left_out(pauses, deadline):
    spans = [(local(start), local(end)) for start, end in pauses]

    assert said(clock.due(local("2026-11-23 10:00"), hours=WEEK, minutes=60, pauses=spans)) == deadline


@pytest.mark.parametrize(
    ("priority", "opened", "deadline"),
    [
        (Priority.STAT, "2026-11-23 22:00", "2026-11-23 22:00"),
        (Priority.URGENT, "2026-11-23 16:30", "2026-11-24 09:30"),
        (Priority.ASAP, "2026-11-23 10:00", "2026-11-23 17:00"),
        (Priority.ASAP, "2026-11-23 17:00", "2026-11-24 17:00"),
        (Priority.ASAP, "2026-11-28 10:00", "2026-11-30 17:00"),
        (Priority.ROUTINE, "2026-11-23 10:00", "2026-11-24 17:00"),
        (Priority.ROUTINE, "2026-11-27 18:00", "2026-11-30 17:00"),
        (Priority.ROUTINE, "2026-11-29 10:00", "2026-11-30 17:00"),
    ],
)
def test_the_priority_of_a_message_sets_its_clock(priority, opened, deadline):
    assert said(clock.respond_by(priority, opened=local(opened), calendar=WEEK)) == deadline


@pytest.mark.parametrize(
    ("day", "office_hours"),
    [("2026-03-08", timedelta(hours=22, minutes=59)), ("2026-11-01", timedelta(hours=24, minutes=59))],
)
def test_a_day_on_which_the_clocks_change_is_as_long_as_it_lasts(day, office_hours):
    assert ALWAYS.between(local(f"{day} 00:00"), local(f"{day} 23:59")) == office_hours


@pytest.mark.parametrize(("day", "deadline"), [("2026-03-08", "2026-03-08 05:00"), ("2026-11-01", "2026-11-01 03:00")])
def test_adding_over_a_clock_change_counts_the_hours_that_pass(day, deadline):
    assert said(ALWAYS.add(local(f"{day} 00:00"), timedelta(hours=4))) == deadline


@pytest.mark.parametrize("zone", ["America/Phoenix", "Pacific/Honolulu"])
@pytest.mark.parametrize("day", ["2026-03-08", "2026-11-01"])
def test_where_the_clocks_do_not_change_every_day_is_as_long(zone, day):
    calendar = OfficeCalendar(zone=ZoneInfo(zone), hours=ALWAYS.hours)
    start = local(f"{day} 00:00", ZoneInfo(zone))

    assert calendar.between(start, start + timedelta(hours=24)) == timedelta(hours=23, minutes=59)


def test_hours_over_the_skipped_hour_last_as_long_as_the_clock_runs():
    nights = OfficeCalendar(zone=CHICAGO, hours={6: ((time(1), time(4)),)})

    assert nights.between(local("2026-03-08 00:00"), local("2026-03-08 12:00")) == timedelta(hours=2)


def test_a_calendar_without_hours_is_said_to_have_none():
    with pytest.raises(clock.NeverOpen):
        clock.due(local("2026-11-23 10:00"), hours=OfficeCalendar(zone=CHICAGO, hours={}), minutes=1)


def test_a_practice_without_hours_is_taken_to_work_monday_to_friday_nine_to_five(inside):
    calendar = calendar_of(inside)

    assert (calendar.is_assumed, calendar.hours) == (True, clock.ASSUMED_HOURS)


def test_a_practices_own_hours_count(inside):
    OfficeHours.objects.create(weekday=5, opens=time(8), closes=time(12))

    calendar = calendar_of(inside)

    assert said(clock.due(local("2026-11-23 10:00"), hours=calendar, minutes=30)) == "2026-11-28 08:30"
    assert not calendar.is_assumed


@pytest.mark.parametrize(
    ("state", "day", "is_closed"),
    [
        ("", date(2026, 11, 26), True),
        ("TX", date(2026, 3, 2), True),
        ("WI", date(2026, 3, 2), False),
        ("ZZ", date(2026, 12, 25), True),
    ],
)
def test_public_holidays_are_those_of_the_state(inside, state, day, is_closed):
    inside.state = state

    assert calendar_of(inside).is_open_on(day) is not is_closed


def test_the_calendar_costs_one_query(inside, django_assert_num_queries):
    with django_assert_num_queries(1):
        calendar_of(inside).spans(date(2026, 11, 23))


moments = st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31)).map(lambda at: at.replace(tzinfo=UTC, microsecond=0))  # noqa: DTZ001
amounts = st.integers(0, 20_000).map(lambda minutes: timedelta(minutes=minutes))
calendars = st.sampled_from(ZONES).map(lambda name: OfficeCalendar(zone=ZoneInfo(name)))
quick = settings(max_examples=60, deadline=None)


@quick
@given(moments, amounts, calendars)
def test_adding_and_measuring_agree(moment, amount, calendar):
    assert calendar.between(moment, calendar.add(moment, amount)) == amount


@quick
@given(moments, amounts, amounts, calendars)
def test_adding_in_two_steps_measures_the_same(moment, first, second, calendar):
    in_steps = calendar.add(calendar.add(moment, first), second)

    assert calendar.between(moment, in_steps) == first + second


@quick
@given(moments, amounts, amounts, calendars)
def test_more_time_is_never_sooner(moment, amount, more, calendar):
    assert calendar.add(moment, amount + more) >= calendar.add(moment, amount)


@quick
@given(moments, st.sampled_from(Priority), calendars)
def test_no_deadline_lies_before_what_it_is_for(moment, priority, calendar):
    assert clock.respond_by(priority, opened=moment, calendar=calendar) >= moment


@quick
@given(moments, amounts, calendars)
def test_a_deadline_lies_within_office_hours(moment, amount, calendar):
    deadline = calendar.add(moment, amount + timedelta(minutes=1))
    day = deadline.astimezone(calendar.zone).date()

    assert any(start <= deadline <= end for start, end in calendar.spans(day))


@pytest.mark.parametrize(
    ("moment", "days", "close"),
    [
        ("2026-11-23 10:00", 1, "2026-11-20 17:00"),
        ("2026-11-23 23:30", 2, "2026-11-19 17:00"),  # Tuesday already in UTC
        ("2026-11-25 00:10", 1, "2026-11-24 17:00"),
    ],
)
@pytest.mark.parametrize("zone", ["Pacific/Honolulu", "America/New_York"])
def test_business_days_before_are_counted_from_the_local_day(moment, days, close, zone):
    here = ZoneInfo(zone)

    found = clock.business_day_end_before(local(moment, here), days=days, hours=OfficeCalendar(zone=here))

    assert said(found, here) == close


def test_a_practice_that_never_opens_has_no_business_day_before():
    closed = OfficeCalendar(zone=CHICAGO, hours={})

    assert clock.business_day_end_before(local("2026-11-23 10:00"), days=2, hours=closed) is None
