"""The same pages without any script: a visit is booked and cancelled, a patient registered."""

import pytest

from compliance.tenancy import acting_in
from compliance.tenancy.urls import practice_url
from patients.models import HumanName
from scheduling.models import Appointment


@pytest.fixture
def page(own, page_as):
    return page_as(own.secretary, scripts=False, strict=True)


def test_a_visit_is_booked_and_cancelled(own, page):
    who = own.patient
    page.goto(practice_url(own.practice, "scheduling:openings", who.pk))
    page.locator("[name=from_day]").fill(f"{own.monday:%Y-%m-%d}")
    page.get_by_role("button", name="Find times").click()
    page.locator(".times .chip").last.click()
    page.get_by_role("button", name="Book visit").click()
    said = page.get_by_role("status").filter(has_text="Booked")
    said.wait_for()
    assert said.count() == 1
    with acting_in(own.practice.pk, own.secretary.pk):
        visit = Appointment.objects.filter(patient=who).latest("created_at")

    page.goto(practice_url(own.practice, "scheduling:cancel", visit.pk))
    page.get_by_label("Why").first.select_option(index=1)
    page.get_by_label("By whose wish").select_option(index=1)
    page.get_by_label("Who told the patient").select_option(index=1)
    page.get_by_role("button", name="Cancel the visit").click()

    with acting_in(own.practice.pk, own.secretary.pk):
        assert Appointment.objects.get(pk=visit.pk).status == "cancelled"


def test_a_patient_is_registered(own, page):
    page.goto(practice_url(own.practice, "patients:register"))
    page.get_by_label("Family name").fill("Zimmermann")
    page.get_by_label("Date of birth").fill("4/9/1972")

    page.get_by_role("button", name="Register").click()

    with acting_in(own.practice.pk, own.secretary.pk):
        assert "Zimmermann" in {name.family for name in HumanName.objects.order_by("-pk")[:5]}
