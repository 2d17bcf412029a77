"""A vacation over booked visits, and a sick day: listed, closed, and found other times, with and without scripts."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from compliance.enums import CASE_STANDING
from compliance.models import Case
from compliance.roles import Role
from compliance.tenancy import acting_in
from compliance.tenancy.urls import practice_url
from scheduling.models import Appointment
from tests.browser.conftest import in_each_light
from tests.factories import people
from tests.factories import scheduling as make

ZONE = ZoneInfo("America/Chicago")
NAMES = (("Lopez", "Maria"), ("O’Brien", "Siobhán"), ("Nguyen", "Linh"), ("Featherstonehaugh-Oyelaran", "Bartholomew"))


class House:
    """A practice with two providers, one of whom has four visits on a Monday to come."""

    def __init__(self):
        today = timezone.now().astimezone(ZONE).date()
        self.day = today + timedelta(days=14 - today.weekday())
        self.practice = people.practice()
        self.who = people.member(self.practice, Role.SECRETARY)
        with self.acting():
            self.doctor, self.other = make.provider("Dr. Okafor"), make.provider("Dr. Weiss")
            kind = make.visit_type("Follow-up", minutes=30)
            self.visits = [self.visit(kind, 9 + n, family, given) for n, (family, given) in enumerate(NAMES)]

    def acting(self):
        return acting_in(self.practice.pk, self.who.pk)

    def at(self, hour):
        return datetime.combine(self.day, time(hour), ZONE).astimezone(UTC)

    def visit(self, kind, hour, family, given):
        whose = make.patient(family=family, given=given)
        how = {"who": self.doctor, "whose": whose, "kind": kind, "starts_at": self.at(hour)}
        return make.visit(by=self.who, now=timezone.now(), **how)

    def url(self, name, *args):
        return practice_url(self.practice, f"scheduling:{name}", *args)

    def standing(self, kind):
        with self.acting():
            return Case.objects.filter(kind=kind, status__in=CASE_STANDING).count()

    def of(self, provider):
        with self.acting():
            return Appointment.objects.upcoming().filter(provider=provider).count()


@pytest.fixture
def house(committed):
    return House()


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_a_vacation_over_booked_visits(house, page_as, scripts):
    page = page_as(house.who, scripts=scripts)
    page.goto(house.url("close"))
    page.select_option("#id_provider", label="Dr. Okafor")
    page.fill("#id_first_day", f"{house.day}")
    page.fill("#id_last_day", f"{house.day + timedelta(days=4)}")
    page.fill("#id_reason", "Vacation")
    page.get_by_role("button", name="Close").click()
    close = page.get_by_role("button", name="Close, and make these 4 work")
    close.wait_for()
    listed = page.locator("tbody tr").count()
    close.click()
    rows = page.locator("tbody tr")
    rows.nth(3).locator("select").select_option("")
    page.get_by_role("button", name="Move to the chosen times").click()
    page.wait_for_url("**?to=same")

    assert (listed, rows.count(), house.standing("rebook"), house.standing("callback")) == (4, 1, 1, 3)


def test_a_sick_day_moves_to_a_colleague_at_the_same_times(house, page_as):
    page = page_as(house.who)
    page.goto(f"{house.url('day', house.day)}?provider={house.doctor.pk}")
    page.get_by_role("link", name="Move this day to others").click()
    page.get_by_role("button", name="Close").click()
    page.get_by_role("button", name="Close, and make these 4 work").click()
    page.get_by_role("button", name="Move to the chosen times").click()
    page.get_by_text("No visit stands in this time any more.").wait_for()

    assert (house.of(house.doctor), house.of(house.other), house.standing("rebook")) == (0, 4, 0)


def test_a_conflict_is_named_and_the_others_are_moved(house, page_as):
    page = page_as(house.who)
    page.goto(f"{house.url('close')}?provider={house.doctor.pk}&day={house.day}&away=1&to=others")
    page.get_by_role("button", name="Close").click()
    page.get_by_role("button", name="Close, and make these 4 work").click()
    move = page.get_by_role("button", name="Move to the chosen times")
    move.wait_for()
    with house.acting():
        make.visit(by=house.who, who=house.other, whose=make.patient(), starts_at=house.at(9), now=timezone.now())
    move.click()

    assert "3 were moved." in page.get_by_role("alert").first.inner_text()
    assert "This time was just taken." in page.locator("tbody tr").inner_text()


def test_the_list_before_closing_is_accessible(house, page_as, axe):
    page = page_as(house.who)
    page.goto(f"{house.url('close')}?provider={house.doctor.pk}&day={house.day}&away=1")
    page.get_by_role("button", name="Close").click()
    page.get_by_role("heading", name="4 visits stand in this time").wait_for()

    assert in_each_light(page, axe) == []
