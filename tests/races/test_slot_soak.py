"""Fifty takers of one time at once, a hundred rounds: one wins each. Without lock and constraint several do."""

from threading import Barrier

import pytest

from compliance.tenancy import acting_in
from tests.factories import scheduling as make
from tests.races.takers import TAKERS, Place, twin_without_constraint
from tests.reporting import AT_LEAST, EXACTLY, soak_row

ROUNDS = 100


@pytest.fixture
def place(committed) -> Place:
    return Place()


def rounds(place, take, **how):
    """The winners of each round. Every round has a provider of its own, and all takers start at one moment."""
    winners = []
    for _ in range(ROUNDS):
        with acting_in(place.practice.pk, place.secretary.pk):
            place.doctor = make.provider()
        start = Barrier(TAKERS, timeout=60)

        def taken(number, start=start):
            start.wait()
            take(number)

        winners.append(place.race(taken, at_once=TAKERS, **how))
    return winners


@pytest.mark.soak
def test_one_of_fifty_wins_in_each_of_a_hundred_rounds(place):
    winners = rounds(place, place.book)

    assert soak_row("slot_winners_max", max(winners), 1, rule=EXACTLY)
    assert soak_row("slot_winners_min", min(winners), 1, rule=EXACTLY)


@pytest.mark.soak
def test_several_win_where_neither_lock_nor_constraint_stands(place):
    with twin_without_constraint() as search_path:
        winners = rounds(place, place.look_and_hold, search_path=search_path)

    assert soak_row("slot_winners_max_unguarded", max(winners), 2, rule=AT_LEAST)
