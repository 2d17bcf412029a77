"""Free times and the reasons when there are none."""

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from compliance.models import Location
from scheduling import booking, openings, taking, visits
from scheduling.enums import ResourceKind
from scheduling.models import Need, Occupation, Resource
from scheduling.openings import Search, first, free_times
from tests.factories import scheduling as make
from tests.factories.scheduling import MONDAY, NOW

CHICAGO = ZoneInfo("America/Chicago")


def clocks(found, zone=CHICAGO):
    return [f"{one.starts_at.astimezone(zone):%H:%M}" for one in found]


def chicago(hour, minute=0, day=MONDAY):
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=CHICAGO)


@pytest.fixture
def hour(inside):
    return make.visit_type("Physical", minutes=60)


def test_times_begin_every_quarter_of_an_hour_and_end_within_hours(doctor, hour):
    found = clocks(free_times(doctor, MONDAY, hour, now=NOW))

    assert (found[:3], found[-1], len(found)) == (["09:00", "09:15", "09:30"], "16:00", 29)


def test_a_visit_takes_its_time(doctor, hour, secretary):
    make.visit(by=secretary, who=doctor, kind=hour, starts_at=chicago(10))

    assert clocks(free_times(doctor, MONDAY, hour, now=NOW))[:2] == ["09:00", "11:00"]


def test_a_cancelled_visit_gives_its_time_back_at_once(doctor, hour, secretary):
    visit = make.visit(by=secretary, who=doctor, kind=hour, starts_at=chicago(10))

    visits.cancel(visit, reason="pat", initiator="patient", told_by="patient", by=secretary, now=NOW)

    assert "10:00" in clocks(free_times(doctor, MONDAY, hour, now=NOW))


def test_a_room_that_is_closed_for_weeks_is_not_offered_in_their_midst(doctor, hour, secretary):
    """What closes it began long before the days that are looked at, and ends long after."""
    room = Resource.objects.create(kind=ResourceKind.ROOM, name="Laser")
    Need.objects.create(visit_type=hour, resource=room)
    before = free_times(doctor, MONDAY, hour, now=NOW)
    weeks = timedelta(days=20)
    repair = make.closure(chicago(0) - weeks, chicago(0) + weeks, reason="Repair", provider=make.provider())

    taking.close(repair, [room.pk], now=NOW)

    assert (bool(before), free_times(doctor, MONDAY, hour, now=NOW)) == (True, [])


def test_buffers_are_kept_free_on_both_sides(doctor, hour, secretary):
    procedure = make.visit_type("Procedure", minutes=60, buffer_before=15, buffer_after=30)
    make.visit(by=secretary, who=doctor, kind=procedure, starts_at=chicago(12))

    assert [c for c in clocks(free_times(doctor, MONDAY, hour, now=NOW)) if "10:30" <= c < "14:00"] == [
        "10:30",
        "10:45",
        "13:30",
        "13:45",
    ]


def test_lead_hours_are_counted_from_now(doctor):
    planned = make.visit_type("Planned", minutes=60, lead_hours=6)

    assert clocks(free_times(doctor, MONDAY, planned, now=NOW))[0] == "14:00"


def test_a_hold_of_another_call_counts_as_taken_and_ones_own_does_not(doctor, hour, secretary):
    call = uuid4()
    booking.hold(doctor, chicago(9), hour, by=secretary, now=NOW, held_for=call)

    assert clocks(free_times(doctor, MONDAY, hour, now=NOW, held_for=uuid4(), by=secretary))[0] == "10:00"
    assert clocks(free_times(doctor, MONDAY, hour, now=NOW, held_for=call, by=secretary))[0] == "09:00"


def test_a_hold_that_ran_out_is_free(doctor, hour, secretary):
    booking.hold(doctor, chicago(9), hour, by=secretary, now=NOW)

    assert clocks(free_times(doctor, MONDAY, hour, now=NOW + timedelta(minutes=10)))[0] == "09:00"


def test_two_lanes_are_full_when_both_are_taken(inside, secretary, hour):
    pair = make.provider("Nurses", capacity=2)
    make.visit(by=secretary, who=pair, kind=hour, starts_at=chicago(9))
    before = clocks(free_times(pair, MONDAY, hour, now=NOW))[0]
    make.visit(by=secretary, who=pair, kind=hour, starts_at=chicago(9))

    assert (before, clocks(free_times(pair, MONDAY, hour, now=NOW))[0]) == ("09:00", "10:00")


def test_a_group_visit_is_offered_until_it_is_full(doctor, secretary):
    group = make.visit_type("Class", minutes=60, capacity=2)
    make.visit(by=secretary, who=doctor, kind=group, starts_at=chicago(9))
    before = clocks(free_times(doctor, MONDAY, group, now=NOW))[:2]
    make.visit(by=secretary, who=doctor, kind=group, starts_at=chicago(9))

    assert (before, clocks(free_times(doctor, MONDAY, group, now=NOW))[0]) == (["09:00", "10:00"], "10:00")


def test_the_last_place_of_a_group_is_not_offered_while_a_colleague_holds_it(doctor, secretary, admin):
    group = make.visit_type("Class", minutes=60, capacity=2, buffer_before=15)
    make.visit(by=secretary, who=doctor, kind=group, starts_at=chicago(10))
    booking.hold(doctor, chicago(10), group, by=admin, now=NOW)

    offered = ["10:00" in clocks(free_times(doctor, MONDAY, group, now=NOW, by=by)) for by in (secretary, admin)]

    assert offered == [False, True]


def test_the_first_times_go_by_time_and_then_by_provider(doctor, hour):
    other = make.provider("Dr. Weiss")

    found = first(Search(hour, [doctor, other], MONDAY), now=NOW, limit=3).openings

    assert [(str(one.provider), one.starts_at) for one in found] == [
        ("Dr. Okafor", chicago(9)),
        ("Dr. Weiss", chicago(9)),
        ("Dr. Okafor", chicago(9, 15)),
    ]


def test_weekday_and_part_of_day_are_obeyed(doctor, hour):
    search = Search(hour, [doctor], MONDAY, weekdays=frozenset({2}), part="afternoon")

    assert first(search, now=NOW, limit=1).openings[0].starts_at == chicago(12, day=date(2026, 11, 25))


def test_times_far_ahead_are_found(doctor, hour):
    make.closure(chicago(0), chicago(0, day=date(2026, 12, 14)))

    assert first(Search(hour, [doctor], MONDAY), now=NOW, limit=1).openings[0].starts_at == chicago(
        9, day=date(2026, 12, 14)
    )


@pytest.mark.parametrize("count", [1, 3])
def test_the_queries_are_the_same_for_any_number_of_providers(inside, hour, django_assert_num_queries, count):
    several = [make.provider() for _ in range(count)]

    with django_assert_num_queries(7):
        first(Search(hour, several, MONDAY), now=NOW)


def why(search):
    return first(search, now=NOW).reasons


def test_the_reason_is_a_weekday(doctor, hour):
    search = Search(hour, [doctor], MONDAY, weekdays=frozenset({5, 6}))

    assert why(search) == ["Dr. Okafor does not work on Saturdays and Sundays."]


def test_the_reason_is_a_closure(doctor, hour):
    thanksgiving = date(2026, 11, 26)
    make.closure(chicago(0, day=thanksgiving), chicago(0, day=date(2026, 11, 27)), reason="Thanksgiving")

    assert why(Search(hour, [doctor], thanksgiving, thanksgiving)) == ["Closed: Thanksgiving."]


def test_the_reason_is_that_she_is_away(doctor, hour):
    make.closure(chicago(0), chicago(23), provider=doctor)

    assert why(Search(hour, [doctor], MONDAY, MONDAY)) == ["Dr. Okafor is away: Vacation."]


def test_the_reason_is_that_all_is_taken(doctor, secretary):
    day_long = make.visit_type("Study", minutes=480)
    make.visit(by=secretary, who=doctor, kind=day_long, starts_at=chicago(9))

    assert why(Search(day_long, [doctor], MONDAY, MONDAY)) == ["Every time of Dr. Okafor on Nov 23 is taken."]


def test_the_reason_is_the_part_of_the_day(inside, hour):
    early = make.provider("Dr. Weiss", hours=False)
    make.works(early, 0, "08:00", "12:00")

    assert why(Search(hour, [early], MONDAY, MONDAY, part="afternoon")) == [
        "Dr. Weiss does not work in the afternoon on Monday, Nov 23."
    ]


def test_the_reason_is_the_place(doctor, hour):
    search = Search(hour, [doctor], MONDAY, MONDAY, locations=frozenset({uuid4()}))

    assert why(search) == ["Dr. Okafor does not work at this place on Monday, Nov 23."]


def test_the_reason_is_the_notice_that_is_needed(doctor):
    planned = make.visit_type("Infusion", lead_hours=48)

    assert why(Search(planned, [doctor], MONDAY, MONDAY)) == ["Infusion is booked at least 48 hours ahead."]


# What the clock on the wall says, in UTC: on the day before the change, and on the day itself.
CHANGES = [
    ("America/New_York", date(2026, 3, 8), 14, 13),
    ("America/Chicago", date(2026, 3, 8), 15, 14),
    ("America/Phoenix", date(2026, 3, 8), 16, 16),
    ("America/Indiana/Indianapolis", date(2026, 3, 8), 14, 13),
    ("Pacific/Honolulu", date(2026, 3, 8), 19, 19),
    ("America/New_York", date(2026, 11, 1), 13, 14),
    ("America/Chicago", date(2026, 11, 1), 14, 15),
    ("America/Phoenix", date(2026, 11, 1), 16, 16),
    ("America/Indiana/Indianapolis", date(2026, 11, 1), 13, 14),
    ("Pacific/Honolulu", date(2026, 11, 1), 19, 19),
]


def works_at(zone, starts, ends):
    place = Location.objects.create(name=zone, time_zone=zone)
    who = make.provider(hours=False)
    for weekday in (5, 6):
        make.works(who, weekday, starts, ends, location=place)
    return who


@pytest.mark.parametrize(("zone", "day", "before", "on"), CHANGES)
def test_nine_oclock_is_nine_oclock_when_the_clock_changes(inside, hour, zone, day, before, on):
    who = works_at(zone, "09:00", "10:00")

    found = free_times(who, day - timedelta(days=1), hour, until=day, now=datetime(2026, 1, 1, tzinfo=UTC))

    assert [one.starts_at.hour for one in found] == [before, on]


NIGHT = [
    ("America/New_York", 2, 4),
    ("America/Chicago", 2, 4),
    ("America/Phoenix", 3, 3),
    ("America/Indiana/Indianapolis", 2, 4),
    ("Pacific/Honolulu", 3, 3),
]


@pytest.mark.parametrize(("zone", "spring", "fall"), NIGHT)
def test_a_night_shift_is_as_long_as_the_night(inside, hour, zone, spring, fall):
    who = works_at(zone, "00:30", "03:30")
    long_ago = datetime(2026, 1, 1, tzinfo=UTC)

    lengths = [
        (max(o.ends_at for o in found) - min(o.starts_at for o in found)) / timedelta(hours=1)
        for found in (free_times(who, day, hour, now=long_ago) for day in (date(2026, 3, 8), date(2026, 11, 1)))
    ]

    assert lengths == [spring, fall]


wishes = st.lists(
    st.tuples(st.integers(0, 40), st.sampled_from([15, 20, 45]), st.sampled_from([0, 10]), st.sampled_from([0, 5])),
    min_size=1,
    max_size=8,
)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(wishes=wishes, capacity=st.sampled_from([1, 2]))
def test_what_is_offered_can_be_booked_and_overlaps_nothing(inside, secretary, wishes, capacity):
    who = make.provider(capacity=capacity)
    for choice, minutes, before, after in wishes:
        kind = make.visit_type(minutes=minutes, buffer_before=before, buffer_after=after)
        offered = free_times(who, MONDAY, kind, now=NOW)
        if offered:
            one = offered[choice % len(offered)]
            make.visit(by=secretary, who=who, kind=kind, starts_at=one.starts_at)

    kind = make.visit_type(minutes=30)
    taken = list(Occupation.objects.filter(resource=who.resource))
    for one in openings.free_times(who, MONDAY, kind, now=NOW):
        assert sum(row.starts_at <= one.starts_at < row.ends_at for row in taken) < capacity
