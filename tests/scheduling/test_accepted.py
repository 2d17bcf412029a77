"""What was accepted is held for her until it is booked: what the portal says to her, it keeps."""

from datetime import timedelta

import pytest

from scheduling import booking, set_up, taking
from scheduling.enums_waiting import OfferStatus
from scheduling.models import DailyLimit, Occupation, Offer
from scheduling.waitlist import confirming, offers
from tests.factories import scheduling as make
from tests.factories import waiting
from tests.factories.scheduling import NOW
from tests.factories.waiting import TEN

HOUR = timedelta(hours=1)
LATER = NOW + HOUR


@pytest.fixture
def offer(doctor, kind, secretary):
    return waiting.offer(waiting.entry(kind), doctor, by=secretary)


def refused(offer):
    """What becomes of an offer whose acceptance is refused as taken."""
    with pytest.raises(taking.SlotTaken):
        offers.accept(offer, by=None, now=LATER)
    return Offer.objects.get(pk=offer.pk).status


def test_it_is_booked_although_the_lead_time_has_passed_since_the_offer(doctor, secretary):
    kind, now = make.visit_type(minutes=30, lead_hours=24), TEN - 26 * HOUR
    offer = waiting.offer(waiting.entry(kind, now=now), doctor, by=secretary, now=now)
    offers.accept(offer, by=None, now=now + 3 * HOUR)

    assert confirming.book(offer, by=secretary, now=now + 3 * HOUR).starts_at == TEN


def test_it_is_booked_although_the_day_has_filled_since_it_was_accepted(doctor, kind, offer, secretary):
    DailyLimit.objects.create(provider=doctor, most=1)
    offers.accept(offer, by=None, now=LATER)
    make.visit(by=secretary, who=doctor, kind=kind, starts_at=TEN + 3 * HOUR)

    assert confirming.book(offer, by=secretary, now=LATER).starts_at == TEN


def test_her_later_visit_is_moved_to_it_although_the_lead_time_has_passed(doctor, secretary):
    kind, now, whose = make.visit_type(minutes=30, lead_hours=24), TEN - 26 * HOUR, make.patient()
    later = make.visit(by=secretary, who=doctor, kind=kind, whose=whose, starts_at=TEN + timedelta(days=7))
    offer = waiting.offer(waiting.entry(kind, whose=whose, now=now), doctor, by=secretary, now=now)
    offers.accept(offer, by=None, now=now + 3 * HOUR)

    assert confirming.book(offer, by=secretary, now=now + 3 * HOUR).rescheduled_from == later


def test_an_offer_on_a_day_that_is_full_by_now_cannot_be_accepted(doctor, kind, offer, secretary):
    DailyLimit.objects.create(provider=doctor, most=1)
    make.visit(by=secretary, who=doctor, kind=kind, starts_at=TEN + 3 * HOUR)

    assert refused(offer) == OfferStatus.WITHDRAWN


def test_an_offer_of_time_that_is_closed_by_now_cannot_be_accepted(kind, secretary):
    doctor = make.provider(capacity=2)
    offer = waiting.offer(waiting.entry(kind), doctor, by=secretary)
    closed = {"starts_at": TEN - HOUR, "ends_at": TEN + HOUR, "reason": "Vacation", "provider": doctor}
    set_up.close_time(**closed, by=secretary, now=NOW)

    assert (refused(offer), Occupation.objects.filter(held_for=offer.pk).count()) == (OfferStatus.WITHDRAWN, 0)


def test_it_stays_held_when_whoever_offered_it_leaves_and_her_other_holds_do_not(doctor, kind, offer, secretary):
    offers.accept(offer, by=None, now=LATER)
    booking.hold(doctor, TEN + 2 * HOUR, kind, by=secretary, now=LATER)

    freed = taking.release_of(secretary, LATER)

    assert (freed, [row.held_for for row in Occupation.objects.all()]) == (1, [offer.pk])
