"""An offer whose message did not go out is made by phone: calling is work for as long as the offer stands."""

from datetime import timedelta

import pytest

from compliance.enums import CASE_STANDING, CaseStatus
from compliance.models import Case
from compliance.tenancy import acting_in
from correspondence import offering, outbox
from correspondence.enums import MessageState
from correspondence.models import Message
from patients.models import Patient
from scheduling.enums_waiting import OfferChannel, OfferStatus, WaitStatus
from scheduling.models import Offer, WaitStep
from scheduling.waitlist import confirming, offers
from tests.factories import reminders, waiting
from tests.factories import scheduling as make
from tests.factories.scheduling import NOW

SOON = NOW + timedelta(minutes=1)
ANSWERED_BY = NOW + timedelta(hours=4)  # as `waiting.offer` has it


@pytest.fixture(autouse=True)
def origin(settings):
    settings.ORIGIN = "https://portal.example"


@pytest.fixture
def acting(practice, secretary):
    """Inside a practice that is left for the worker, who enters it by itself."""
    return lambda: acting_in(practice.pk, secretary.pk)


@pytest.fixture
def offered(acting, secretary):
    """Ten o'clock offered by e-mail to somebody, who has an address or none."""

    def offered(address="", now=NOW):
        with acting():
            whose = reminders.reachable(by=secretary, email=address) if address else make.patient()
            entry = waiting.entry(make.visit_type("Knee check"), whose=whose)
            return waiting.offer(entry, make.provider("Dr. Amara"), by=secretary, now=now)

    return offered


@pytest.fixture
def run(practice):
    """What the clock does."""

    def run(now=SOON):
        offering.queue(practice.pk, now=now)
        for message in outbox.due(practice.pk, now=now):
            outbox.deliver(practice.pk, message, now=now)

    return run


def calls():
    """What is to be called about: the case and its status."""
    return [(case.kind, case.status) for case in Case.objects.order_by("opened_at")]


def test_one_that_was_not_sent_is_work_and_an_offer_by_phone(offered, acting, run):
    offer = offered()

    run()

    with acting():
        now, case = Offer.objects.get(), Case.objects.get(status__in=CASE_STANDING)
        assert (now.status, now.channel, now.case) == (OfferStatus.OFFERED, OfferChannel.CALL, case)
        assert (case.kind, case.patient, case.due_at <= ANSWERED_BY) == ("wait-call", offer.patient_id, True)


def test_its_work_says_which_time_and_why(offered, acting, run):
    offered()

    run()

    with acting():
        assert Case.objects.get().summary.startswith(
            "Call the patient: Mon, Nov 30 at 10:00 AM with Dr. Amara is offered. "
            "The e-mail about it was not sent: no address for this channel."
        )


def test_one_whose_address_is_refused_is_the_same_one_piece_of_work(offered, acting, run):
    offered("refused@patients.example")

    run()

    with acting():
        assert calls() == [("wait-call", CaseStatus.REQUESTED)]
        assert "could not be delivered. Correct the address." in Case.objects.get().summary


def test_one_that_was_sent_is_no_work(offered, acting, run):
    offered("maria@patients.example")

    run()

    with acting():
        assert (calls(), Offer.objects.get().channel) == ([], OfferChannel.EMAIL)


def test_it_is_said_on_the_page_of_who_waits(offered, acting, run):
    offered()

    run()

    with acting():
        step = WaitStep.objects.latest("at")
        assert (step.words, step.note) == (
            "Offer: to be made by phone",
            "The e-mail about it was not sent: no address for this channel.",
        )


def test_booking_it_on_the_phone_ends_the_work(offered, acting, secretary, run):
    offered()
    run()

    with acting():
        confirming.book(Offer.objects.get(), by=secretary, now=SOON + timedelta(minutes=5))

        assert calls() == [("wait-call", CaseStatus.COMPLETED)]


def test_accepting_it_leaves_the_work_of_booking_alone(offered, acting, secretary, run):
    offered()
    run()

    with acting():
        offers.accept(Offer.objects.get(), by=secretary, now=SOON + timedelta(minutes=5))

        assert sorted(calls()) == [("wait-call", CaseStatus.COMPLETED), ("wait-confirm", CaseStatus.REQUESTED)]


def test_when_it_runs_out_the_work_is_over_and_she_waits_again(offered, acting, run):
    offered()
    run()

    with acting():
        offers.end_over(now=ANSWERED_BY)

        assert (calls(), Offer.objects.get().entry.status) == ([("wait-call", CaseStatus.CANCELLED)], WaitStatus.WAITING)


@pytest.mark.parametrize("fact", [{"do_not_contact": True}, {"is_deceased": True}, {"is_active": False}])
def test_whoever_is_not_to_be_called_is_offered_nothing(offered, acting, run, fact):
    offered("maria@patients.example")
    with acting():
        Patient.objects.update(**fact)

    run()

    with acting():
        assert (calls(), Offer.objects.get().status) == ([], OfferStatus.WITHDRAWN)


def test_the_news_that_a_time_is_taken_makes_no_offer_by_phone(offered, acting, secretary, run):
    offer = offered("maria@patients.example")
    run()
    with acting():
        offers.withdraw(offer, by=secretary, now=SOON)
        Message.objects.update(state=MessageState.SENT)
        Patient.objects.update(do_not_contact=True)

    run(SOON + timedelta(minutes=5))

    with acting():
        assert (calls(), Message.objects.latest("created_at").state) == ([], MessageState.SKIPPED)
