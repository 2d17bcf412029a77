"""Fifty takers of one time by series, and by series and single bookings mixed: one wins, and the others have nothing."""

from contextlib import suppress
from datetime import time, timedelta
from threading import Barrier, BrokenBarrierError

import pytest

from compliance.models import Location
from compliance.tenancy import acting_in
from scheduling import series
from scheduling.booking import SlotTaken
from scheduling.models import Appointment, Occupation, Occurrence, Series
from scheduling.series import Conflicts
from tests.factories import scheduling as make
from tests.factories import series as again
from tests.factories.scheduling import MONDAY, NOW
from tests.races.takers import AT_ONCE, HALF, TAKERS, TEN, Place, twin_without_constraint
from tests.reporting import AT_LEAST, EXACTLY, soak_row

ROUNDS, WEEKS = 100, 3


class SeriesPlace(Place):
    """The same place, whose takers want ten o'clock on three Mondays."""

    def repeat(self, number: int) -> None:
        """A taker as everybody takes. Who finds a date taken has lost, as if it was taken that moment."""
        wanted = again.unsaved(
            patient=self.patients[number], provider=self.doctor, visit_type=self.kind, first_on=MONDAY, starts=time(10),
            count=WEEKS, location=Location.objects.get(),
        )  # fmt: skip
        try:
            series.make(wanted, by=self.secretary, now=NOW)
        except Conflicts:
            raise SlotTaken from None

    def mixed(self, number: int) -> None:
        """Every second one books a single visit."""
        (self.book if number % 2 else self.repeat)(number)

    def look_and_hold_each(self, number: int, looked=lambda: None) -> None:
        """As it is often written: look at all dates, then write, and no lock."""
        moments = [TEN + timedelta(weeks=n) for n in range(WEEKS)]
        taken = Occupation.objects.filter(resource=self.doctor.resource, starts_at__in=moments).exists()
        looked()
        if taken:
            raise SlotTaken
        rows = [self._held(moment) for moment in moments]
        Occupation.objects.bulk_create(rows)

    def look_and_take_each(self):
        """The same, of whom the first ones look at the same moment."""
        together = Barrier(AT_ONCE, timeout=30)

        def wait() -> None:
            with suppress(BrokenBarrierError):
                together.wait()

        return lambda number: self.look_and_hold_each(number, wait if number < AT_ONCE else lambda: None)

    def _held(self, moment) -> Occupation:
        until = {"held_by": self.secretary, "hold_until": NOW + HALF}
        return Occupation(resource=self.doctor.resource, lane=0, starts_at=moment, ends_at=moment + HALF, **until)


@pytest.fixture
def place(committed) -> SeriesPlace:
    return SeriesPlace()


def rounds(place, take, **how) -> list[int]:
    """The winners of each round. Every round has a provider and patients of its own, and all takers start at one moment."""
    winners = []
    for _ in range(ROUNDS):
        with acting_in(place.practice.pk, place.secretary.pk):
            place.doctor = make.provider()
            place.patients = [make.patient() for _ in range(TAKERS)]
        start = Barrier(TAKERS, timeout=60)

        def taken(number, start=start):
            start.wait()
            take(number)

        winners.append(place.race(taken, at_once=TAKERS, **how))
    return winners


def test_of_fifty_series_that_want_one_time_one_is_there_and_whole(place):
    winners = place.race(place.repeat)

    with acting_in(place.practice.pk, place.secretary.pk):
        rows = (Series.objects.count(), Occurrence.objects.count(), Appointment.objects.count(), Occupation.objects.count())
    assert (winners, rows) == (1, (1, WEEKS, WEEKS, WEEKS))


def test_of_series_and_bookings_mixed_one_has_the_time(place):
    winners = place.race(place.mixed)

    with acting_in(place.practice.pk, place.secretary.pk):
        assert (winners, Occupation.objects.filter(starts_at=TEN).count()) == (1, 1)


def test_without_lock_and_constraint_several_series_have_one_time(place):
    with twin_without_constraint() as search_path:
        winners = place.race(place.look_and_take_each(), search_path=search_path)

    assert winners > 1


@pytest.mark.soak
def test_one_series_of_fifty_wins_in_each_of_a_hundred_rounds(place):
    winners = rounds(place, place.repeat)

    assert soak_row("race_winners_max_series", max(winners), 1, rule=EXACTLY)
    assert soak_row("race_winners_min_series", min(winners), 1, rule=EXACTLY)


@pytest.mark.soak
def test_one_of_series_and_bookings_mixed_wins_in_each_of_a_hundred_rounds(place):
    winners = rounds(place, place.mixed)

    assert soak_row("race_winners_max_series_mixed", max(winners), 1, rule=EXACTLY)
    assert soak_row("race_winners_min_series_mixed", min(winners), 1, rule=EXACTLY)


@pytest.mark.soak
def test_several_series_win_where_neither_lock_nor_constraint_stands(place):
    with twin_without_constraint() as search_path:
        winners = rounds(place, place.look_and_hold_each, search_path=search_path)

    assert soak_row("race_winners_max_series_unguarded", max(winners), 2, rule=AT_LEAST)
