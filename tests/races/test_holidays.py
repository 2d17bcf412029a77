"""Public holidays are ticked while others work: each is closed once, and nobody waits crosswise."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction

from compliance.models import Location
from compliance.tenancy import acting_in
from scheduling import public_holidays, taking
from scheduling.enums import ResourceKind
from scheduling.models import Closure, Resource
from tests.factories import scheduling as make
from tests.factories.scheduling import NOW
from tests.races.takers import Place, until_somebody_waits

NEW_YEAR = {"2027-01-01"}


@pytest.fixture
def place(committed) -> Place:
    place = Place()
    with acting_in(place.practice.pk, place.secretary.pk):
        place.east = Location.objects.create(name="East", time_zone="America/New_York")
    return place


def ticks(place: Place) -> tuple[int, int]:
    return public_holidays.choose(NEW_YEAR, 2027, practice=place.practice, by=place.secretary, now=NOW)


def test_a_holiday_that_two_tick_at_once_is_closed_once(place):
    place.beside(lambda: ticks(place), lambda: ticks(place))

    with acting_in(place.practice.pk, place.secretary.pk):
        assert Closure.objects.filter(location=place.east).count() == 1


def test_who_ticks_waits_for_a_room_before_she_locks_what_comes_after_it(place):
    """All at once in the order of ids, not place by place: who holds the room may go on to the provider."""
    with acting_in(place.practice.pk, place.secretary.pk):
        last = Location.objects.order_by("name").last()
        room = Resource.objects.create(kind=ResourceKind.ROOM, name="Exam 1", location=last)
        later = make.provider()

    with ThreadPoolExecutor(1) as pool, acting_in(place.practice.pk, place.secretary.pk), transaction.atomic():
        taking.one_at_a_time(room.pk)
        pool.submit(_ticks, place)
        until_somebody_waits()
        free = Resource.objects.select_for_update(nowait=True, no_key=True).filter(pk=later.resource_id)

        assert list(free) == [later.resource]


def _ticks(place: Place) -> None:
    with acting_in(place.practice.pk, place.secretary.pk):
        ticks(place)
    connection.close()
