"""Templates of every n weeks, breaks, sessions that are kept and released, and days that differ: what can be booked."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from scheduling import booking
from scheduling.booking import OutsideHours
from scheduling.enums import DayKind
from scheduling.local import at, moment
from scheduling.openings import Search, first, free_times
from tests.factories import scheduling as make
from tests.factories.scheduling import MONDAY, NOW

CHICAGO = ZoneInfo("America/Chicago")
TUESDAY = MONDAY + timedelta(days=1)


def clocks(found):
    return [f"{one.starts_at.astimezone(CHICAGO):%H:%M}" for one in found]


def chicago(hour, minute=0, day=MONDAY):
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=CHICAGO)


@pytest.fixture
def doctor(inside):
    return make.provider("Dr. Okafor", hours=False)


@pytest.fixture
def hour(inside):
    return make.visit_type("Follow-up", minutes=60)


def test_a_template_of_every_other_week_skips_the_weeks_between(doctor, hour):
    make.works(doctor, 0, "09:00", "10:00", every_weeks=2, anchor_on=MONDAY)

    found = free_times(doctor, MONDAY, hour, until=MONDAY + timedelta(days=35), now=NOW)

    assert [one.starts_at.astimezone(CHICAGO).date() for one in found] == [MONDAY + timedelta(days=n) for n in (0, 14, 28)]


def test_weeks_are_counted_from_the_first_day_where_no_week_is_named(doctor, hour):
    make.works(doctor, 0, "09:00", "10:00", every_weeks=3, valid_from=MONDAY - timedelta(days=4))  # of the week before

    found = free_times(doctor, MONDAY, hour, until=MONDAY + timedelta(days=20), now=NOW)

    assert [one.starts_at.astimezone(CHICAGO).date() for one in found] == [MONDAY + timedelta(days=14)]


def test_nothing_is_offered_in_a_break(doctor, hour):
    make.pause(make.works(doctor, 0, "10:00", "15:00"))

    assert clocks(free_times(doctor, MONDAY, hour, now=NOW)) == [
        *("10:00", "10:15", "10:30", "10:45", "11:00"),
        *("13:00", "13:15", "13:30", "13:45", "14:00"),
    ]


def test_a_session_is_kept_for_its_kinds_of_visit(doctor, hour):
    new = make.visit_type("New patient", minutes=60)
    make.kept(make.works(doctor, 1, "09:00", "12:00"), new)

    offered = {kind.name: clocks(free_times(doctor, TUESDAY, kind, now=NOW)) for kind in (hour, new)}

    assert (offered["Follow-up"], offered["New patient"][0]) == (["11:00"], "09:00")


def test_a_session_is_open_to_all_from_its_release_on(doctor, hour):
    new = make.visit_type("New patient")
    make.kept(make.works(doctor, 1, "09:00", "12:00"), new, release=24)
    released = chicago(9)

    before, after = (
        clocks(free_times(doctor, TUESDAY, hour, now=now))[0] for now in (released - timedelta(seconds=1), released)
    )

    assert (before, after) == ("11:00", "09:00")


def test_the_reason_names_the_session_and_when_it_opens(doctor, hour):
    new = make.visit_type("New patient")
    make.kept(make.works(doctor, 1, "09:00", "11:00"), new, release=12)

    result = first(Search(hour, [doctor], TUESDAY, TUESDAY), now=NOW)

    assert result.reasons == ["Tuesday, Nov 24, 9:00 – 11:00 AM is kept for New patients until Mon, Nov 23, 9:00 PM."]


def test_the_reason_names_the_session_beside_what_is_taken(doctor, hour, secretary):
    new = make.visit_type("New patient")
    make.kept(make.works(doctor, 1, "09:00", "12:00"), new)
    make.visit(by=secretary, who=doctor, kind=hour, starts_at=chicago(11, day=TUESDAY))

    result = first(Search(hour, [doctor], TUESDAY, TUESDAY), now=NOW)

    assert result.reasons == [
        "Every time of Dr. Okafor on Nov 24 is taken. Tuesday, Nov 24, 9:00 – 11:00 AM is kept for New patients."
    ]


def test_a_kept_session_cannot_be_booked_by_another_kind(doctor, hour, secretary):
    make.kept(make.works(doctor, 1, "09:00", "12:00"), make.visit_type("New patient"))

    with pytest.raises(OutsideHours, match="Tuesday, Nov 24, 9:00 – 11:00 AM is kept for New patients"):
        make.visit(by=secretary, who=doctor, kind=hour, starts_at=chicago(9, day=TUESDAY))


def test_a_visit_may_reach_over_the_end_of_a_released_session(doctor, hour, secretary):
    make.kept(make.works(doctor, 1, "09:00", "12:00"), make.visit_type("New patient"), release=48)

    visit = make.visit(by=secretary, who=doctor, kind=hour, starts_at=chicago(10, 30, day=TUESDAY))

    assert visit.ends_at == chicago(11, 30, day=TUESDAY)


def test_a_session_is_overbooked_with_a_reason(doctor, hour, secretary):
    make.kept(make.works(doctor, 1, "09:00", "12:00"), make.visit_type("New patient"))

    visit = make.visit(by=secretary, who=doctor, kind=hour, starts_at=chicago(9, day=TUESDAY), overbook_reason="In pain")

    assert visit.overbook_reason == "In pain"


def test_a_hold_asks_the_same(doctor, hour, secretary):
    make.kept(make.works(doctor, 1, "09:00", "12:00"), make.visit_type("New patient"))

    with pytest.raises(OutsideHours):
        booking.hold(doctor, chicago(9, day=TUESDAY), hour, by=secretary, now=NOW)


def test_extra_hours_join_those_of_the_template(doctor, hour):
    make.works(doctor, 0, "09:00", "10:30")
    make.different(doctor, MONDAY, "10:30", "11:30", kind=DayKind.EXTRA)

    assert clocks(free_times(doctor, MONDAY, hour, now=NOW)) == [
        *("09:00", "09:15", "09:30", "09:45", "10:00", "10:15", "10:30")
    ]


def test_other_hours_take_the_place_of_the_template_for_one_day(doctor, hour):
    make.works(doctor, 0, "09:00", "10:00")
    make.different(doctor, MONDAY, "14:00", "15:00")

    found = free_times(doctor, MONDAY, hour, until=MONDAY + timedelta(days=7), now=NOW)

    assert clocks(found) == ["14:00", "09:00"]


def test_a_day_without_hours_is_said_to_be_one(doctor, hour):
    make.works(doctor, 0, "09:00", "10:00")
    make.different(doctor, MONDAY)

    assert first(Search(hour, [doctor], MONDAY, MONDAY), now=NOW).reasons == ["Dr. Okafor does not work on Monday, Nov 23."]


# (local time, day) and the hour UTC at which it is on New York's clock; the clock jumps from 2 to 3, and back from 2 to 1.
EDGES = [("02:30", date(2026, 3, 8), 7.0), ("03:00", date(2026, 3, 8), 7.0), ("01:30", date(2026, 11, 1), 5.5)]


@pytest.mark.parametrize(("wall", "day", "utc"), EDGES)
def test_hours_begin_at_the_jump_and_at_the_first_of_a_time_that_comes_twice(wall, day, utc):

    found = moment(at(day, time.fromisoformat(wall), "America/New_York"))

    assert found.hour + found.minute / 60 == utc
