"""An offer ends with what it offers: when the time is closed, and when she is not to be asked any more."""

from datetime import timedelta

import pytest

from compliance.enums import CASE_STANDING
from compliance.models import Case
from patients.models import Patient
from scheduling import booking, set_up, waitlist
from scheduling.enums_waiting import OfferStatus, RemovedBecause, WaitStatus
from scheduling.models import Offer, WaitEntry
from scheduling.waitlist import offers, ticking
from tests.factories import waiting
from tests.factories.scheduling import NOW
from tests.factories.waiting import TEN

HOUR = timedelta(hours=1)
LATER = NOW + timedelta(minutes=5)


@pytest.fixture
def offer(doctor, kind, secretary):
    """Ten o'clock offered to one who waits."""
    return waiting.offer(waiting.entry(kind), doctor, by=secretary)


def stands():
    """The offer and its entry."""
    row = Offer.objects.select_related("entry").get()
    return row.status, row.entry.status


def test_an_offer_of_a_time_that_was_closed_is_withdrawn(offer, doctor, secretary):
    closed = {"starts_at": TEN - HOUR, "ends_at": TEN + HOUR, "reason": "Vacation", "provider": doctor}

    set_up.close_time(**closed, by=secretary, now=NOW)
    ticking.tick(now=LATER)

    assert stands() == (OfferStatus.WITHDRAWN, WaitStatus.WAITING)


def test_an_offer_of_a_provider_who_left_is_withdrawn(offer, doctor):
    type(doctor).objects.filter(pk=doctor.pk).update(is_active=False)

    ticking.tick(now=LATER)

    assert stands() == (OfferStatus.WITHDRAWN, WaitStatus.WAITING)


def test_an_offer_stays_out_while_a_colleague_holds_its_time(offer, doctor, kind, secretary):
    booking.hold(doctor, TEN, kind, by=secretary, now=LATER)

    ticking.tick(now=LATER)

    assert stands() == (OfferStatus.OFFERED, WaitStatus.OFFERED)


@pytest.mark.parametrize("fact", [{"do_not_contact": True}, {"is_active": False}])
def test_an_offer_to_whoever_is_not_to_be_called_any_more_is_withdrawn(offer, fact):
    offers.call_instead(offer, why="The e-mail about it was not sent: no consent.", now=LATER)
    Patient.objects.update(**fact)

    ticking.tick(now=LATER)

    assert (stands()[0], Case.objects.filter(status__in=CASE_STANDING).count()) == (OfferStatus.WITHDRAWN, 0)


def test_whoever_was_taken_off_meanwhile_is_offered_nothing(doctor, kind, secretary):
    entry = waiting.entry(kind)
    waitlist.remove(WaitEntry.objects.get(), because=RemovedBecause.NO_LONGER_NEEDED, by=None, now=NOW)

    with pytest.raises(offers.WaitsNoMore):
        waiting.offer(entry, doctor, by=secretary)

    assert Offer.objects.count() == 0


def test_two_who_offer_her_two_times_at_once_both_do(doctor, kind, secretary):
    entry = waiting.entry(kind)
    waiting.offer(WaitEntry.objects.get(), doctor, by=secretary)

    other = waiting.offer(entry, doctor, by=secretary, starts_at=TEN + HOUR)

    assert (other.status, entry.status) == (OfferStatus.OFFERED, WaitStatus.OFFERED)
