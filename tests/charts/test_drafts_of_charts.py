"""A draft of a patient's page is hers: read as hers, and closed with her chart."""

import pytest
from django.urls import URLPattern, get_resolver
from django.utils import timezone

from compliance import charts, drafts
from compliance.models import AuditEvent, Draft
from compliance.models.charts import Relation
from compliance.tenancy import acting_in
from compliance.tenancy.urls import practice_url
from tests.factories import patients, scheduling

NOBODYS = {  # parts of addresses that name a row of nobody's chart, or of who looks after charts
    *("certificate_id", "membership_id", "reset_id", "draft_id", "job_id", "export_id", "grant_id", "barred_id"),
    *("closure_id", "feed_id", "calendar_id", "freed_id", "object_id"),
}


@pytest.fixture
def patient(practice, secretary):
    with acting_in(practice.pk, secretary.pk):
        return patients.patient()


def kept(practice, user, page, **more):
    with acting_in(practice.pk, user.pk):
        assert drafts.keep(user, page=page, fields={"text": ["Zebra fell"]} | more, now=timezone.now())


def listed(browser, practice, page=None):
    headers = {"X-Portal-Page": page} if page else {}
    return "Zebra fell" in browser.get(practice_url(practice, "compliance:drafts"), headers=headers).content.decode()


def close(practice, admin, secretary, patient, how):
    with acting_in(practice.pk, admin.pk):
        if how == "bar":
            charts.bar(secretary, patient.pk, relation=Relation.NEIGHBOUR, by=admin)
        else:
            charts.restrict(patient.pk, by=admin)


def test_reading_a_draft_of_her_page_is_reading_of_her(as_secretary, secretary, practice, patient):
    kept(practice, secretary, f"/patients/{patient.pk}/change/")
    assert listed(as_secretary, practice)

    with acting_in(practice.pk, secretary.pk):
        event = AuditEvent.objects.filter(kind="patient.read", categories__contains=["drafts"]).latest("at")
    assert event.listed == [patient.pk]


@pytest.mark.parametrize("how", ["bar", "restriction"])
def test_a_draft_of_a_chart_that_was_closed_since_is_not_shown(as_secretary, secretary, admin, practice, patient, how):
    page = f"/patients/{patient.pk}/change/"
    kept(practice, secretary, page)
    close(practice, admin, secretary, patient, how)

    assert (listed(as_secretary, practice), listed(as_secretary, practice, page)) == (False, False)


def test_when_the_chart_is_open_again_so_is_the_draft(as_secretary, secretary, admin, practice, patient):
    kept(practice, secretary, f"/patients/{patient.pk}/change/")
    close(practice, admin, secretary, patient, "restriction")
    with acting_in(practice.pk, admin.pk):
        charts.name(secretary, patient.pk, by=admin)

    assert listed(as_secretary, practice)


def test_a_page_of_one_of_her_rows_is_hers_too(secretary, practice):
    with acting_in(practice.pk, secretary.pk):
        visit = scheduling.visit(by=secretary)
    kept(practice, secretary, f"/visits/{visit.pk}/cancel/?back=board")

    with acting_in(practice.pk, secretary.pk):
        assert Draft.objects.get().patient == visit.patient_id


def test_a_page_whose_form_names_her_is_hers_too(secretary, practice, patient):
    kept(practice, secretary, "/cases/new/", patient=[str(patient.pk)])

    with acting_in(practice.pk, secretary.pk):
        assert Draft.objects.get().patient == patient.pk


@pytest.mark.parametrize("page", ["/incident/", "/patients/0190f3c2-0000-7000-8000-000000000009/", "//[", "/cases/new/"])
def test_a_page_of_nobody_is_nobodys(secretary, practice, page):
    kept(practice, secretary, page, patient=["no-id"])

    with acting_in(practice.pk, secretary.pk):
        assert Draft.objects.get().patient is None


def parts(patterns) -> set[str]:
    """Every name of a row in every address."""
    found: set[str] = set()
    for one in patterns:
        found |= {name for name in one.pattern.regex.groupindex if name.endswith("_id")}
        found |= set() if isinstance(one, URLPattern) else parts(one.url_patterns)
    return found


def test_of_every_part_of_an_address_it_is_known_whose_row_it_names():
    assert parts(get_resolver().url_patterns) == NOBODYS | drafts.ROWS.keys()
