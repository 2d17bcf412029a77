"""From the patient to a booked visit: the interactions are counted."""

import pytest
from playwright.sync_api import Page

from compliance.tenancy import acting_in
from compliance.tenancy.urls import practice_url
from scheduling.models import Appointment

MOST = 3


@pytest.fixture
def page(made, page_as) -> Page:
    return page_as(made.secretary, strict=True)


def test_a_time_is_found_and_booked_in_three_interactions(made, page):
    patient = made.patients[4]
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
