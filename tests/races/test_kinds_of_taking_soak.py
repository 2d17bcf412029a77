"""Fifty takers of one time by book, hold and move, and twenty of a calendar with three lanes: a hundred rounds each."""

from collections.abc import Callable
from threading import Barrier
from typing import Any

import pytest

from compliance.tenancy import acting_in
from scheduling import booking, taking
from scheduling.booking import SlotTaken
from scheduling.models import Appointment, Occupation
from tests.factories import scheduling as make
from tests.factories.scheduling import NOW
from tests.races.takers import HALF, TAKERS, TEN, Place, twin_without_constraint
from tests.reporting import AT_LEAST, EXACTLY, soak_row

ROUNDS = 100
LATER = TEN + HALF * 4


@pytest.fixture
def place(committed) -> Place:
    return Place()


def rounds(
    place: Place, take: Callable[[int], Any], *, takers: int = TAKERS, capacity: int = 1, number: int = ROUNDS, **how: Any
) -> list[int]:
    """The winners of each round; each has a provider of its own, and all its takers start at one moment."""
    winners = []
    for _ in range(number):
        with acting_in(place.practice.pk, place.secretary.pk):
            place.doctor = make.provider(capacity=capacity)
        start = Barrier(takers, timeout=60)

        def taken(nth: int, start: Barrier = start) -> None:
            if nth >= takers:
                raise SlotTaken
            start.wait()
            take(nth)

        winners.append(place.race(taken, at_once=takers, **how))
    return winners


def hold(place: Place) -> Callable[[int], Any]:
    """Each for a call of its own, so that no taker gives back another's."""

    def take(number: int) -> None:
        call = place.patients[number].pk
        booking.hold(place.doctor, TEN, place.kind, by=place.secretary, now=NOW, held_for=call)

    return take


def move(place: Place) -> Callable[[int], Any]:
    """Each a visit of its own, which stands with a provider of its own."""
    with acting_in(place.practice.pk, place.secretary.pk):
        visits = [
            make.visit(by=place.secretary, whose=whose, kind=place.kind, starts_at=LATER).pk for whose in place.patients
        ]

    def take(number: int) -> None:
        visit = Appointment.objects.get(pk=visits[number])
        moved = booking.move(visit, provider=place.doctor, starts_at=TEN, despite_overlap=True, by=place.secretary, now=NOW)
        visits[number] = moved.pk

    return take


def count_and_take(place: Place, capacity: int) -> Callable[[int], Any]:
    """A taker as it is often written: count, then take the next lane, and no lock."""

    def take(number: int) -> None:
        there = Occupation.objects.filter(resource=place.doctor.resource).overlapping(TEN, TEN + HALF).count()
        if there >= capacity:
            raise SlotTaken
        with taking.all_or_taken():
            taking.hold(place.doctor.resource, TEN, TEN + HALF, there, by=place.secretary, until=NOW + HALF, held_for=None)

    return take


@pytest.mark.soak
def test_one_of_fifty_bookings_wins(place):
    assert soak_row("race_winners_max_book", max(rounds(place, place.book)), 1, rule=EXACTLY)


@pytest.mark.soak
def test_one_of_fifty_holds_wins(place):
    winners = rounds(place, hold(place))

    assert soak_row("race_winners_max_hold", max(winners), 1, rule=EXACTLY)
    assert min(winners) == 1


@pytest.mark.soak
def test_one_of_fifty_moves_wins(place):
    winners = rounds(place, move(place))

    assert soak_row("race_winners_max_move", max(winners), 1, rule=EXACTLY)
    assert min(winners) == 1


@pytest.mark.soak
def test_three_of_twenty_win_three_lanes(place):
    winners = rounds(place, place.book, takers=20, capacity=3)

    assert soak_row("race_winners_max_capacity3", max(winners), 3, rule=EXACTLY)
    assert min(winners) == 3


@pytest.mark.soak
@pytest.mark.parametrize(("name", "capacity"), [("hold", 1), ("capacity3", 3)])
def test_more_win_where_neither_lock_nor_constraint_stands(place, name, capacity):
    with twin_without_constraint() as search_path:
        take = count_and_take(place, capacity)
        winners = rounds(place, take, takers=20, capacity=capacity, search_path=search_path)

    assert soak_row(f"race_winners_max_{name}_unguarded", max(winners), capacity + 1, rule=AT_LEAST)
