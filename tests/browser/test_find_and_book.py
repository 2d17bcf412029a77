"""From the patient to a booked visit: the interactions are counted."""

import pytest
from playwright.sync_api import Page

from compliance.tenancy import acting_in
from compliance.tenancy.urls import practice_url
from scheduling.models import Appointment
from tests.factories import patients

MOST = 3


@pytest.fixture
def page(made, page_as) -> Page:
    return page_as(made.secretary, strict=True)


def test_a_time_is_found_and_booked_in_three_interactions(made, page):
    with acting_in(made.practice.pk, made.secretary.pk):
        patient = patients.patient(given="Quinn")
    page.goto(practice_url(made.practice, "patients:patient", patient.pk))
    interactions = 0
    for act in (
        lambda: page.keyboard.press("c"),
        lambda: page.locator(".times button").first.click(),
    ):
        act()
        interactions += 1
        page.wait_for_load_state()
        page.wait_for_selector(".times button, [data-toast]")

    with acting_in(made.practice.pk, made.secretary.pk):
        assert Appointment.objects.filter(patient=patient, booked_by=made.secretary).exists()
    assert interactions <= MOST


def test_a_family_is_booked_together(made, page):
    with acting_in(made.practice.pk, made.secretary.pk):
        ada, ben = (patients.patient(given=given, phone="+16085550177") for given in ("Ada", "Ben"))
    page.goto(practice_url(made.practice, "scheduling:openings", ada.pk))
    page.get_by_role("link", name="Two in a row, or a family").click()
    page.get_by_role("button", name="Leave out visit 2").click()
    page.get_by_role("button", name="Who shares the phone number").click()
    page.locator(".answers button").click()
    page.get_by_label("All with the same provider").check()
    page.get_by_role("button", name="Find times").click()
    page.locator(".chains button").first.click()

    page.wait_for_selector("[data-toast]")
    with acting_in(made.practice.pk, made.secretary.pk):
        first, second = (Appointment.objects.get(patient=one) for one in (ada, ben))
    assert (first.ends_at, first.provider_id) == (second.starts_at, second.provider_id)
