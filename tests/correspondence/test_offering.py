"""Offers are written by the channel that she allows, and whoever was too slow is told."""

import re
from datetime import timedelta

import pytest
from django.test import Client

from compliance.tenancy import acting_in
from correspondence import offering, outbox
from correspondence.enums import MessageState
from correspondence.models import Message
from scheduling.waitlist import offers
from tests.factories import reminders, waiting
from tests.factories import scheduling as make
from tests.factories.scheduling import NOW

S = MessageState
SOON = NOW + timedelta(minutes=1)


@pytest.fixture(autouse=True)
def origin(settings):
    settings.ORIGIN = "https://portal.example"


@pytest.fixture
def offer(practice, secretary):
    """Ten o'clock offered to Maria Lopez, who allows e-mail."""
    with acting_in(practice.pk, secretary.pk):
        whose = reminders.reachable(by=secretary, email=f"{practice.slug}@patients.example")
        return waiting.offer(waiting.entry(make.visit_type("Knee check"), whose=whose), make.provider(), by=secretary)


def run(practice, now=SOON):
    """What the clock does; answers what was sent to her."""
    offering.queue(practice.pk, now=now)
    for message in outbox.due(practice.pk, now=now):
        outbox.deliver(practice.pk, message, now=now)
    return reminders.sent_to(f"{practice.slug}@patients.example")


def messages(practice, by):
    with acting_in(practice.pk, by.pk):
        return [(row.wording_name, row.state, row.skip_reason) for row in Message.objects.order_by("created_at")]


def accept_for_another(practice, secretary, offer):
    with acting_in(practice.pk, secretary.pk):
        other = waiting.offer(waiting.entry(offer.entry.visit_type), offer.provider, by=secretary)
        offers.accept(other, by=secretary, now=SOON)


def test_the_mail_names_neither_time_nor_kind_nor_patient(practice, offer):
    (mail,) = run(practice)

    said = mail.subject + mail.text
    assert mail.subject == "A message from Lakeside Family Medicine"
    assert [word in said for word in ("10:00", "Monday", "Knee", "Maria", "Lopez", str(offer.provider))] == [False] * 6


def test_its_link_opens_the_page(practice, offer):
    (mail,) = run(practice)
    path = re.search(r"https://portal\.example(/\S+)", mail.text)[1]

    page = Client().get(path)

    assert "Lakeside Family Medicine" in page.content.decode()


def test_the_link_stays_nowhere_in_the_outbox(practice, secretary, offer):
    run(practice)

    with acting_in(practice.pk, secretary.pk):
        body = Message.objects.get().body
    assert ("portal.example" in body, "[the link of this offer]" in body) == (False, True)


def test_it_is_written_once(practice, offer):
    run(practice)

    assert len(run(practice, now=SOON + timedelta(minutes=1))) == 1


def test_without_consent_it_is_not_written(practice, secretary):
    with acting_in(practice.pk, secretary.pk):
        waiting.offer(waiting.entry(make.visit_type()), make.provider(), by=secretary)

    run(practice)

    assert messages(practice, secretary) == [("offer made", S.SKIPPED, "no-contact")]


def test_whoever_was_too_slow_is_told(practice, secretary, offer):
    run(practice)
    accept_for_another(practice, secretary, offer)

    mails = run(practice, now=SOON + timedelta(minutes=5))

    assert [mail.text.count("is taken meanwhile") for mail in mails] == [0, 1]


def test_an_offer_that_was_withdrawn_before_it_went_out_is_dropped(practice, secretary, offer):
    offering.queue(practice.pk, now=NOW)
    accept_for_another(practice, secretary, offer)

    sent = run(practice, now=SOON)

    assert (sent, messages(practice, secretary)[0]) == ([], ("offer made", S.DROPPED, "offer-over"))


def test_it_is_written_in_spanish_to_whoever_speaks_it(practice, secretary):
    with acting_in(practice.pk, secretary.pk):
        whose = reminders.reachable(by=secretary, email=f"{practice.slug}@patients.example", language="es-MX")
        waiting.offer(waiting.entry(make.visit_type(), whose=whose), make.provider(), by=secretary)

    (mail,) = run(practice)

    assert (mail.subject, mail.language) == ("Un mensaje de Lakeside Family Medicine", "es")
