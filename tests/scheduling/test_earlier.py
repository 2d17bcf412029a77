"""Who has a visit already waits for an earlier one, and for nothing else."""

from datetime import timedelta

import pytest

from compliance.enums import CASE_STANDING
from compliance.models import Case
from scheduling import booking, visits
from scheduling.enums_waiting import OfferStatus, WaitStatus
from scheduling.models import FreedTime, Offer, WaitEntry
from scheduling.waitlist import confirming, matching, offer_work, offers
from scheduling.waitlist.free import free_of
from tests.factories import scheduling as make
from tests.factories import waiting
from tests.factories.scheduling import NOW
from tests.factories.waiting import TEN

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def has_one(doctor, kind, secretary):
    """Somebody with a visit at ten who wishes an earlier one."""
    visit = make.visit(by=secretary, who=doctor, kind=kind, starts_at=TEN)
    return waiting.entry(kind, whose=visit.patient)


def at(doctor, starts_at):
    return waiting.free(doctor, starts_at, starts_at + HOUR / 2)


def suited(doctor, starts_at):
    return [one.entry for one in matching.ranked(at(doctor, starts_at), WaitEntry.objects.all(), now=NOW)]


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

    assert not Case.objects.filter(kind=offer_work.CONFIRM, status__in=CASE_STANDING).exists()


def test_a_time_after_the_visit_that_is_there_suits_nobody(has_one, doctor):
    assert (suited(doctor, TEN - HOUR), suited(doctor, TEN + HOUR)) == ([has_one], [])


def test_and_the_reason_says_so(has_one, doctor):
    (one,) = matching.passed_over(at(doctor, TEN + HOUR), WaitEntry.objects.all(), now=NOW)

    assert one.reasons == ("Has an earlier visit, on Nov 30.",)


def test_of_a_stretch_only_what_lies_before_that_visit_suits(has_one, doctor):
    WaitEntry.objects.filter(pk=has_one.pk).update(from_time="10:00")

    assert matching.ranked(waiting.free(doctor, TEN - HOUR, TEN + 2 * HOUR), WaitEntry.objects.all(), now=NOW) == []


def test_who_has_given_a_visit_back_is_offered_any_other_time(has_one, doctor, secretary):
    visits.cancel(has_one.later_visit, reason="pat", initiator="patient", told_by="patient", by=secretary, now=NOW)

    assert suited(doctor, TEN + DAY) == [has_one]


def test_but_not_the_time_that_was_given_back(has_one, doctor, kind, secretary):
    other = waiting.entry(kind)
    visits.cancel(has_one.later_visit, reason="pat", initiator="patient", told_by="patient", by=secretary, now=NOW)

    free = free_of(FreedTime.objects.get(), now=NOW)
    (passed,) = matching.passed_over(free, WaitEntry.objects.all(), now=NOW)
    assert [one.entry for one in matching.ranked(free, WaitEntry.objects.all(), now=NOW)] == [other]
    assert (passed.entry, passed.reasons) == (has_one, ("Gave this time back.",))


def test_a_visit_that_is_moved_is_no_work_for_whoever_moved_it(has_one, secretary):
    booking.move(has_one.later_visit, starts_at=TEN + DAY, by=secretary, now=NOW)

    assert FreedTime.objects.count() == 0
