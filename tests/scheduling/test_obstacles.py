"""A time that could not be taken is refused with the true reason, and is not offered by the board."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from compliance.models import Location, Practice
from compliance.roles import Role
from compliance.tenancy.urls import practice_url
from scheduling import board, booking, obstacles
from scheduling.enums import ResourceKind
from scheduling.forms import slot_text
from scheduling.models import Need, Occupation, Resource
from tests.factories import people
from tests.factories import scheduling as make
from tests.factories.scheduling import MONDAY, NOW

TEN = datetime(2026, 11, 23, 16, 0, tzinfo=UTC)
HALF = timedelta(minutes=30)


@pytest.fixture
def who(inside):
    return make.provider()


def why(who, starts_at=TEN, kind=None):
    return obstacles.in_words(who, starts_at, kind or make.visit_type(), now=NOW)


def test_a_visit_there_is_said(who, secretary):
    make.visit(by=secretary, who=who)

    assert why(who) == "Another visit was booked there."


def test_time_kept_free_after_a_visit_is_not_called_taken(who, secretary):
    make.visit(by=secretary, who=who, kind=make.visit_type(buffer_after=15))

    assert why(who, TEN + HALF) == "That time is kept free beside another visit."


def test_a_visit_that_is_moved_is_not_in_its_own_way(who, secretary):
    leaving = make.visit(by=secretary, who=who)
    make.visit(by=secretary, who=who, starts_at=TEN + HALF)
    asked = {"visit_type": make.visit_type("Long", minutes=60), "now": NOW, "leaving": leaving.pk}

    assert obstacles.in_words(who, TEN, **asked) == "Only 30 minutes are free there, and Long takes 60."


def test_a_gap_that_is_too_short_says_how_long_it_is(who, secretary):
    make.visit(by=secretary, who=who)

    assert why(who, TEN - HALF / 2, make.visit_type("Long")) == "Only 15 minutes are free there, and Long takes 30."


def test_a_colleagues_hold_says_whose(who, practice):
    anna = people.member(practice, Role.SECRETARY, name="Anna Berg")
    booking.hold(who, TEN, make.visit_type(), by=anna, now=NOW)

    assert why(who) == "Anna Berg holds this time for somebody."


def test_a_machine_that_is_taken_is_named(who, secretary):
    kind, machine = make.visit_type(), Resource.objects.create(kind=ResourceKind.EQUIPMENT, name="X-ray")
    Need.objects.create(visit_type=kind, resource=machine)
    make.visit(by=secretary, kind=kind)

    assert why(who, kind=kind) == "X-ray is not free then."


def test_what_is_lacking_is_said_beside_a_visit_that_leaves_a_lane(inside, secretary):
    who, machine = make.provider(capacity=2), Resource.objects.create(kind=ResourceKind.EQUIPMENT, name="X-ray", capacity=2)
    kind = make.visit_type()
    Need.objects.create(visit_type=kind, resource=machine)
    make.visit(by=secretary, who=who)

    assert why(who, kind=kind) == obstacles.GONE
    for _ in range(2):
        make.visit(by=secretary, kind=kind)
    assert why(who, kind=kind) == "X-ray is not free then."


def test_a_room_that_is_free_elsewhere_is_none(who, secretary):
    kind, north = make.visit_type(), Location.objects.create(name="North", time_zone="America/Chicago")
    for place in (Location.objects.order_by("created_at")[0], north):
        Resource.objects.create(kind=ResourceKind.ROOM, name=f"{place} 1", group="exam room", location=place)
    Need.objects.create(visit_type=kind, group="exam room")
    make.visit(by=secretary, kind=kind)

    assert why(who, kind=kind) == "No exam room is free then."


def test_a_chosen_room_that_is_taken_is_named(who, practice, secretary):
    room, kind = Resource.objects.create(kind=ResourceKind.ROOM, name="Room 7"), make.visit_type()
    make.visit(by=secretary, room=room, starts_at=_soon())
    said = {"slot": slot_text(who, _soon()), "visit_type": kind.pk, "mode": "office", "room": room.pk}
    answer = people.browser(secretary).post(practice_url(practice, "scheduling:book", make.patient().pk), said)

    assert (answer.status_code, "Room 7 is not free then." in answer.content.decode()) == (409, True)


@pytest.fixture
def room_7(secretary):
    """A room that another visit has."""
    room = Resource.objects.create(kind=ResourceKind.ROOM, name="Room 7")
    make.visit(by=secretary, room=room, starts_at=_soon())
    return room


def test_ones_own_hold_is_not_what_stands_in_the_way_of_a_booking(who, practice, secretary, room_7):
    kind = make.visit_type()
    booking.hold(who, _soon(), kind, by=secretary, now=timezone.now())
    said = {"slot": slot_text(who, _soon()), "visit_type": kind.pk, "mode": "office", "room": room_7.pk}
    answer = people.browser(secretary).post(practice_url(practice, "scheduling:book", make.patient().pk), said)

    assert answer.context["why"] == "Room 7 is not free then."


def test_ones_own_hold_is_not_what_stands_in_the_way_of_a_move(who, practice, secretary, room_7):
    there = {"starts_at": _soon() + timedelta(days=7), "room": room_7}
    visit = make.visit(by=secretary, who=who, **there)
    booking.hold(who, _soon(), visit.visit_type, by=secretary, now=timezone.now())
    said = {"slot": slot_text(who, _soon()), "version": visit.version}
    answer = people.browser(secretary).post(practice_url(practice, "scheduling:move", visit.pk), said)

    assert answer.context["why"] == "Room 7 is not free then."


def test_the_board_shows_what_is_kept_free_and_offers_none_of_it(who, practice, secretary):
    make.visit(by=secretary, who=who, kind=make.visit_type(buffer_after=15))
    (column,) = board.day_board(secretary, MONDAY, practice=Practice.objects.get(pk=practice.pk), now=NOW).columns
    after = int((TEN + HALF).timestamp())

    assert [cell.text for cell in column.cells if cell.kind == "block" and cell.start == after] == ["Kept free"]
    assert after not in {cell.start for cell in column.cells if cell.kind == "open"}


def test_the_board_names_the_colleague_who_holds_a_time(who, practice, secretary):
    anna = people.member(practice, Role.SECRETARY, name="Anna Berg")
    booking.hold(who, TEN, make.visit_type(), by=anna, now=NOW)
    (column,) = board.day_board(secretary, MONDAY, practice=Practice.objects.get(pk=practice.pk), now=NOW).columns

    assert [cell.text for cell in column.cells if cell.kind == "hold"] == ["Anna Berg"]


def test_a_refused_booking_says_the_reason(who, practice, secretary):
    kind = make.visit_type()
    make.visit(by=secretary, who=who, kind=make.visit_type(buffer_after=15), starts_at=_soon())
    said = {"slot": slot_text(who, _soon() + HALF), "visit_type": kind.pk, "mode": "office"}
    answer = people.browser(secretary).post(practice_url(practice, "scheduling:book", make.patient().pk), said)

    assert (answer.status_code, "kept free beside another visit" in answer.content.decode()) == (409, True)


def test_closing_the_panel_gives_the_held_time_back(who, practice, secretary):
    booking.hold(who, TEN, make.visit_type(), by=secretary, now=NOW)
    answer = people.browser(secretary).post(practice_url(practice, "scheduling:let_go"))

    assert (answer.status_code, Occupation.objects.count()) == (302, 0)


def _soon() -> datetime:
    """Next week's Monday at ten in Chicago, of today."""
    today = datetime.now(UTC)
    return (today + timedelta(days=7 - today.weekday())).replace(hour=16, minute=0, second=0, microsecond=0)
