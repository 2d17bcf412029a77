"""Times that were offered and could not be booked, or could be booked and were hidden: each as a calendar showed it."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from compliance.roles import Role
from scheduling import booking, openings
from scheduling.enums import ResourceKind
from scheduling.models import Need, Resource
from scheduling.search import Search
from tests.factories import people
from tests.factories import scheduling as make
from tests.factories.scheduling import MONDAY, NOW

NINE = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
QUARTER, HALF = timedelta(minutes=15), timedelta(minutes=30)
CALL = UUID(int=1)


@pytest.fixture
def doctor(inside):
    return make.provider()


@pytest.fixture
def colleague(practice):
    return people.member(practice, Role.SECRETARY)


def offered(kind, *doctors, now=NOW, **more):
    """When visits may begin on Monday, as the first provider's."""
    found = openings.first(Search(kind, doctors, MONDAY, MONDAY, **more), now=now, limit=None).openings
    return [one.starts_at for one in found if one.provider == doctors[0]]


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
