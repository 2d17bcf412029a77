"""Fifty takers of one time. The first test shows that the race happens where nothing guards; the others that one wins."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from threading import Barrier, BrokenBarrierError

import pytest
from django.db import OperationalError, connection, transaction

from compliance.roles import Role
from compliance.tenancy import acting_in
from scheduling import booking, taking
from scheduling.booking import SlotTaken
from scheduling.models import Appointment, Occupation
from tests.conftest import as_role
from tests.factories import people
from tests.factories import scheduling as make
from tests.factories.scheduling import NOW

TAKERS, AT_ONCE = 50, 10
TEN = datetime(2026, 11, 23, 16, 0, tzinfo=UTC)
HALF = timedelta(minutes=30)

TWIN = """
CREATE SCHEMA unguarded;
CREATE TABLE unguarded.scheduling_occupation (LIKE public.scheduling_occupation INCLUDING DEFAULTS);
GRANT USAGE ON SCHEMA unguarded TO portal_app;
GRANT ALL ON unguarded.scheduling_occupation TO portal_app;
"""


class Place:
    """A committed practice with one provider, ten o'clock free, and fifty patients."""

    def __init__(self) -> None:
        self.practice = people.practice()
        self.secretary = people.member(self.practice, Role.SECRETARY)
        with acting_in(self.practice.pk, self.secretary.pk):
            self.doctor = make.provider()
            self.kind = make.visit_type()
            self.patients = [make.patient() for _ in range(TAKERS)]

    def race(self, take: Callable[[int], object], *, search_path: str = "public") -> int:
        """How many of fifty takers won."""

        def try_it(number: int) -> bool:
            try:
                with connection.cursor() as cursor:
                    cursor.execute(f"SET search_path = {search_path}")
                with acting_in(self.practice.pk, self.secretary.pk):
                    take(number)
            except (SlotTaken, OperationalError):  # the second: a deadlock, which only takers without the lock meet
                return False
            finally:
                connection.close()
            return True

        with ThreadPoolExecutor(AT_ONCE) as pool:
            return sum(pool.map(try_it, range(TAKERS)))

    def look_and_take(self) -> Callable[[int], object]:
        """A taker as it is often written: look, then write, and no lock. The first ones look at the same moment."""
        together = Barrier(AT_ONCE, timeout=5)

        def take(number: int) -> None:
            is_free = not Occupation.objects.filter(resource=self.doctor.resource).overlapping(TEN, TEN + HALF).exists()
            with suppress(BrokenBarrierError):
                if number < AT_ONCE:
                    together.wait()
            if not is_free:
                raise SlotTaken
            with taking.all_or_taken():
                taking.hold(self.doctor.resource, TEN, TEN + HALF, 0, by=self.secretary, until=NOW + HALF, held_for=None)

        return take


@pytest.fixture
def place(committed) -> Place:
    return Place()


@contextmanager
def twin_without_constraint() -> Iterator[str]:
    """A copy of the table without its constraint, in a schema of its own; answers the search path that finds it."""
    with as_role("portal_owner"), connection.cursor() as cursor:
        cursor.execute("DROP SCHEMA IF EXISTS unguarded CASCADE;" + TWIN)
    try:
        yield "unguarded, public"
    finally:
        with as_role("portal_owner"), connection.cursor() as cursor:
            cursor.execute("DROP SCHEMA unguarded CASCADE")


def test_without_lock_and_constraint_several_take_one_time(place):
    with twin_without_constraint() as search_path:
        winners = place.race(place.look_and_take(), search_path=search_path)

    assert winners > 1


def test_without_the_lock_the_constraint_lets_one_win(place):
    assert place.race(place.look_and_take()) == 1


def test_of_fifty_bookings_of_one_time_one_wins(place):
    def book(number: int) -> None:
        booking.book(
            patient=place.patients[number],
            provider=place.doctor,
            starts_at=TEN,
            visit_type=place.kind,
            by=place.secretary,
            now=NOW,
        )

    winners = place.race(book)

    with acting_in(place.practice.pk, place.secretary.pk):
        assert (winners, Appointment.objects.count(), Occupation.objects.count()) == (1, 1, 1)


def test_two_moves_into_each_others_time_do_not_deadlock(place):
    with acting_in(place.practice.pk, place.secretary.pk):
        other = make.provider()
        pair = [make.visit(by=place.secretary, who=who, kind=place.kind) for who in (place.doctor, other)]
    together = Barrier(2, timeout=5)

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
