"""Who has a visit already waits for an earlier one, and for nothing else."""

from datetime import timedelta

import pytest

from compliance.enums import CASE_STANDING
from compliance.models import Case
from scheduling.enums_waiting import OfferStatus, WaitStatus
from scheduling.models import Offer
from scheduling.waitlist import confirming, offers
from tests.factories import scheduling as make
from tests.factories import waiting
from tests.factories.scheduling import NOW
from tests.factories.waiting import TEN

HOUR = timedelta(hours=1)


@pytest.fixture
def doctor(inside):
    return make.provider()


@pytest.fixture
def kind(inside):
    return make.visit_type(minutes=30)


@pytest.fixture
def has_one(doctor, kind, secretary):
    """Somebody with a visit at ten who wishes an earlier one."""
    visit = make.visit(by=secretary, who=doctor, kind=kind, starts_at=TEN)
    return waiting.entry(kind, whose=visit.patient)


@pytest.fixture
def booked(has_one, doctor, secretary):
    """An offer of a later time than the visit that is there already, accepted by the link and booked."""
    offer = waiting.offer(has_one, doctor, by=secretary, starts_at=TEN + 3 * HOUR)
    offers.accept(offer, by=None, now=NOW)
    confirming.book(offer, by=secretary, now=NOW, despite_overlap=True)
    return offer


def test_an_offer_that_is_booked_is_over_also_when_it_is_later_than_the_visit_that_is_there(booked, has_one):
    has_one.refresh_from_db()

    assert (Offer.objects.get(pk=booked.pk).status, has_one.status) == (OfferStatus.BOOKED, WaitStatus.BOOKED)


def test_its_work_is_over_too_and_it_is_booked_once(booked, secretary):
    with pytest.raises(offers.NotOffered):
        confirming.book(booked, by=secretary, now=NOW, despite_overlap=True)

    assert not Case.objects.filter(kind=offers.KIND, status__in=CASE_STANDING).exists()
