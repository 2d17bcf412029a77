"""The privacy officer opens no chart by her role: each by broken glass, to read (security.md section 6)."""

from datetime import timedelta

import pytest
from django.utils import timezone

from compliance import charts
from compliance.models import AuditEvent, Case, GlassReason
from compliance.roles import Role
from compliance.tenancy import SYSTEM, acting_in
from compliance.tenancy.urls import practice_url
from patients import documents
from patients.enums import DocumentKind
from patients.models import Document, Patient
from tests.factories import patients, people
from tests.factories.rich import PNG

WHY = {"reason": "HOPERAT", "words": "Complaint of November 3."}


@pytest.fixture
def officer(practice):
    return people.member(practice, Role.PRIVACY_OFFICER)


@pytest.fixture
def hers(officer):
    return people.proven(people.browser(officer))


@pytest.fixture
def maria(practice, secretary):
    with acting_in(practice.pk, secretary.pk):
        return patients.patient()


@pytest.fixture
def opened(practice, officer, maria):
    with acting_in(practice.pk, officer.pk):
        said = {"reason": GlassReason.OVERSIGHT, "words": "Complaint.", "by": officer, "now": timezone.now()}
        return charts.break_glass(maria.pk, **said)


def stored(maria):
    return documents.store(maria, kind=DocumentKind.UPLOAD, title="Referral", content=PNG, by=None)


def url(practice, name, row):
    return practice_url(practice, f"patients:{name}", row.pk)


def test_a_chart_that_is_restricted_to_nobody_leads_her_to_the_glass(practice, hers, maria):
    assert hers.get(url(practice, "patient", maria))["Location"] == url(practice, "glass", maria)


def test_the_glass_says_that_her_role_opens_no_chart(practice, hers, maria):
    page = hers.get(url(practice, "glass", maria)).content.decode()

    said = [text in page for text in ("Your role opens no chart by itself.", "admins were told", "Lopez")]
    assert said == [True, True, False]


def test_broken_glass_opens_the_page_to_read(practice, hers, maria):
    page = hers.post(url(practice, "glass", maria), WHY, follow=True).content.decode()

    assert ("Lopez" in page, "Closed chart, open to you until" in page, "Change</a>" in page) == (True, True, False)


def test_the_opened_page_leads_nowhere_that_she_may_not_go(practice, hers, maria):
    page = hers.post(url(practice, "glass", maria), WHY, follow=True).content.decode()

    assert practice_url(practice, "scheduling:of_patient", maria.pk) not in page


def test_her_own_glass_is_reviewed_by_the_admins(practice, opened, admin):
    with acting_in(practice.pk, admin.pk):
        assert Case.objects.get(pk=opened.review_id).team == Role.PRACTICE_ADMIN


def test_it_opens_one_chart_and_for_half_an_hour(practice, officer, opened, maria, secretary):
    with acting_in(practice.pk, secretary.pk):
        patients.patient(family="Nowak")
    with acting_in(practice.pk, officer.pk):
        seen = list(Patient.objects.visible_to(officer))
        type(opened).objects.filter(pk=opened.pk).update(expires_at=opened.broken_at + timedelta(microseconds=1))
        assert (seen, list(Patient.objects.visible_to(officer))) == ([maria], [])


def test_the_documents_of_the_chart_open_with_it(practice, hers, officer, maria, secretary):
    with acting_in(practice.pk, secretary.pk):
        row = stored(maria)
    before = hers.get(url(practice, "document", row)).status_code

    hers.post(url(practice, "glass", maria), WHY)

    assert (before, hers.get(url(practice, "document", row)).status_code) == (404, 200)


def test_the_opening_and_the_reading_are_in_the_trail(practice, hers, officer, maria):
    hers.post(url(practice, "glass", maria), WHY, follow=True)

    with acting_in(practice.pk, SYSTEM):
        kinds = AuditEvent.objects.filter(actor=officer.pk, opened__contains=[maria.pk]).values_list("kind", flat=True)
        assert {"chart.glass_broken", "patient.read"} <= set(kinds)


def test_a_scheduling_secretary_gains_no_documents_by_breaking_glass(practice, maria, admin, secretary):
    scheduler = people.member(practice, Role.SCHEDULING_SECRETARY)
    with acting_in(practice.pk, secretary.pk):
        stored(maria)
        charts.restrict(maria.pk, by=admin)
    with acting_in(practice.pk, scheduler.pk):
        charts.break_glass(maria.pk, reason=GlassReason.TREATMENT, words="On the line.", by=scheduler, now=timezone.now())
        assert (Patient.objects.visible_to(scheduler).count(), Document.objects.visible_to(scheduler).count()) == (1, 0)
