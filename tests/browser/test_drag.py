"""A visit is dragged to a free time: the panel asks, one key confirms, the toast undoes; nothing is saved by dropping."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Page

from compliance.models import Practice
from compliance.roles import Role
from compliance.tenancy import acting_in
from compliance.tenancy.urls import practice_url
from scheduling import visits
from scheduling.models import Appointment
from tests.browser.conftest import in_each_light
from tests.factories import people
from tests.factories import scheduling as make

CHICAGO = ZoneInfo("America/Chicago")


class Desk:
    """A practice of its own with one visit at ten on a Monday."""

    def __init__(self) -> None:
        self.practice: Practice = people.practice()
        self.secretary = people.member(self.practice, Role.SECRETARY)
        today = datetime.now(CHICAGO).date()
        self.day = today + timedelta(days=14 - today.weekday())
        with self.inside():
            self.visit = make.visit(by=self.secretary, who=make.provider("Dr. Okafor"), starts_at=self.at(10), now=_now())

    def inside(self):
        return acting_in(self.practice.pk, self.secretary.pk)

    def at(self, hour: int) -> datetime:
        return datetime.combine(self.day, time(hour), CHICAGO).astimezone(UTC)

    def standing(self) -> list[datetime]:
        """When visits stand."""
        with self.inside():
            return [visit.starts_at for visit in Appointment.objects.standing().order_by("starts_at")]


def _now() -> datetime:
    return datetime.now(UTC)


@pytest.fixture
def desk(committed) -> Desk:
    return Desk()


@pytest.fixture
def page(desk, page_as) -> Page:
    page = page_as(desk.secretary, strict=True)
    page.goto(practice_url(desk.practice, "scheduling:board", desk.day))
    page.wait_for_load_state("networkidle")
    return page


def take(page: Page) -> None:
    """Press on the visit and begin to drag."""
    box = page.locator(".appt").first.bounding_box()
    page.mouse.move(box["x"] + 40, box["y"] + 10)
    page.mouse.down()
    page.mouse.move(box["x"] + 40, box["y"] + 40, steps=3)


def drop(page: Page, desk: Desk, hour: int) -> None:
    """Let it go on the free time of an hour."""
    slot = f"{desk.at(hour):%Y-%m-%dT%H:%MZ}"
    box = page.locator(f".open a[href$='{slot}']").bounding_box()
    page.mouse.move(box["x"] + 40, box["y"] + 8, steps=5)
    page.mouse.up()


def test_a_dragged_visit_is_moved_by_one_key_and_can_be_undone(desk, page):
    take(page)
    drop(page, desk, 13)
    page.wait_for_selector("#panel button[data-focus]:focus")
    dropped = desk.standing()
    page.keyboard.press("Enter")
    page.wait_for_selector("[data-toast] >> text=Undo")
    moved = desk.standing()
    page.click("[data-toast] >> text=Undo")
    page.wait_for_selector("[data-toast] >> text=Undone.")

    assert (dropped, moved, desk.standing()) == ([desk.at(10)], [desk.at(13)], [desk.at(10)])


def test_escape_lets_go_and_opens_nothing(desk, page):
    take(page)
    page.keyboard.press("Escape")
    drop(page, desk, 13)
    page.wait_for_timeout(300)

    assert (page.locator("#panel").inner_html(), page.locator(".dragged").count()) == ("", 0)


def test_a_click_still_opens_the_visit(page):
    page.locator(".appt a").first.click()

    page.wait_for_selector("#panel >> text=What happened")
    assert page.locator("#panel >> text=Move it there").count() == 0


def test_a_drop_from_a_stale_board_shows_theirs_and_ours(desk, page):
    with desk.inside():
        visits.confirm(Appointment.objects.get(pk=desk.visit.pk), by=desk.secretary, now=_now())
    take(page)
    drop(page, desk, 13)
    page.wait_for_selector("#panel button[data-focus]:focus")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=Theirs")

    assert desk.standing() == [desk.at(10)]
    page.click("text=Use mine")
    page.wait_for_selector("[data-toast]")
    assert desk.standing() == [desk.at(13)]


def test_the_page_of_a_chosen_time_is_well_made_in_each_light(desk, page_as, axe):
    page = page_as(desk.secretary)
    slot = f"{desk.visit.provider_id}@{desk.at(13):%Y-%m-%dT%H:%MZ}"
    page.goto(practice_url(desk.practice, "scheduling:move", desk.visit.pk) + f"?slot={slot}&version=1")

    assert in_each_light(page, axe) == []
