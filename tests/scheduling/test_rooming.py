"""To a room: which one, and what that takes."""

from datetime import UTC, datetime

import pytest

from compliance.tenancy.urls import practice_url
from scheduling import flow, visits
from scheduling.enums import Status
from scheduling.models import Appointment, Occupation, Resource
from tests.factories import people
from tests.factories import scheduling as make

TEN = datetime(2026, 11, 23, 16, 0, tzinfo=UTC)


@pytest.fixture
def rooms(inside):
    return [Resource.objects.create(kind="room", name=f"Room {n}") for n in (1, 2)]


@pytest.fixture
def visit(rooms, secretary):
    made = make.visit(by=secretary, starts_at=TEN, room=rooms[0])
    visits.arrive(made, by=secretary, now=TEN)
    return made


def taken(visit):
    hers = Occupation.objects.filter(appointment=visit, resource__kind="room")
    return Appointment.objects.get(pk=visit.pk).room.name, list(hers.values_list("resource__name", flat=True))


def test_the_room_she_is_shown_to_is_taken_and_the_other_free(visit, rooms, secretary):
    visits.room(visit, by=secretary, now=TEN, room=rooms[1])

    assert taken(visit) == ("Room 2", ["Room 2"])


def test_without_a_room_she_keeps_hers(visit, secretary):
    visits.room(visit, by=secretary, now=TEN)

    assert taken(visit) == ("Room 1", ["Room 1"])


def test_undone_she_has_her_room_again(visit, rooms, secretary):
    visits.room(visit, by=secretary, now=TEN, room=rooms[1])

    visits.undo(visit, by=secretary, now=TEN)

    assert (taken(visit), visit.status) == (("Room 1", ["Room 1"]), Status.ARRIVED)


def test_a_room_that_somebody_has_is_not_taken(visit, rooms, secretary):
    make.visit(by=secretary, starts_at=TEN, room=rooms[1])

    with pytest.raises(visits.RoomTaken):
        visits.room(visit, by=secretary, now=TEN, room=rooms[1])
    assert taken(visit) == ("Room 1", ["Room 1"])


def test_the_page_takes_the_room_that_was_chosen(practice, visit, rooms, secretary):
    url = practice_url(practice, "scheduling:act", visit.pk, "room")
    people.browser(secretary).post(url, {"version": visit.version, "room": rooms[1].pk})

    assert taken(visit) == ("Room 2", ["Room 2"])


def test_the_flow_offers_the_rooms_that_are_free(visit, rooms, secretary):
    make.visit(by=secretary, starts_at=TEN, room=Resource.objects.create(kind="room", name="Room 3"))

    assert [room.name for room in flow.free_rooms(secretary, [visit], now=TEN)[visit.pk]] == ["Room 1", "Room 2"]
