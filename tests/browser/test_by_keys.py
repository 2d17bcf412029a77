"""A secretary without a mouse: she books, cancels, finds and works off what is hers."""

import pytest
from django.utils import timezone
from playwright.sync_api import Page

from compliance.models import Case
from compliance.tenancy import acting_in
from compliance.tenancy.urls import practice_url
from scheduling.models import Appointment
from tests.architecture.world import monday
from tests.factories import scheduling, work


def tab_to(page: Page, selector: str, most: int = 60) -> None:
    """Press Tab until an element has the focus."""
    for _ in range(most):
        if page.evaluate("(selector) => document.activeElement?.matches(selector)", selector):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{selector} is not reached by Tab")


@pytest.fixture
def page(made, page_as) -> Page:
    return page_as(made.secretary, strict=True)


@pytest.fixture
def own_page(own, page_as) -> Page:
    return page_as(own.secretary, strict=True)


def inside(own):
    return acting_in(own.practice.pk, own.secretary.pk)


def test_a_visit_is_booked_from_the_board(own, own_page):
    page = own_page
    page.goto(practice_url(own.practice, "scheduling:board", own.monday))
    tab_to(page, ".board li > a")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_selector("#panel #q:focus")
    page.keyboard.type("Lopez")
    page.keyboard.press("Enter")
    page.wait_for_selector("#panel .answers button")
    tab_to(page, "#panel .answers button")
    page.keyboard.press("Enter")
    page.wait_for_selector("#booking")
    tab_to(page, "#booking .btn.primary")

    page.keyboard.press("Enter")

    page.wait_for_selector("[data-toast]")
    with inside(own):
        visit = Appointment.objects.get(patient=own.patient)
        assert visit.starts_at.date() == own.monday


def test_a_visit_is_cancelled(own, own_page):
    page = own_page
    with inside(own):
        said = {"who": own.doctor, "whose": own.patient, "starts_at": monday()}
        visit = scheduling.visit(by=own.secretary, now=timezone.now(), **said)
    page.goto(practice_url(own.practice, "scheduling:cancel", visit.pk))
    for field in ("reason", "initiator", "told_by"):
        tab_to(page, f"select[name={field}]")
        page.keyboard.press("ArrowDown")
    tab_to(page, ".btn.danger")

    page.keyboard.press("Enter")

    page.wait_for_selector("[data-toast]")
    with inside(own):
        assert Appointment.objects.get(pk=visit.pk).status == "cancelled"


def test_a_patient_is_found_and_opened(made, page):
    page.goto(practice_url(made.practice, "scheduling:board"))

    page.keyboard.press("g")
    page.keyboard.press("p")
    page.wait_for_selector("#id_text:focus")
    page.keyboard.type("kowal")
    page.wait_for_selector("#results [data-row]")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")

    opened = practice_url(made.practice, "patients:patient", made.patients[7].pk)
    page.wait_for_url(f"**{opened}")
    assert page.url.endswith(opened)


def test_enter_before_the_answer_came_leaves_the_console_silent(made, page):
    said, held = [], []
    page.on("console", lambda line: said.append(line.text))
    find = practice_url(made.practice, "patients:find")
    page.goto(find)
    page.route(f"**{find}", lambda route: route.continue_() if held else held.append(route))
    page.keyboard.type("kowal")
    page.wait_for_selector("form.htmx-request")
    page.keyboard.type("czyk")

    page.keyboard.press("Enter")
    page.wait_for_timeout(50)
    held[0].continue_()

    page.wait_for_selector("#results [data-row]")
    assert said == []


def test_a_piece_of_work_is_done(own, own_page):
    page = own_page
    with inside(own):
        mine = work.case(by=own.secretary, owner=own.secretary, summary="Send the form")
    page.goto("/help/keys/")

    page.keyboard.press("g")
    page.keyboard.press("i")
    page.wait_for_url("**/my-work/*")
    while not page.evaluate("(id) => document.activeElement?.href?.includes(id)", str(mine.pk)):
        page.keyboard.press("j")
    page.keyboard.press("e")

    page.wait_for_selector("[data-toast]")
    with inside(own):
        assert Case.objects.get(pk=mine.pk).status == "completed"
