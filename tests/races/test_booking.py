"""Fifty takers of one time. The first test shows that the race happens where nothing guards; the others that one wins."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection, transaction

from compliance.tenancy import acting_in
from scheduling import booking
from scheduling.models import Appointment, Occupation
from tests.factories import scheduling as make
from tests.factories.scheduling import NOW
from tests.races.takers import HALF, TEN, Place, twin_without_constraint


@pytest.fixture
def place(committed) -> Place:
    return Place()


def test_without_lock_and_constraint_several_take_one_time(place):
    with twin_without_constraint() as search_path:
        winners = place.race(place.look_and_take(), search_path=search_path)

    assert winners > 1


def test_without_the_lock_the_constraint_lets_one_win(place):
    assert place.race(place.look_and_take()) == 1


def test_of_fifty_bookings_of_one_time_one_wins(place):
    winners = place.race(place.book)

    with acting_in(place.practice.pk, place.secretary.pk):
        assert (winners, Appointment.objects.count(), Occupation.objects.count()) == (1, 1, 1)


def test_two_moves_into_each_others_time_do_not_deadlock(place):
    with acting_in(place.practice.pk, place.secretary.pk):
        other = make.provider()
        pair = [make.visit(by=place.secretary, who=who, kind=place.kind) for who in (place.doctor, other)]
    together = Barrier(2, timeout=30)

    def swap(number: int) -> None:
        with acting_in(place.practice.pk, place.secretary.pk), transaction.atomic():
            visit = Appointment.objects.get(pk=pair[number].pk)
            together.wait()
            to = (other, place.doctor)[number]
            booking.move(visit, provider=to, starts_at=TEN + HALF, by=place.secretary, now=NOW)
        connection.close()

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(swap, range(2)))

    with acting_in(place.practice.pk, place.secretary.pk):
        assert Appointment.objects.filter(starts_at=TEN + HALF).count() == 2
