"""A series over the change of the clock in November: repeated on the page, looked at, booked, changed from a date on."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Page

from compliance.models import Practice, User
from compliance.roles import Role
from compliance.tenancy import acting_in
from compliance.tenancy.urls import practice_url
from patients.models import Patient
from scheduling.forms import slot_text
from scheduling.models import Series
from tests.browser.conftest import in_each_light
from tests.factories import people
from tests.factories import scheduling as make

CHICAGO = ZoneInfo("America/Chicago")


def next_change(today: date) -> date:
    """The first Sunday of the next November: the clock is set back."""
    first = date(today.year + (today.month >= 11), 11, 1)
    return first + timedelta(days=(6 - first.weekday()) % 7)


@dataclass
class Desk:
    """A practice of its own: a doctor whose Wednesdays are free from `before` on, but for two."""

    practice: Practice
    secretary: User
    before: date
    patient: Patient
    slot: str


@pytest.fixture
def made(committed) -> Desk:
    """A quarter past eleven, eleven days before the change: taken on the third Wednesday, and closed on the fourth."""
    practice = people.practice()
    secretary = people.member(practice, Role.SECRETARY)
    before = next_change(datetime.now(CHICAGO).date()) - timedelta(days=11)
    moment = datetime.combine(before, time(11, 15), CHICAGO)
    with acting_in(practice.pk, secretary.pk):
        doctor, patient = make.provider("Dr. Okafor"), make.patient(family="Lopez", given="Maria")
        third = (moment + timedelta(weeks=2)).astimezone(UTC)
        make.visit(by=secretary, who=doctor, starts_at=third, now=datetime.now(UTC))
        closed = [datetime.combine(before + timedelta(weeks=3), at, CHICAGO) for at in (time(0), time(23))]
        make.closure(*closed, reason="Staff day", provider=doctor)
    return Desk(practice, secretary, before, patient, slot_text(doctor, moment))


def look(page: Page, made: Desk) -> None:
    """From the booking page to the dates."""
    page.goto(practice_url(made.practice, "scheduling:book", made.patient.pk) + f"?slot={made.slot}")
    page.fill("#id_reason", "Injection")
    page.click("text=Repeat…")
    page.fill("#id_count", "5")
    page.click("text=Look at the dates")
    page.wait_for_selector(".dates")


def local(made: Desk) -> list[str]:
    """When the visits of the newest series begin, by the clock of its place."""
    with acting_in(made.practice.pk, made.secretary.pk):
        row = Series.objects.latest("created_at")
        visits = [one.visit for one in row.occurrences.order_by("original_on").select_related("visit") if one.visit]
        return [f"{visit.starts_at.astimezone(CHICAGO):%m-%d %H:%M}" for visit in visits]


@pytest.mark.parametrize("scripts", [True, False])
def test_a_series_stays_at_its_local_time_over_the_change(scripts, made, page_as):
    page = page_as(made.secretary, scripts=scripts, strict=True)
    look(page, made)
    stuck = page.locator(".dates .stuck").count()
    page.click("text=Book the series")
    page.wait_for_selector("h1:has-text('Series')")

    expected = [made.before + timedelta(weeks=n) for n in range(5)]
    assert stuck == 2
    assert [row[6:] for row in local(made)] == ["11:15", "11:15", "10:45", "11:15", "11:15"]
    assert [row[:5] for row in local(made)][:2] == [f"{day:%m-%d}" for day in expected[:2]]


def test_what_follows_is_changed_from_the_page_of_the_series(made, page_as):
    page = page_as(made.secretary, strict=True)
    look(page, made)
    page.click("text=Book the series")
    page.locator("a:has-text('Change…')").nth(1).click()
    page.check("text=This and all that follow")
    page.fill("#id_starts", "14:00")
    page.click("text=Look at the dates")
    page.wait_for_selector(".dates")
    page.click("button[value=save]")
    page.wait_for_selector("text=The series is changed.")

    assert [row[6:] for row in local(made)] == ["14:00", "10:45", "11:15", "14:00"]


def test_the_dates_are_well_made_in_each_light(made, page_as, axe):
    page = page_as(made.secretary)
    look(page, made)

    assert in_each_light(page, axe) == []
