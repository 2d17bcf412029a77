"""From the patient to a booked visit: the interactions are counted."""

from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django.utils import timezone
from playwright.sync_api import Page

from compliance.tenancy import acting_in
from compliance.tenancy.urls import practice_url
from scheduling.models import Appointment
from tests.architecture.world import monday
from tests.browser.conftest import in_each_light
from tests.factories import patients, scheduling

MOST = 3


@pytest.fixture
def page(own, page_as) -> Page:
    return page_as(own.secretary, strict=True)


@pytest.fixture
def quinn(own, page):
    """A patient whose page is open."""
    with acting_in(own.practice.pk, own.secretary.pk):
        patient = patients.patient(given="Quinn")
    page.goto(practice_url(own.practice, "patients:patient", patient.pk))
    return patient


def test_a_time_is_found_and_booked_in_three_keys(own, page, quinn):
    awaited = (".times .chip:focus", "#booking [name=reason]:focus", "[data-toast]")
    keys = ("c", "Enter", "Enter")
    for key, then in zip(keys, awaited, strict=True):
        page.keyboard.press(key)
        page.wait_for_selector(then)

    with acting_in(own.practice.pk, own.secretary.pk):
        assert Appointment.objects.filter(patient=quinn, booked_by=own.secretary).exists()
    assert len(keys) <= MOST


def test_the_rows_of_times_are_walked_by_keys(page, quinn):
    page.keyboard.press("c")
    page.wait_for_selector(".times .chip:focus")

    page.keyboard.press("j")

    assert page.evaluate("document.activeElement === document.querySelectorAll('.times li')[1].querySelector('.chip')")


def test_a_search_that_is_asked_anew_leads_to_its_first_time(page, quinn):
    page.keyboard.press("c")
    page.wait_for_selector(".times .chip:focus")
    page.get_by_label("Part of the day").select_option(label="Afternoon")

    page.get_by_role("button", name="Find times").press("Enter")
    page.wait_for_url("**part=afternoon**")

    assert page.locator(".times .chip").first.evaluate("(chip) => chip === document.activeElement")
    assert page.locator(".times li b").first.inner_text().endswith("PM")


def test_other_times_are_those_of_the_same_search(page, quinn):
    page.keyboard.press("c")
    page.wait_for_selector(".times .chip:focus")
    page.get_by_label("Part of the day").select_option(label="Afternoon")
    page.get_by_label("Wed", exact=True).check()
    page.get_by_role("button", name="Find times").press("Enter")
    page.wait_for_url("**part=afternoon**")
    times = page.locator(".times h3, .times li b").all_inner_texts()

    page.locator(".times .chip").first.click()
    page.get_by_role("button", name="Hold it").click()
    page.get_by_role("link", name="Other times").click()
    page.wait_for_selector(".times .chip:focus")

    assert (page.get_by_label("Part of the day").input_value(), page.get_by_label("Wed", exact=True).is_checked()) == (
        "afternoon",
        True,
    )
    assert page.locator(".times h3, .times li b").all_inner_texts() == times


def test_a_family_is_booked_together(own, page):
    with acting_in(own.practice.pk, own.secretary.pk):
        ada, ben = (patients.patient(given=given, phone="+16085550177") for given in ("Ada", "Ben"))
    page.goto(practice_url(own.practice, "scheduling:openings", ada.pk))
    page.get_by_role("link", name="Two in a row, or a family").click()
    page.get_by_role("button", name="Leave out visit 2").click()
    page.get_by_role("button", name="Who shares the phone number").click()
    page.locator(".answers button").click()
    page.get_by_label("All with the same provider").check()
    page.get_by_role("button", name="Find times").click()
    page.locator(".chains button").first.click()

    page.wait_for_selector("[data-toast]")
    with acting_in(own.practice.pk, own.secretary.pk):
        first, second = (Appointment.objects.get(patient=one) for one in (ada, ben))
    assert (first.ends_at, first.provider_id) == (second.starts_at, second.provider_id)


@pytest.fixture
def twins(own):
    """Two of one phone number who both have a visit at the first time that is found for them, and where it is."""
    with acting_in(own.practice.pk, own.secretary.pk):
        kind, doctor = scheduling.visit_type(preparation=["Consent form"]), scheduling.provider()
        both = [patients.patient(given=given) for given in ("Kim", "Lee")]
        for one, hour in zip(both, (9, 9.5), strict=True):
            more = {"who": scheduling.provider(), "starts_at": monday(9) + timedelta(hours=hour - 9)}
            scheduling.visit(by=own.secretary, whose=one, now=timezone.now(), **more)
    asked = {f"{n}-patient": one.pk for n, one in enumerate(both, 1)}
    asked |= {f"{n}-visit_type": kind.pk for n in (1, 2)} | {f"{n}-provider": doctor.pk for n in (1, 2)}
    asked["from_day"] = f"{monday(9):%Y-%m-%d}"
    return both, f"{practice_url(own.practice, 'scheduling:together', both[0].pk)}?{urlencode(asked)}"


def test_each_of_a_family_is_warned_of_and_booked_all_the_same(own, page, twins):
    both, url = twins
    page.goto(url)
    page.locator(".chains button").first.click()
    page.get_by_label("Consent form").first.check()
    page.get_by_role("button", name="Book 2 visits").click()
    page.wait_for_selector(".errors:focus")
    for box in page.get_by_label("Book all the same").all():
        box.check()
    page.get_by_role("button", name="Book 2 visits").click()

    page.wait_for_selector("[data-toast]")
    with acting_in(own.practice.pk, own.secretary.pk):
        rows = Appointment.objects.filter(patient__in=both, visit_type__preparation=["Consent form"]).order_by("starts_at")
        assert [row.prepared for row in rows] == [["Consent form"], []]


def test_the_page_that_asks_of_each_is_well_made_in_each_light(own, page_as, twins, axe):
    page = page_as(own.secretary)
    page.goto(twins[1])
    page.locator(".chains button").first.click()
    page.get_by_role("button", name="Book 2 visits").click()
    page.wait_for_selector(".errors:focus")

    assert in_each_light(page, axe) == []
