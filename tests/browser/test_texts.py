"""A time offered by text, taken on a phone, and what the patient texts back, as the desk sees it."""

import re
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from compliance.roles import Role
from compliance.tenancy import acting_in
from compliance.tenancy.urls import practice_url
from correspondence import offering, outbox, texting
from correspondence.channels.memory import MemoryTextChannel
from patients.enums import Purpose
from scheduling import visits
from scheduling.models import FreedTime
from tests.correspondence.gateway_posts import SECRET, says
from tests.factories import patients, people, waiting
from tests.factories import scheduling as make

CHICAGO = ZoneInfo("America/Chicago")


class Office:
    """Maria waits and allows texts; somebody's visit is cancelled."""

    def __init__(self):
        self.practice = people.practice(phone="+16085550100")
        self.secretary = people.member(self.practice, Role.SECRETARY)
        self.number = f"+1608555{self.practice.pk.int % 9000 + 1000}"
        today = timezone.now().astimezone(CHICAGO).date()
        starts_at = datetime.combine(today + timedelta(days=14 - today.weekday()), time(10), CHICAGO)
        with acting_in(self.practice.pk, self.secretary.pk):
            kind, now = make.visit_type("Follow-up"), timezone.now()
            whose = patients.patient(by=self.secretary, phone=self.number, phone_for=(Purpose.TEXT,))
            waiting.entry(kind, whose=whose, now=now)
            lost = make.visit(by=self.secretary, who=make.provider("Dr. Okafor"), kind=kind, starts_at=starts_at, now=now)
            visits.cancel(lost, reason="pat", initiator="patient", told_by="patient", by=self.secretary, now=now)
            self.freed = FreedTime.objects.get().pk

    def url(self, name, *args):
        return practice_url(self.practice, name, *args)

    def text_goes_out(self):
        """What the clock does, by day; answers the link in the text."""
        now = texting.by_day(timezone.now() + timedelta(minutes=1), zone=CHICAGO)
        offering.queue(self.practice.pk, now=now)
        for message in outbox.due(self.practice.pk, now=now):
            outbox.deliver(self.practice.pk, message, now=now)
        (sent,) = [one for one in MemoryTextChannel.sent if one.to == self.number]
        return re.search(r"https://portal\.example(/\S+)", sent.text)[1]


@pytest.fixture
def office(committed, settings):
    settings.ORIGIN, settings.TEXT_WEBHOOK_SECRET = "https://portal.example", SECRET
    return Office()


def offer_by_text(page, office):
    page.goto(office.url("scheduling:wait_matches", office.freed))
    assert page.eval_on_selector_all("#id_channel option", "all => all.map(one => one.value)") == ["text", "call"]
    page.select_option("#id_hours", "24")
    page.click("text=Offer this time")
    page.wait_for_selector("text=Offered to 1.")


def test_a_time_is_offered_by_text_and_taken_by_its_link(page_as, office):
    secretary, maria = page_as(office.secretary), page_as(None, width=390)
    offer_by_text(secretary, office)
    maria.goto(office.text_goes_out())
    maria.fill("#birth_date", "3/27/1985")
    maria.click("text=Show the time")
    maria.click("text=Yes, I take this time")

    secretary.goto(office.url("scheduling:wait_list"))
    secretary.click("button:has-text('Book')")
    secretary.wait_for_url("**/visits/**")

    assert "held for you" in maria.inner_text("main")


def test_what_she_texts_back_is_work_at_the_desk(page_as, office):
    secretary = page_as(office.secretary)
    offer_by_text(secretary, office)
    office.text_goes_out()
    says("Is there parking?", number=office.number, key=str(office.practice.pk))

    secretary.goto("/my-work/")
    secretary.click("text=Text message from a patient")
    secretary.wait_for_selector("text=wrote:")

    assert "“Is there parking?”" in secretary.inner_text("main")


def test_what_went_out_shows_the_number_and_the_words_without_the_link(page_as, office):
    secretary = page_as(office.secretary)
    offer_by_text(secretary, office)
    office.text_goes_out()

    secretary.goto(office.url("correspondence:messages"))
    secretary.click("table a")
    secretary.wait_for_selector("h1:has-text('Offer of a time to Lopez, Maria')")

    said = secretary.inner_text("main")
    assert ("a time is free: [the link of this offer]" in said, office.number[-4:] in said) == (True, True)
