"""One time offered to fifty who all accept at once, a hundred rounds: one wins each. Without the lock several do."""

from datetime import timedelta
from threading import Barrier

import pytest

from compliance.tenancy import acting_in
from scheduling.enums_waiting import OfferStatus
from scheduling.models import Occupation, Offer
from scheduling.taking import SlotTaken
from scheduling.waitlist import offers
from tests.factories import scheduling as make
from tests.factories import waiting
from tests.factories.scheduling import NOW
from tests.races.takers import TAKERS, Place
from tests.reporting import AT_LEAST, EXACTLY, soak_row

ROUNDS = 100
LATER = NOW + timedelta(minutes=1)


class Offered(Place):
    """Fifty who wait, and ten o'clock of a new provider offered to each of them in each round."""

    def __init__(self) -> None:
        super().__init__()
        with acting_in(self.practice.pk, self.secretary.pk):
            self.entries = [waiting.entry(self.kind, whose=one) for one in self.patients]

    def offer(self) -> None:
        """The next round: what is still out is withdrawn, for nobody is offered the same moment twice."""
        with acting_in(self.practice.pk, self.secretary.pk):
            for row in Offer.objects.out().select_related("entry", "provider"):
                offers.withdraw(row, by=self.secretary, now=LATER)
            self.doctor = make.provider()
            self.offers = [waiting.offer(one, self.doctor, by=self.secretary) for one in self.entries]

    def accept(self, number: int) -> None:
        """A taker as everybody takes."""
        rows = Offer.objects.select_related("entry__visit_type", "provider__resource", "location", "by")
        try:
            offers.accept(rows.get(pk=self.offers[number].pk), by=None, now=LATER)
        except offers.NotOffered as gone:
            raise SlotTaken from gone

    def look_and_accept(self, number: int) -> None:
        """A taker as it is often written: look, then write, and no lock."""
        if Offer.objects.filter(provider=self.doctor, status=OfferStatus.ACCEPTED).exists():
            raise SlotTaken
        Offer.objects.filter(pk=self.offers[number].pk).update(status=OfferStatus.ACCEPTED)

    def held(self) -> int:
        """How many hold the time."""
        with acting_in(self.practice.pk, self.secretary.pk):
            return Occupation.objects.filter(resource=self.doctor.resource).count()


@pytest.fixture
def place(committed) -> Offered:
    return Offered()


def rounds(place, take, *, number=ROUNDS):
    """The winners of each round, all takers of which start at one moment, and how many hold the time after it."""
    winners = []
    for _ in range(number):
        place.offer()
        start = Barrier(TAKERS, timeout=60)

        def taken(one, start=start):
            start.wait()
            take(one)

        winners.append((place.race(taken, at_once=TAKERS), place.held()))
    return winners


@pytest.mark.soak
def test_one_of_fifty_who_accept_wins_in_each_of_a_hundred_rounds(place):
    winners = rounds(place, place.accept)

    assert soak_row("race_winners_max_offer", max(won for won, _ in winners), 1, rule=EXACTLY)
    assert {(won, held) for won, held in winners} == {(1, 1)}


@pytest.mark.soak
def test_several_win_where_nothing_is_locked(place):
    winners = rounds(place, place.look_and_accept)

    assert soak_row("race_winners_max_offer_unguarded", max(won for won, _ in winners), 2, rule=AT_LEAST)


def test_one_of_fifty_who_accept_wins(place):
    assert rounds(place, place.accept, number=1) == [(1, 1)]
