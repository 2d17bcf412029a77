"""The admin site in a browser: accessible in light and dark, wide and narrow; nothing for the content policy to refuse."""

from datetime import time

import pytest
from django.contrib import admin as django_admin
from django.utils import timezone

from compliance import admission
from compliance.models import Location, Practice
from compliance.roles import Role
from compliance.tenancy import acting_in
from compliance.tenancy.urls import practice_url
from scheduling import set_up
from scheduling.models import Closure, Provider, VisitType, WorkingHours
from tests.browser.conftest import in_each_light
from tests.factories import people

KINDS = [f"{model._meta.app_label}_{model._meta.model_name}" for model in django_admin.site._registry]
FORMS = [name for name, one in zip(KINDS, django_admin.site._registry.values(), strict=True) if one.can_add]


@pytest.fixture
def practice(committed) -> Practice:
    """A practice with a row or two of its own, committed."""
    made = people.practice()
    made.admin = people.member(made, Role.PRACTICE_ADMIN, name="Nora Berg")
    with acting_in(made.pk, made.admin.pk):
        okafor = set_up.add_provider(Provider(name="Amara Okafor, MD", short_name="Dr. Okafor"), by=made.admin)
        hours = {"starts": time(9), "ends": time(12), "valid_from": timezone.localdate(), "location": Location.objects.get()}
        set_up.add(WorkingHours(provider=okafor, weekday=1, **hours), by=made.admin)
        set_up.add(VisitType(name="Follow-up", minutes=20, modes=["office"]), by=made.admin)
        admission.enter_certificate(
            course="HIPAA",
            number="7",
            completed_on=timezone.localdate(),
            expires_on=timezone.localdate().replace(year=2099),
            by=made.admin,
        )
    return made


PAGES = ["admin:index", *(f"admin:{kind}_changelist" for kind in KINDS), *(f"admin:{kind}_add" for kind in FORMS)]


@pytest.mark.parametrize("part", range(3))
def test_every_page_is_accessible_wide_and_narrow_light_and_dark(practice, page_as, axe, part):
    page = page_as(practice.admin)
    found = {}

    for name in PAGES[part::3]:
        page.goto(practice_url(practice, name))
        found |= {name: wrong} if (wrong := in_each_light(page, axe)) else {}

    assert found == {}


def test_a_form_with_errors_is_accessible_and_leads_to_them(practice, page_as, axe):
    page = page_as(practice.admin)
    page.goto(practice_url(practice, "admin:scheduling_workinghours_add"))

    page.get_by_role("button", name="Add working hours").click()
    page.get_by_role("link", name="Choose the provider.").click()

    assert axe(page) == []
    assert page.evaluate("document.activeElement.name") == "provider"


def test_time_is_closed_without_any_script(practice, page_as):
    page = page_as(practice.admin, scripts=False, strict=True)
    page.goto(practice_url(practice, "admin:scheduling_closure_add"))
    page.get_by_label("Start", exact=True).fill("2027-03-01T12:00")
    page.get_by_label("End", exact=True).fill("2027-03-01T13:00")
    page.get_by_label("Reason", exact=True).fill("Team meeting")

    page.get_by_role("button", name="Add closed time").click()

    assert page.get_by_role("status").inner_text() == "Closed time added."
    with acting_in(practice.pk, practice.admin.pk):
        assert Closure.objects.get().reason == "Team meeting"


def test_the_content_policy_finds_nothing_to_refuse(practice, page_as):
    page, said = page_as(practice.admin, strict=True), []
    page.on("console", lambda message: said.append(message.text))

    for kind in ("scheduling_provider_changelist", "scheduling_closure_add", "compliance_certificate_changelist"):
        page.goto(practice_url(practice, f"admin:{kind}"))

    assert said == []
