"""A time offered to two by links and taken by one of them on the phone, as three people see it."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from compliance.roles import Role
from compliance.tenancy import acting_in
from compliance.tenancy.urls import plain_url, practice_url
from correspondence import offering, outbox
from patients.enums import Purpose
from scheduling import visits
from scheduling.models import Appointment, FreedTime, Offer
from scheduling.waitlist import links
from tests.browser.conftest import in_each_light
from tests.factories import patients, people, waiting
from tests.factories import scheduling as make

CHICAGO = ZoneInfo("America/Chicago")
MAILED = {"email": "wait@patients.example", "email_for": (Purpose.EMAIL,)}


class Office:
    """Two who wait, and a visit that is cancelled."""

    def __init__(self):
        self.practice = people.practice(phone="+16085550100")
        self.secretary = people.member(self.practice, Role.SECRETARY)
        today = timezone.now().astimezone(CHICAGO).date()
        self.at = datetime.combine(today + timedelta(days=14 - today.weekday()), time(10), CHICAGO)
        with acting_in(self.practice.pk, self.secretary.pk):
            kind, now = make.visit_type("Follow-up"), timezone.now()
            for family, given in (("Lopez", "Maria"), ("Nowak", "Jan")):
                whose = patients.patient(by=self.secretary, family=family, given=given, phone=None, **MAILED)
                waiting.entry(kind, whose=whose, now=now)
            lost = make.visit(by=self.secretary, who=make.provider("Dr. Okafor"), kind=kind, starts_at=self.at, now=now)
            said = {"reason": "pat", "initiator": "patient", "told_by": "patient"}
            visits.cancel(lost, by=self.secretary, now=now, **said)

    def url(self, name, *args):
        return practice_url(self.practice, f"scheduling:{name}", *args)

    def freed(self):
        with acting_in(self.practice.pk, self.secretary.pk):
            return FreedTime.objects.get().pk

    def links(self):
        """One for each offer, as the mails carry them."""
        with acting_in(self.practice.pk, self.secretary.pk):
            rows = list(Offer.objects.order_by("entry__waiting_since", "pk"))
            return [plain_url("scheduling:offer", self.practice.slug, links.new_link(row)) for row in rows], rows

    def booked(self):
        with acting_in(self.practice.pk, self.secretary.pk):
            return list(Appointment.objects.filter(status="booked").values_list("patient", "starts_at"))


@pytest.fixture
def office(committed):
    return Office()


def show(page, link):
    page.goto(link)
    page.fill("#birth_date", "3/27/1985")
    page.click("text=Show the time")
    page.wait_for_selector("text=Yes, I take this time")


def offer_to_both(page, office):
    page.goto(office.url("wait_list"))
    page.click("text=Dr. Okafor >> xpath=ancestor::tr >> a")
    boxes = page.locator("input[name=entries]")
    boxes.nth(1).wait_for()
    for box in boxes.all():
        box.check()
    page.click("text=Offer this time")
    page.wait_for_selector("text=Offered to 2.")


def test_an_offer_is_taken_by_phone_while_two_links_are_out(page_as, office):
    secretary, maria, jan = page_as(office.secretary), page_as(None, width=390), page_as(None, width=390)
    offer_to_both(secretary, office)
    (first, second), rows = office.links()
    show(maria, first)
    show(jan, second)

    secretary.goto(office.url("wait_entry", rows[0].entry_id))
    secretary.click("text=Takes it: book")
    secretary.wait_for_selector("text=Booked")
    jan.click("text=Yes, I take this time")

    assert "somebody else was faster" in jan.inner_text("main")
    assert office.booked() == [(rows[0].patient_id, office.at)]


def test_the_first_link_holds_the_time_and_the_second_is_told(page_as, office):
    secretary, maria, jan = page_as(office.secretary), page_as(None), page_as(None, scripts=False)
    offer_to_both(secretary, office)
    (first, second), rows = office.links()
    show(jan, second)
    show(maria, first)
    maria.click("text=Yes, I take this time")
    jan.click("text=Yes, I take this time")

    secretary.goto(office.url("wait_list"))
    secretary.click("button:has-text('Book')")
    secretary.wait_for_url("**/visits/**")

    assert ("held for you" in maria.inner_text("main"), "faster" in jan.inner_text("main")) == (True, True)
    assert office.booked() == [(rows[0].patient_id, office.at)]


def test_an_offer_whose_mail_did_not_go_out_is_made_by_phone(page_as, office, axe):
    """Without an address of the portal no link can be written."""
    secretary = page_as(office.secretary)
    offer_to_both(secretary, office)
    offering.queue(office.practice.pk, now=timezone.now())
    for message in outbox.due(office.practice.pk, now=timezone.now()):
        outbox.deliver(office.practice.pk, message, now=timezone.now())

    secretary.goto(office.url("wait_list"))
    assert in_each_light(secretary, axe) == []
    secretary.click("caption:has-text('no message told') >> xpath=ancestor::table >> a >> nth=0")
    secretary.wait_for_selector("text=Offer: to be made by phone")
    secretary.click("text=Takes it: book")

    secretary.wait_for_url("**/visits/**")
    assert [at for _, at in office.booked()] == [office.at]
