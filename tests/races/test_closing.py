"""Time is closed while others book in it. A visit never stands unlisted in it: it was listed, or it was refused."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connection, transaction

from compliance.enums import CASE_STANDING
from compliance.models import Case
from compliance.tenancy import acting_in
from scheduling import booking, displaced, set_up, taking
from scheduling.booking import OutsideHours, SlotTaken
from scheduling.models import Closure
from tests.factories import scheduling as make
from tests.factories.scheduling import NOW
from tests.races.takers import HALF, TEN, Place
from tests.reporting import AT_LEAST, EXACTLY, soak_row

BOOKERS, ROUNDS = 8, 100
SPAN = {"starts_at": TEN - timedelta(hours=1), "ends_at": TEN + timedelta(hours=7), "reason": "Vacation"}


@pytest.fixture
def place(committed) -> Place:
    return Place()


def closes(place: Place) -> None:
    """As everybody closes."""
    set_up.close_time(**SPAN, provider=place.doctor, by=place.secretary, now=NOW)


def looks_and_closes(place: Place) -> None:
    """As it is often written: look what stands there, close, and make work of what was seen; no lock."""
    closure = Closure(**SPAN, provider=place.doctor)
    seen = list(displaced.within(closure, now=NOW).select_related("provider", "location"))
    with transaction.atomic():
        closure.save(force_insert=True)
        displaced.give_work(seen, why="Vacation", by=place.secretary, now=NOW)


def books(place: Place, number: int) -> None:
    """Each at a time of its own, so that only the closed time stands in the way."""
    slot = {"provider": place.doctor, "starts_at": TEN + HALF * number, "visit_type": place.kind}
    booking.book(patient=place.patients[number], **slot, by=place.secretary, now=NOW, despite_overlap=True)


def unlisted(place: Place, close: Callable[[Place], None]) -> int:
    """Bookers and a closer begin at one moment; how many visits stand in the closed time and are no work."""
    start = Barrier(BOOKERS + 1, timeout=30)

    def run(number: int) -> None:
        with acting_in(place.practice.pk, place.secretary.pk):
            start.wait()
            with suppress(SlotTaken, OutsideHours):
                close(place) if number == BOOKERS else books(place, number)
        connection.close()

    with ThreadPoolExecutor(BOOKERS + 1) as pool:
        list(pool.map(run, range(BOOKERS + 1)))
    with acting_in(place.practice.pk, place.secretary.pk):
        closure = Closure.objects.get(provider=place.doctor)
        known = Case.objects.filter(kind="rebook", status__in=CASE_STANDING).values("about_id")
        return displaced.within(closure, now=NOW).exclude(pk__in=known).count()


def rounds(place: Place, close: Callable[[Place], None], number: int) -> list[int]:
    """One count for each round, each with a provider of its own."""
    found = []
    for _ in range(number):
        with acting_in(place.practice.pk, place.secretary.pk):
            place.doctor = make.provider()
        found.append(unlisted(place, close))
    return found


def test_every_visit_in_a_time_that_was_closed_meanwhile_is_work(place):
    assert rounds(place, closes, 3) == [0, 0, 0]


def test_a_booking_waits_for_who_closes_and_is_refused(place):
    """The lock, step by step: the booker finds the closed time that was not there when she began."""
    with ThreadPoolExecutor(1) as pool:
        with acting_in(place.practice.pk, place.secretary.pk), transaction.atomic():
            taking.one_at_a_time(place.doctor.resource_id)
            booker = pool.submit(_booked, place)
            closes(place)

        assert booker.result(timeout=30) == "Closed then: Vacation."


def _booked(place: Place) -> str:
    try:
        with acting_in(place.practice.pk, place.secretary.pk):
            books(place, 0)
    except OutsideHours as outside:
        return str(outside)
    finally:
        connection.close()
    return "booked"


@pytest.mark.soak
def test_no_visit_stands_unlisted_in_a_hundred_rounds(place):
    assert soak_row("closing_unlisted_max", max(rounds(place, closes, ROUNDS)), 0, rule=EXACTLY)


@pytest.mark.soak
def test_visits_stand_unlisted_where_nobody_waits(place):
    assert soak_row("closing_unlisted_max_unguarded", max(rounds(place, looks_and_closes, ROUNDS)), 1, rule=AT_LEAST)
