"""Times that were offered and could not be booked, or could be booked and were hidden: each as a calendar showed it."""

from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

import pytest

from compliance.models import Location
from compliance.roles import Role
from scheduling import booking, openings, set_up
from scheduling.enums import DayKind, ResourceKind
from scheduling.finder_forms import FinderForm
from scheduling.models import DayException, Need, Resource
from scheduling.search import Search
from tests.factories import people
from tests.factories import scheduling as make
from tests.factories.scheduling import MONDAY, NOW

NINE = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
QUARTER, HALF = timedelta(minutes=15), timedelta(minutes=30)
CALL = UUID(int=1)


@pytest.fixture
def colleague(practice):
    return people.member(practice, Role.SECRETARY)


def offered(kind, *doctors, now=NOW, **more):
    """When visits may begin on Monday, as the first provider's."""
    found = openings.first(Search(kind, doctors, MONDAY, MONDAY, **more), now=now, limit=None).openings
    return [one.starts_at for one in found if one.provider == doctors[0]]


def test_visits_of_twenty_minutes_follow_each_other_without_gaps(inside, secretary):
    who, kind = make.provider(), make.visit_type(minutes=20)
    taken = 0
    while free := openings.free_times(who, MONDAY, kind, now=NOW):
        make.visit(by=secretary, who=who, kind=kind, starts_at=free[0].starts_at)
        taken += 1

    assert taken == 24  # in eight hours


def test_a_time_that_passed_a_moment_ago_is_not_offered(doctor):
    now = NINE + timedelta(microseconds=1)

    assert offered(make.visit_type(), doctor, now=now)[0] == NINE + QUARTER


def test_what_a_colleague_holds_for_the_same_call_is_not_offered(doctor, secretary, colleague):
    kind = make.visit_type()
    booking.hold(doctor, NINE, kind, by=colleague, now=NOW, held_for=CALL)

    assert offered(kind, doctor, held_for=CALL, by=secretary)[0] == NINE + HALF


@pytest.fixture
def group(doctor):
    """A kind of three at once in the one room, half an hour of known patients and a whole one of new ones."""
    kind = make.visit_type(minutes=30, new_minutes=60, capacity=3)
    room = Resource.objects.create(kind=ResourceKind.ROOM, name="Gym")
    Need.objects.create(visit_type=kind, resource=room)
    return kind


def test_a_group_is_not_offered_to_somebody_for_whom_its_room_is_taken_too_soon(doctor, secretary, group):
    make.visit(by=secretary, who=doctor, kind=group, starts_at=NINE, is_new_patient=False)
    make.visit(by=secretary, kind=group, starts_at=NINE + HALF, is_new_patient=False)

    assert NINE not in offered(group.as_for(new_patient=True), doctor)


@pytest.fixture
def honolulu(inside):
    """Somebody far in the west, who works until late: when it is the next day elsewhere."""
    place, who = Location.objects.create(name="West", time_zone="Pacific/Honolulu"), make.provider(hours=False)
    make.works(who, 0, "20:00", "22:00", location=place)
    return who


@pytest.fixture
def new_york(inside):
    """Somebody who begins at midnight on Tuesday, while it is Monday evening in the west."""
    place, who = Location.objects.create(name="East", time_zone="America/New_York"), make.provider(hours=False)
    make.works(who, 1, "00:00", "03:00", location=place)
    return who


@pytest.mark.parametrize("limit", [None, 3, 7])
def test_times_of_places_in_two_zones_stand_in_order(honolulu, new_york, limit):
    search = Search(make.visit_type(), [honolulu, new_york], MONDAY, MONDAY + timedelta(days=1))

    found = [one.starts_at for one in openings.first(search, now=NOW, limit=limit).openings]

    assert (found, found[0]) == (sorted(found), datetime(2026, 11, 24, 5, 0, tzinfo=UTC))


def test_what_comes_next_may_lie_on_a_day_that_is_over_in_the_practice(honolulu, secretary):
    kind = make.visit_type()
    asked = {"visit_type": kind.pk, "from_day": f"{MONDAY}", "after": "2099-11-24T06:10Z"}
    form = FinderForm(asked, user=secretary)

    assert form.is_valid()
    assert form.searches()[0].from_day == date(2099, 11, 23)


def test_who_works_elsewhere_on_a_day_on_which_her_place_is_closed_can_be_booked_there(doctor, secretary):
    other = Location.objects.create(name="Other", time_zone="America/Chicago")
    DayException.objects.create(
        provider=doctor, day=MONDAY, kind=DayKind.OTHER, location=other, starts=time(9), ends=time(12)
    )
    here = Location.objects.exclude(pk=other.pk).get()
    set_up.close_time(starts_at=NOW, ends_at=NOW + 9 * HALF * 2, reason="Holiday", location=here, by=secretary, now=NOW)

    assert offered(make.visit_type(), doctor)[0] == NINE


def test_two_templates_that_touch_are_one_stretch(inside):
    who = make.provider(hours=False)
    make.works(who, 0, "09:00", "09:30")
    make.works(who, 0, "09:30", "10:00")

    assert offered(make.visit_type(minutes=60), who) == [NINE]


def why(kind, who, now=NOW, **more):
    """Why nothing is free on Monday."""
    return openings.first(Search(kind, [who], MONDAY, MONDAY, **more), now=now).reasons


def test_hours_that_are_too_short_are_not_called_taken(inside):
    who = make.provider("Dr. A", hours=False)
    make.works(who, 0, "09:00", "09:30")

    assert why(make.visit_type(minutes=60), who) == [
        "A visit of 60 minutes does not fit into Dr. A's open hours on Monday, Nov 23."
    ]


def test_a_morning_that_is_over_is_not_called_taken(inside):
    who = make.provider("Dr. A")

    assert why(make.visit_type(), who, now=NINE + HALF * 7, part="morning") == [
        "Dr. A's hours on Monday, Nov 23 have passed."
    ]


def test_a_place_that_is_closed_is_told_although_she_has_hours_elsewhere_that_day(inside, secretary):
    who, here = make.provider("Dr. A", hours=False), Location.objects.get()
    other = Location.objects.create(name="Other", time_zone="America/Chicago")
    make.works(who, 0, "09:00", "12:00", location=here)
    make.works(who, 0, "13:00", "17:00", location=other)
    set_up.close_time(starts_at=NOW, ends_at=NOW + 9 * HALF * 2, reason="Flood", location=here, by=secretary, now=NOW)

    assert why(make.visit_type(), who, locations=frozenset([here.pk])) == ["Closed: Flood."]


def test_after_the_last_time_of_all_it_says_that_there_is_no_later_one(inside):
    assert why(make.visit_type(), make.provider("Dr. A"), after=NINE + 20 * HALF) == [
        "Dr. A has no later time until Nov 23."
    ]


def test_a_group_does_not_gather_in_the_time_that_a_colleague_holds_for_one_patient(doctor, secretary, colleague):
    booking.hold(doctor, NINE, make.visit_type(), by=colleague, now=NOW)

    with pytest.raises(booking.SlotTaken):
        make.visit(by=secretary, who=doctor, kind=make.visit_type(capacity=3), starts_at=NINE)
