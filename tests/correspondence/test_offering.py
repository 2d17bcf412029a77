"""Offers are written by the channel that she allows, and whoever was too slow is told."""

import re
from datetime import UTC, datetime, time, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from compliance.models import Practice
from compliance.tenancy import acting_in
from correspondence import offering, outbox
from correspondence.channels.memory import MemoryTextChannel
from correspondence.enums import MessageState
from correspondence.models import Message
from correspondence.wording import length
from patients.enums import Purpose
from patients.models import Patient
from scheduling.enums_waiting import OfferChannel, OfferStatus
from scheduling.models import Offer
from scheduling.waitlist import offers
from tests.architecture.world import monday
from tests.correspondence import gateway_posts
from tests.factories import patients, reminders, waiting
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


@pytest.mark.parametrize("fact", [{"is_deceased": True}, {"is_active": False}])
def test_nothing_is_written_about_an_offer_to_who_has_died_or_whose_record_is_not_in_use(practice, secretary, offer, fact):
    with acting_in(practice.pk, secretary.pk):
        Patient.objects.update(**fact)

    assert run(practice) == []
    assert {state for _, state, _ in messages(practice, secretary)} == {S.SKIPPED}


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


NIGHT = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)  # 10 PM in Chicago


class TestByText:
    """An offer that goes by text."""

    @pytest.fixture
    def offer(self, practice, secretary):
        """Ten o'clock offered to Maria Lopez, who allows texts."""
        return self.offered(practice, secretary)

    def offered(self, practice, secretary, *, until=NOW + timedelta(hours=4), now=NOW, starts_at=waiting.TEN, **fields):
        Practice.objects.filter(pk=practice.pk).update(phone="+16085550100")
        with acting_in(practice.pk, secretary.pk):
            whose = patients.patient(by=secretary, phone_for=(Purpose.TEXT,), **fields)
            entry = waiting.entry(make.visit_type("Knee check"), whose=whose)
            how = {"channel": OfferChannel.TEXT, "expires_at": until, "starts_at": starts_at}
            return waiting.offer(entry, make.provider(), by=secretary, now=now, **how)

    def run(self, practice, now=SOON):
        run(practice, now)
        return MemoryTextChannel.sent

    def link_in(self, text):
        return re.search(r"https://portal\.example(/\S+)", text)[1]

    def test_it_says_who_writes_whom_to_call_and_how_to_end_texts_in_one_text(self, practice, offer):
        (sent,) = self.run(practice)

        assert re.sub(r"https:\S+", "LINK", sent.text) == (
            "Lakeside Family Medicine: a time is free: LINK Call (608) 555-0100. Reply STOP to end."
        )
        assert (sent.to, length(sent.text) <= 160) == ("+16085550123", True)

    def test_it_names_neither_time_nor_kind_nor_patient(self, practice, offer):
        (sent,) = self.run(practice)

        assert [word in sent.text for word in ("10:00", "Monday", "Knee", "Maria", str(offer.provider))] == [False] * 5

    def test_its_link_holds_the_time(self, practice, secretary):
        """Offered now and texted at noon, whatever the hour is."""
        noon = datetime.combine(timezone.now().date() + timedelta(days=1), time(18), UTC)
        self.offered(practice, secretary, now=timezone.now(), starts_at=monday(), until=noon + timedelta(hours=4))
        (sent,) = self.run(practice, now=noon)
        path, browser = self.link_in(sent.text), Client()

        proof = browser.post(path, {"birth_date": "3/27/1985"}).context["proof"]
        browser.post(path, {"proof": proof, "answer": "yes"})

        with acting_in(practice.pk, secretary.pk):
            assert Offer.objects.get().status == OfferStatus.ACCEPTED

    def test_the_link_stays_nowhere_in_the_outbox(self, practice, secretary, offer):
        self.run(practice)

        with acting_in(practice.pk, secretary.pk):
            assert "portal.example" not in Message.objects.get().body

    def test_a_long_name_gives_way_and_the_link_stays_whole(self, practice, secretary):
        Practice.objects.filter(pk=practice.pk).update(name="Lakeside Center of Gastroenterology and Hepatology")
        self.offered(practice, secretary)

        (sent,) = self.run(practice)

        assert (length(sent.text) <= 160, sent.text.split(":")[0]) == (True, "Lakeside Center of")
        assert len(self.link_in(sent.text).split("/")[3]) == 22  # 128 bits

    def test_in_spanish_it_stays_within_the_alphabet_of_texts(self, practice, secretary):
        self.offered(practice, secretary, language="es-MX")

        (sent,) = self.run(practice)

        assert (len(sent.text), sent.text.endswith("Fin: responda STOP.")) == (length(sent.text), True)

    def test_by_night_it_waits_when_the_offer_still_stands_in_the_morning(self, practice, secretary):
        self.offered(practice, secretary, now=NIGHT, until=NIGHT + timedelta(hours=24))

        self.run(practice, now=NIGHT)

        with acting_in(practice.pk, secretary.pk):
            assert Message.objects.get().not_before == datetime(2026, 11, 24, 14, 0, tzinfo=UTC)

    def test_by_night_one_that_runs_out_before_morning_says_so(self, practice, secretary):
        self.offered(practice, secretary, now=NIGHT, until=NIGHT + timedelta(hours=4))

        self.run(practice, now=NIGHT)

        assert messages(practice, secretary) == [("offer made", S.SKIPPED, "quiet-hours")]

    def test_whoever_was_too_slow_gets_no_second_text(self, practice, secretary, offer):
        self.run(practice)
        accept_for_another(practice, secretary, offer)

        assert len(self.run(practice, now=SOON + timedelta(minutes=5))) == 1

    def test_after_stop_nothing_goes_to_the_number(self, practice, secretary, offer, settings):
        settings.TEXT_WEBHOOK_SECRET = gateway_posts.SECRET
        gateway_posts.says("STOP")

        sent = self.run(practice)

        assert (sent, messages(practice, secretary)) == ([], [("offer made", S.SKIPPED, "no-consent")])
