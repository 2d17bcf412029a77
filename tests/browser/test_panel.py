"""The panel beside the board: what is missing is said there, and the board stays."""

import pytest
from django.utils import timezone

from compliance.tenancy import acting_in
from compliance.tenancy.urls import practice_url
from scheduling import visits
from scheduling.forms import slot_text
from scheduling.models import Appointment
from tests.architecture.world import monday
from tests.browser.conftest import in_each_light
from tests.factories import scheduling


@pytest.fixture
def visit(own):
    """On a Monday at ten."""
    with acting_in(own.practice.pk, own.secretary.pk):
        said = {"whose": own.patient, "starts_at": monday(), "now": timezone.now()}
        return scheduling.visit(by=own.secretary, who=own.doctor, **said)


@pytest.fixture
def opened(own, visit, page_as):
    """The panel of the visit, its form of cancelling open, one of three boxes filled and a note typed."""
    page = page_as(own.secretary)
    page.goto(practice_url(own.practice, "scheduling:board", visit.starts_at.date()))
    page.locator(f"[data-visit='{visit.pk}'] > a").click()
    page.locator("#panel summary", has_text="Cancel the visit").click()
    page.locator("#panel select[name=reason]").select_option("pat-lt")
    page.locator("#panel [name=note]").fill("The bus is on strike")
    return page


def press(page):
    page.get_by_role("button", name="Cancel the visit").click()


def test_what_is_missing_is_said_in_the_panel_and_nothing_is_lost(opened, visit):
    board = opened.url

    press(opened)
    opened.wait_for_selector("#panel .errors:focus")

    errors = opened.locator("#panel .field.bad .error p").all_inner_texts()
    assert [text.removeprefix("Error:").strip() for text in errors] == [
        "Choose by whose wish it is cancelled.",
        "Choose who told the patient.",
    ]
    kept = [opened.locator(f"#panel {name}").input_value() for name in ("select[name=reason]", "[name=note]")]
    assert (kept, opened.url, opened.locator("#board").count()) == (["pat-lt", "The bus is on strike"], board, 1)


def test_filled_in_it_is_cancelled_and_the_board_says_so(opened, visit, own):
    press(opened)
    opened.wait_for_selector("#panel .errors:focus")
    for name in ("initiator", "told_by"):
        opened.locator(f"#panel select[name={name}]").select_option("patient")

    press(opened)
    opened.wait_for_selector("[data-toast]")

    with acting_in(own.practice.pk, own.secretary.pk):
        row = Appointment.objects.get(pk=visit.pk)
        assert (row.status, row.cancel_reason) == ("cancelled", "pat-lt")
    assert opened.locator("#board").count() == 1


def test_the_panel_with_its_errors_is_well_made_in_each_light(opened, axe):
    press(opened)
    opened.wait_for_selector("#panel .errors:focus")

    assert in_each_light(opened, axe) == []


@pytest.fixture
def beside(own, visit, page_as):
    """The panel of the visit, as it was before a colleague confirmed it."""
    page = page_as(own.secretary)
    page.goto(practice_url(own.practice, "scheduling:board", visit.starts_at.date()))
    page.locator(f"[data-visit='{visit.pk}'] > a").click()
    page.get_by_role("button", name="Confirm", exact=True).wait_for()
    with acting_in(own.practice.pk, own.secretary.pk):
        visits.confirm(Appointment.objects.get(pk=visit.pk), by=own.secretary, now=timezone.now())
    return page


def test_a_verb_that_a_colleague_overtook_is_refused_in_the_panel(beside):
    board = beside.url

    beside.get_by_role("button", name="Confirm", exact=True).click()
    beside.wait_for_selector("#panel .errors:focus")

    assert "its status is now “Confirmed”" in beside.locator("#panel .errors").inner_text()
    assert beside.locator("#panel .pill").first.inner_text() == "Confirmed"
    assert (beside.url, beside.locator("#board").count()) == (board, 1)


def test_a_reason_that_is_missing_is_asked_for_in_the_panel(opened, axe):
    opened.locator("#panel summary", has_text="Entered in error").click()

    opened.get_by_role("button", name="Entered in error").click()
    opened.wait_for_selector("#panel .errors:focus")
    opened.locator("#panel .errors a").click()

    assert opened.locator("#panel .field.bad [name=reason]").evaluate("(box) => box === document.activeElement")
    assert in_each_light(opened, axe) == []


def test_a_booking_that_meets_another_visit_of_hers_is_warned_of_in_the_panel(own, visit, page_as):
    page = page_as(own.secretary, strict=True)
    with acting_in(own.practice.pk, own.secretary.pk):
        doctor = scheduling.provider(hours=False)
        scheduling.works(doctor, visit.starts_at.weekday())
    page.goto(practice_url(own.practice, "scheduling:board", visit.starts_at.date()))
    board, slot = page.url, slot_text(doctor, visit.starts_at)
    page.evaluate("(path) => htmx.ajax('GET', path, {target: '#panel', swap: 'innerHTML'})", _book_at(own, visit, slot))
    page.locator("#panel [name=reason]").fill("Cough")

    page.locator("#panel [name=reason]").press("Enter")
    page.wait_for_selector("#panel .errors:focus")
    kept = page.locator("#panel [name=reason]").input_value()
    page.get_by_label("Book all the same").check()
    page.get_by_role("button", name="Book visit").click()
    page.wait_for_selector("[data-toast]")

    with acting_in(own.practice.pk, own.secretary.pk):
        assert Appointment.objects.get(patient=visit.patient, provider=doctor).reason == "Cough"
    assert (kept, page.url) == ("Cough", board)


def _book_at(own, visit, slot):
    return f"{practice_url(own.practice, 'scheduling:book', visit.patient_id)}?slot={slot}"
