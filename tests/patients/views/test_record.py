"""A patient's page: what stands on it, what is revealed, consent."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from compliance.models import AuditEvent
from patients import consent
from patients.enums import IdentifierKind, Purpose
from tests.factories import patients
from tests.patients.views.pages import SSN, text_of, typed


def test_her_page_masks_numbers_on_the_server(as_secretary, maria, url):
    text = text_of(as_secretary.get(url("patient", maria.pk)))

    assert "m@home.example" in text
    assert "9999" not in text


def test_her_page_is_recorded_as_opened(as_secretary, maria, url, acting):
    as_secretary.get(url("patient", maria.pk))

    with acting():
        assert AuditEvent.objects.get(kind="patient.read", page="patients:patient").opened == [maria.pk]


def test_a_provider_reads_her_page_and_changes_nothing(provider, maria, url):
    text = text_of(provider.get(url("patient", maria.pk)))

    assert not re.search(r"patients/[^/]+/change/|/consent/|/reveal/", text)


def test_her_page_needs_the_same_queries_for_any_number_of_contacts(as_secretary, url, acting):
    def needed(**fields):
        with acting():
            patient = patients.patient(**fields)
        with CaptureQueriesContext(connection) as queries:
            as_secretary.get(url("patient", patient.pk))
        return len(queries)

    many = {"email": "m@home.example", "email_for": (Purpose.EMAIL,), "numbers": (SSN,), "preferred": "Mia"}
    needed()  # the first request of a session asks more

    assert needed() == needed(**many)


def test_a_social_security_number_shows_its_end_on_asking_and_who_asked_is_recorded(
    as_secretary, maria, url, acting, secretary
):
    with acting():
        number = maria.identifiers.get(kind=IdentifierKind.SSN)

    text = text_of(as_secretary.post(url("reveal", number.pk)))

    assert "•••-••-9999" in text
    assert "219" not in text
    with acting():
        assert AuditEvent.objects.get(kind="identifier.revealed").actor == secretary.pk


def test_a_provider_may_not_reveal(provider, maria, url, acting):
    with acting():
        number = maria.identifiers.get(kind=IdentifierKind.SSN)

    assert provider.post(url("reveal", number.pk)).status_code == 403


@pytest.mark.parametrize("is_given", ["yes", "no"])
def test_consent_is_given_and_withdrawn_on_her_page(as_secretary, url, acting, is_given):
    with acting():
        patient = patients.patient(phone_for=(Purpose.TEXT,) if is_given == "no" else ())
        contact = patient.contacts.get()

    as_secretary.post(url("consent", contact.pk), {"purpose": "text", "is_given": is_given})

    with acting():
        assert bool(consent.given(patient.contacts.get())) == (is_given == "yes")


def test_a_consent_withdrawn_meanwhile_is_not_given_back_by_a_form_that_was_open(as_secretary, url, acting):
    with acting():
        patient = patients.patient(phone_for=(Purpose.TEXT,))
        contact = patient.contacts.get()
    said = typed(as_secretary.get(url("change", patient.pk)))
    as_secretary.post(url("consent", contact.pk), {"purpose": "text", "is_given": "no"})

    answer = as_secretary.post(url("change", patient.pk), {**said, "version": "1", "city": "Verona"})

    with acting():
        assert (answer.status_code, consent.given(patient.contacts.get())) == (409, frozenset())


@pytest.mark.parametrize("said", [{}, {"purpose": "fly", "is_given": "yes"}, {"purpose": "email", "is_given": "yes"}])
def test_a_consent_that_makes_no_sense_changes_nothing(as_secretary, maria, url, acting, said):
    with acting():
        contact = maria.contacts.get(rank=1)

    as_secretary.post(url("consent", contact.pk), said)

    with acting():
        assert not maria.consents.exists()


def test_a_provider_does_not_change_consent(provider, maria, url, acting):
    with acting():
        contact = maria.contacts.get(rank=1)

    assert provider.post(url("consent", contact.pk), {"purpose": "text", "is_given": "yes"}).status_code == 403
