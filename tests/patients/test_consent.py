"""What a contact may be used for."""

from dataclasses import replace
from datetime import date

import pytest

from patients import consent, registration
from patients.enums import Purpose
from patients.models import Consent
from tests.factories import patients
from tests.factories.patients import NOW


@pytest.fixture
def maria(inside):
    return patients.patient(phone_for=(Purpose.TEXT,), email="m@home.example")


def phone_of(patient):
    return patient.contacts.get(rank=1)


def test_without_consent_nothing_may_be_sent(maria):
    assert consent.allowed_contact(maria, Purpose.EMAIL) is None


def test_with_consent_the_contact_is_named(maria):
    assert consent.allowed_contact(maria, Purpose.TEXT) == phone_of(maria)


def test_consent_withdrawn_is_history_and_no_longer_holds(maria, secretary):
    consent.withdraw(phone_of(maria), Purpose.TEXT, by=secretary, now=NOW)

    assert consent.allowed_contact(maria, Purpose.TEXT) is None
    assert list(Consent.objects.order_by("pk").values_list("is_given", flat=True)) == [True, False]


def test_consent_given_twice_is_one(maria, secretary):
    assert consent.give(phone_of(maria), Purpose.TEXT, by=secretary, now=NOW) is None


def test_an_email_is_not_for_texting(maria, secretary):
    with pytest.raises(consent.NotPossible):
        consent.give(maria.contacts.get(rank=2), Purpose.TEXT, by=secretary, now=NOW)


@pytest.mark.parametrize("fact", [{"do_not_contact": True}, {"is_deceased": True}, {"is_active": False}])
def test_a_fact_above_consent_stops_everything(maria, secretary, fact):
    details = replace(registration.details_of(maria), **fact)
    registration.change(maria, details, version=1, by=secretary, now=NOW)

    assert consent.allowed_contact(maria, Purpose.TEXT) is None


def test_a_contact_that_ended_may_not_be_used(maria):
    phone = phone_of(maria)
    phone.ends_on = date(2026, 11, 1)

    assert not consent.may_use(phone, Purpose.TEXT, today=date(2026, 11, 2))
