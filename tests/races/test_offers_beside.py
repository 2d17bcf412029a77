"""A visit is booked while an offer of its time is answered, or its patient taken off the list: booking never fails by it."""

import pytest

from compliance.tenancy import acting_in
from scheduling import booking, waitlist
from scheduling.enums_waiting import WAIT_OPEN, RemovedBecause
from scheduling.models import Appointment, Offer, WaitEntry
from scheduling.waitlist import offers
from tests.factories import waiting
from tests.factories.scheduling import NOW
from tests.races.takers import Place


@pytest.fixture
def place(committed) -> Place:
    place = Place()
    with acting_in(place.practice.pk, place.secretary.pk):
        place.entry = waiting.entry(place.kind, whose=place.patients[0])
    return place


def offered(place: Place) -> Offer:
    with acting_in(place.practice.pk, place.secretary.pk):
        made = waiting.offer(place.entry, place.doctor, by=place.secretary)
        return Offer.objects.select_related("entry", "patient").get(pk=made.pk)


def books(place: Place) -> Appointment:
    slot = {"provider": place.doctor, "starts_at": waiting.TEN, "visit_type": place.kind}
    return booking.book(patient=place.patients[0], **slot, by=place.secretary, now=NOW)


def takes_off(place: Place) -> None:
    entry = WaitEntry.objects.get(pk=place.entry.pk)
    waitlist.remove(entry, because=RemovedBecause.UNREACHABLE, by=place.secretary, now=NOW)


def outcome(place: Place, answer: object) -> tuple:
    """What was booked, whether the patient still waits, and what is still offered to her."""
    with acting_in(place.practice.pk, place.secretary.pk):
        waits = WaitEntry.objects.get(pk=place.entry.pk).status in WAIT_OPEN
        return type(answer), waits, Offer.objects.out().count()


def test_who_declines_while_she_is_booked_at_that_time_is_booked(place):
    offer = offered(place)

    answer = place.beside(lambda: offers.decline(offer, by=None, now=NOW), lambda: books(place))

    assert outcome(place, answer) == (Appointment, False, 0)


@pytest.mark.parametrize("has_offer", [True, False])
def test_who_is_taken_off_while_she_is_booked_is_booked(place, has_offer):
    if has_offer:
        offered(place)

    answer = place.beside(lambda: takes_off(place), lambda: books(place))

    assert outcome(place, answer) == (Appointment, False, 0)
