"""The frame and the pages of the desk, as a browser sees them."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from compliance.roles import Role
from compliance.tenancy import acting_in
from compliance.tenancy.urls import practice_url
from scheduling import visits
from scheduling.enums import UPCOMING
from scheduling.models import Appointment, VisitType
from tests.browser.conftest import DESKTOP, PHONE
from tests.factories import patients, people
from tests.factories import scheduling as make
from tests.factories.rich import rich

CHICAGO = ZoneInfo("America/Chicago")

OUTSIDE = ("/", "/settings/", "/help/keys/", "/find/", "/accounts/password/change/")
SIGNED_OUT = ("/accounts/login/", "/accounts/password/reset/", "/accounts/password/reset/done/", "/nowhere/")


@pytest.fixture
def two_practices(committed):
    """A secretary of two practices, and the first of them."""
    first = people.practice(name="Lakeside Family Medicine")
    who = people.member(first, Role.SECRETARY)
    who.set_password(people.PASSWORD)
    who.save()
    people.member(people.practice(name="Harbor Pediatrics", time_zone="America/New_York"), Role.SECRETARY, who=who)
    return who, first


@pytest.mark.parametrize("width", [DESKTOP, PHONE])
@pytest.mark.parametrize("dark", [False, True])
def test_pages_outside_are_accessible(page_as, axe, two_practices, dark, width):
    who, _ = two_practices
    page = page_as(who, dark=dark, width=width)

    wrong = {}
    for path in OUTSIDE:
        assert page.goto(path).status == 200
        wrong[path] = axe(page)

    assert wrong == {path: [] for path in OUTSIDE}


@pytest.mark.parametrize("width", [DESKTOP, PHONE])
@pytest.mark.parametrize("dark", [False, True])
def test_pages_before_signing_in_are_accessible(page_as, axe, dark, width):
    page = page_as(None, dark=dark, width=width)

    wrong = {}
    for path in SIGNED_OUT:
        page.goto(path)
        wrong[path] = axe(page)

    assert wrong == {path: [] for path in SIGNED_OUT}


@pytest.mark.parametrize("width", [DESKTOP, PHONE, 320])
def test_no_page_is_wider_than_the_window(page_as, two_practices, width):
    who, first = two_practices
    page = page_as(who, width=width)

    wide = []
    for path in (*OUTSIDE, practice_url(first, "desk:palette")):
        assert page.goto(path).status == 200
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            wide.append(path)

    assert wide == []


def test_the_strict_policy_stops_nothing(page_as, two_practices):
    who, first = two_practices
    page = page_as(who, strict=True)
    said = []
    page.on("console", lambda line: said.append(line.text))
    page.on("pageerror", lambda error: said.append(str(error)))

    for path in (*OUTSIDE, practice_url(first, "desk:palette")):
        page.goto(path)
    page.keyboard.press("Control+k")
    page.get_by_role("dialog").get_by_role("link", name="My work g i").wait_for()

    assert said == []


def test_the_palette_finds_a_page_as_one_types(page_as, axe, two_practices):
    who, _ = two_practices
    page = page_as(who)
    page.goto("/help/keys/")

    page.keyboard.press("Control+k")
    page.locator("#palette-text").fill("sett")
    page.locator("[data-for=sett]").wait_for()

    assert axe(page) == []
    assert page.locator("#palette-results a").all_inner_texts() == ["Settings"]


def test_enter_in_the_palette_waits_for_the_answer_to_what_was_typed(page_as, two_practices):
    who, _ = two_practices
    page = page_as(who)
    page.goto("/help/keys/")

    page.keyboard.press("Control+k")
    page.keyboard.type("sett")
    page.keyboard.press("Enter")

    page.wait_for_url("**/settings/")
    assert page.url.endswith("/settings/")


def test_the_palette_finds_a_patient_of_the_practice_only(page_as, axe, two_practices):
    who, first = two_practices
    with acting_in(first.pk, who.pk):
        patients.patient(by=who)
    page = page_as(who)
    page.goto(practice_url(first, "desk:palette"))

    page.keyboard.press("Control+k")
    page.keyboard.type("lopez")
    page.locator("#palette [data-for=lopez]").wait_for()

    assert page.locator("#palette-results a").all_inner_texts() == ["Lopez, Maria\nBorn Mar 27, 1985"]
    assert axe(page) == []


def test_without_scripts_the_palette_is_a_page(page_as, two_practices):
    who, _ = two_practices
    page = page_as(who, scripts=False)
    page.goto("/help/keys/")

    page.get_by_role("link", name="Find or do").click()
    page.locator("#page-text").fill("help")
    page.get_by_role("button", name="Find").last.click()

    page.locator("main .answers a").first.wait_for()
    assert page.locator("main .answers a").all_inner_texts() == ["Help and keys"]


def test_single_keys_go_to_pages_unless_turned_off(page_as, two_practices):
    who, _ = two_practices
    page = page_as(who)
    page.goto("/settings/")

    page.keyboard.press("?")
    page.wait_for_url("**/help/keys/")
    page.goto("/settings/")
    page.get_by_label("Single-key shortcuts").uncheck()
    page.get_by_role("button", name="Save settings").click()
    page.locator("[data-toast]").wait_for()
    page.keyboard.press("?")

    assert page.url.endswith("/settings/")


def test_a_refused_form_takes_the_focus_to_what_is_wrong(page_as, axe):
    page = page_as(None)
    page.goto("/accounts/login/")

    page.get_by_role("button", name="Sign in").click()
    page.get_by_text("There is a problem").wait_for()

    assert page.evaluate("document.activeElement.className") == "errors"
    assert axe(page) == []


def test_switching_the_practice_leads_to_the_same_page_there(page_as, two_practices):
    who, first = two_practices
    page = page_as(who)
    page.goto(practice_url(first, "desk:palette"))

    page.get_by_role("button", name="Switch practice").click()
    page.locator("#practices").get_by_role("link", name="Harbor Pediatrics").click()

    page.locator("header").get_by_text("Harbor Pediatrics").first.wait_for()
    assert page.url.endswith("/find/")


NAMES_SHOWN = """(which) => [...document.querySelectorAll(`.appt:is(${which}) b`)].map(
    (name) => [name.clientWidth >= Math.min(name.scrollWidth, 50), name.textContent])"""
BESIDE_ANOTHER = '[class*="o2"], [class*="o3"]'


@pytest.fixture
def side_by_side(committed):
    """A full day, and four quarters of an hour double-booked: two patients have waited past the limit."""
    made = rich()
    with acting_in(made.practice.pk, made.secretary.pk):
        kind, asked_at = VisitType.objects.get(name="Follow-up"), timezone.now() - timedelta(minutes=40)
        for n, (hour, minute) in enumerate(((8, 15), (10, 0), (10, 45), (11, 15))):
            visit = make.visit(
                by=made.secretary, who=made.providers[n % 2], whose=made.patients[3], kind=kind, despite_overlap=True,
                starts_at=datetime.combine(made.day, time(hour, minute), CHICAGO), now=asked_at,
            )  # fmt: skip
            if n % 2:
                visits.arrive(visit, by=made.secretary, now=asked_at)
    return made


def names_beside_the_panel(page, made, which):
    """Of each visit that fits: whether its name can be read, and the name; a panel is open beside the board."""
    page.set_viewport_size({"width": 1280, "height": 800})
    page.goto(practice_url(made.practice, "scheduling:board", made.day))
    page.locator(".board .appt > a").first.click()
    page.wait_for_selector("body.has-panel #panel h2")
    return page.evaluate(NAMES_SHOWN, which)


def test_names_of_visits_side_by_side_are_read_beside_the_open_panel(side_by_side, page_as):
    shown = names_beside_the_panel(page_as(side_by_side.secretary), side_by_side, BESIDE_ANOTHER)

    assert (len(shown) >= 10, [name for is_read, name in shown if not is_read]) == (True, [])


def test_names_of_who_waits_are_read_in_columns_that_the_panel_made_narrow(side_by_side, page_as):
    with acting_in(side_by_side.practice.pk, side_by_side.secretary.pk):
        for n in range(3):
            make.provider(f"Dr. Extra {n}", position=20 + n)
        for visit in Appointment.objects.filter(status__in=UPCOMING).filter(
            starts_at__lt=timezone.now() + timedelta(days=1)
        ):
            visits.arrive(visit, by=side_by_side.secretary, now=timezone.now() - timedelta(minutes=40))

    shown = names_beside_the_panel(page_as(side_by_side.secretary), side_by_side, ":has(.wait)")

    assert (len(shown) >= 20, [name for is_read, name in shown if not is_read]) == (True, [])
