"""What a newcomer does first: a call, from the ring to the reminder, and who can see afterwards what was seen.

The long way goes through the demo itself: gunicorn, worker, clock and SMTP as `make demo` starts them.
"""

import json
import re
import time
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from compliance.roles import Role
from compliance.tenancy import SYSTEM, acting_in
from compliance.tenancy.urls import practice_url
from correspondence import outbox
from correspondence.enums import MessageState
from correspondence.models import Message
from scheduling.models import Appointment
from tests.factories import people, reminders, scheduling

DIALLED = "608-555-0100"
IN_TIME = 90


class Visitor:
    """Somebody at a browser of her own who came in by her link, and what the console said."""

    def __init__(self, chromium, link, *, scripts=True):
        self.home, self.scripts, self.said = link.split("/demo/")[0], scripts, []
        self.context = chromium.new_context(base_url=self.home, java_script_enabled=scripts, timezone_id="America/Chicago")
        self.context.set_default_timeout(15_000)
        self.page = self.context.new_page()
        self.page.on("console", self.hear)
        self.page.goto(link)

    def hear(self, line):
        """Errors, but for what the browser says of a form that was answered with 422, as it should be."""
        if line.type == "error" and "422" not in line.text:
            self.said.append(line.text)

    def take_the_call(self, number):
        self.page.goto("/calls/")
        self.page.fill("#take_number", number)
        self.page.fill("#take_dialled", DIALLED)
        self.page.click("#take-dialled")

    def verify(self, name, born):
        self.page.fill("#gate_name", name)
        self.page.fill("#gate_birth_date", born)
        self.page.click("#gate-check")

    def book(self):
        self.page.locator(".call-times .chip").first.click()
        self.page.wait_for_selector(".step-booked")

    def see_coverage(self):
        """The badge comes by itself; without scripts a link leads to it."""
        if not self.scripts:
            self.page.get_by_role("link", name="Insurance on that day").first.click()
        self.page.get_by_text(re.compile("Insurance checked|Check insurance again")).first.wait_for()
        if not self.scripts:
            self.page.go_back()

    def close(self):
        """By keys; without scripts by the buttons."""
        for key, button in (("h", "#hang-up"), ("e", "#close-call")):
            if self.scripts:
                self.page.wait_for_selector(button)
                self.page.keyboard.press(key)
                self.page.wait_for_selector({"h": ".step-hung-up", "e": "#next-call"}[key])
            else:
                self.page.click(button)
        self.page.wait_for_selector("#next-call")

    def until(self, path, text):
        """Look at a page again and again until it says so."""
        until = time.monotonic() + IN_TIME
        while time.monotonic() < until:
            self.page.goto(path)
            if text in self.page.content():
                return True
            time.sleep(1)
        return False


@pytest.fixture
def links(start, var):
    """The demo, running, and its sign-in links."""
    start()
    return json.loads((var / "demo/sign-in.json").read_text())


@pytest.mark.soak
def test_one_call_from_the_ring_to_the_audit_page(links, chromium):
    rosa, helen = Visitor(chromium, links["secretary"]), Visitor(chromium, links["admin"])
    rosa.take_the_call("(608) 555-0123")
    rosa.verify("Maria Lopez", "3/28/1985")
    rosa.page.wait_for_selector(".answers-given")
    assert "41 y" not in rosa.page.content()
    rosa.verify("Maria Lopez", "3/27/1985")
    rosa.page.wait_for_selector(".call-times .chip")
    maria = walk_on(rosa)

    assert rosa.until("/demo/mail/", "mother.608@mail.example")
    assert stands_on_a_day("Lopez, Maria", Visitor(chromium, links["provider"]).page)
    assert "Rosa Diaz" in who_saw(maria, helen.page)
    assert (rosa.said, helen.said) == ([], [])

    plain = Visitor(chromium, links["secretary"], scripts=False)
    plain.take_the_call("608.555.0158")
    plain.verify("Rosa Elena Hernández", "11/30/1972")
    elena = walk_on(plain)

    assert plain.until("/demo/mail/", "caller.608@mail.example")
    assert stands_on_a_day("Hernández, Rosa", Visitor(chromium, links["provider"], scripts=False).page)
    assert "Rosa Diaz" in who_saw(elena, Visitor(chromium, links["admin"], scripts=False).page)


def walk_on(rosa):
    """The caller is known: book, look at her insurance, close, remind. Answers the patient's id."""
    rosa.book()
    rosa.see_coverage()
    rosa.close()
    return remind(rosa)


def remind(rosa):
    """From the patient's page to her visit, and a reminder at once."""
    patient = rosa.page.get_by_role("link", name="Patient’s page").get_attribute("href")
    rosa.page.goto(patient)
    rosa.page.goto(rosa.page.locator("main a[href$='/visits/']").first.get_attribute("href"))
    visit = re.search(r"/visits/([0-9a-f-]{36})/", rosa.page.content()).group(1)
    rosa.page.goto(f"/p/lakeside/messages/?visit={visit}")
    rosa.page.get_by_role("button", name="Send a reminder now").click()
    return patient.rstrip("/").rsplit("/", 1)[1]


def stands_on_a_day(name, page):
    """On the day of the link's own provider, or of a colleague whom she may look up."""
    page.goto("/p/lakeside/my-day/")
    choice = page.locator("main select")
    field = choice.get_attribute("name")
    for value in [option.get_attribute("value") for option in choice.locator("option").all()]:
        page.goto(f"/p/lakeside/my-day/?{field}={value}")
        if name in page.content():
            return True
    return False


def who_saw(patient, page):
    """Everybody on the audit page once it is narrowed to one patient."""
    page.goto(f"/p/lakeside/audit/?patient={patient}")
    rows = [row.inner_text() for row in page.locator("table.agenda tbody tr").all()]
    return {name for row in rows for name in ("Rosa Diaz", "Amara Okafor") if name in row}


@pytest.fixture
def office(practice, secretary):
    """Maria, who may be mailed; a provider, a kind of visit, a plan of reminders."""
    doctor = people.member(practice, Role.PROVIDER)
    with acting_in(practice.pk, secretary.pk):
        maria = reminders.reachable(by=secretary)
        works = scheduling.provider("Dr. Okafor", user=doctor, hours=False)
        for weekday in range(7):
            scheduling.works(works, weekday, "00:00", "23:45")
        scheduling.visit_type("Annual physical")
        reminders.wording()
        reminders.plan()
    return maria, doctor


def test_one_call_by_plain_requests(practice, secretary, office, as_secretary, as_admin, signed_in):
    maria, doctor = office
    desk = as_secretary.post("/calls/", {"number": "(608) 555-0123", "practice": practice.slug})["Location"]

    def act(name, /, **fields):
        version = re.search(r'name="version" value="([0-9]+)"', as_secretary.get(desk).content.decode()).group(1)
        assert as_secretary.post(f"{desk}{name}/", {"version": version, **fields}).status_code == 302

    act("gate", name="Maria Lopez", birth_date="3/27/1985")
    page = as_secretary.get(desk).content.decode()
    kind = re.search(r'<option value="([0-9a-f-]{36})"[^>]*>Annual physical', page).group(1)
    act("book", slot=re.search(r'name="slot" value="([^"]+)"', page).group(1), type=kind)
    act("hang-up")
    act("close", reason="book", outcome="resolved", summary="Booked.")

    with acting_in(practice.pk, SYSTEM):
        visit = Appointment.objects.get()
    day = timezone.localtime(visit.starts_at, ZoneInfo(practice.time_zone)).date()
    assert "Lopez, Maria" in signed_in(doctor).get(practice_url(practice, "scheduling:day", day)).content.decode()
    as_secretary.post(practice_url(practice, "correspondence:send_now", visit.pk))
    with acting_in(practice.pk, SYSTEM):
        message = Message.objects.get()
    assert outbox.deliver(practice.pk, message.pk, now=timezone.now()) == MessageState.SENT
    assert secretary.name in as_admin.get(practice_url(practice, "desk:audit"), {"patient": maria.pk}).content.decode()
