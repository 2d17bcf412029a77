"""Who is written down, and what becomes of a change."""

from dataclasses import replace
from datetime import date

import pytest

from compliance.models import AuditEvent
from patients import consent, registration, search
from patients.details import Contact, Name, Number
from patients.enums import ContactUse, IdentifierKind, NameUse, Purpose, TokenKind
from patients.models import Consent, Patient, SearchToken
from tests.factories import patients
from tests.factories.patients import NOW


def changed(patient, details, *, by, version=None):
    return registration.change(patient, details, version=version or patient.version, by=by, now=NOW)


def found(text, user):
    return [one.pk for one in search.find(text, user=user).patients]


def test_what_is_registered_is_what_was_said(inside, secretary):
    said = patients.details(preferred="Mia", email="m@home.example", email_for=(Purpose.EMAIL,), mrn="42")

    patient = registration.register(said, by=secretary, now=NOW)

    assert registration.details_of(Patient.objects.get(pk=patient.pk)) == said


def test_without_an_mrn_the_portal_gives_the_next(inside):
    mrns = [registration.details_of(patients.patient()).mrn for _ in range(2)]

    assert mrns == ["100001", "100002"]


def test_an_mrn_that_somebody_has_is_passed_over(inside):
    patients.patient(mrn="100001")

    assert registration.details_of(patients.patient()).mrn == "100002"


def test_an_mrn_is_refused_to_a_second_active_patient(inside):
    patients.patient(mrn="A-77")

    with pytest.raises(registration.MrnTaken):
        patients.patient(mrn="a77")


def test_nothing_of_a_refused_registration_stays(inside):
    patients.patient(mrn="77")

    with pytest.raises(registration.MrnTaken):
        patients.patient(mrn="77")

    assert Patient.objects.count() == 1


def test_registering_is_recorded(inside, secretary):
    patient = patients.patient(by=secretary)

    assert AuditEvent.objects.get(kind="patient.registered").opened == [patient.pk]


def test_a_change_moves_the_version_and_names_the_fields(inside, secretary):
    patient = patients.patient()

    fields = changed(patient, replace(registration.details_of(patient), sex="female", note="Gate code 4711"), by=secretary)

    event = AuditEvent.objects.get(kind="patient.changed")
    assert (patient.version, fields, event.body) == (2, ["sex", "note"], {"fields": ["note", "sex"]})


def test_the_same_details_change_nothing(inside, secretary):
    patient = patients.patient()

    assert changed(patient, registration.details_of(patient), by=secretary) == []
    assert not AuditEvent.objects.filter(kind="patient.changed").exists()


def test_a_stale_change_is_refused_and_shows_theirs(inside, secretary):
    patient = patients.patient()
    details = registration.details_of(patient)
    changed(patient, replace(details, sex="female"), by=secretary)

    with pytest.raises(registration.Stale) as stale:
        changed(patient, replace(details, sex="male"), by=secretary, version=1)

    assert (stale.value.theirs.sex, stale.value.version) == ("female", 2)


def test_the_tokens_follow_a_corrected_name(inside, secretary):
    patient = patients.patient()

    changed(patient, replace(registration.details_of(patient), names=(Name("Ruiz", "Maria"),)), by=secretary)

    assert (found("lopez", secretary), found("ruiz", secretary)) == ([], [patient.pk])


def test_an_earlier_name_still_finds_her(inside, secretary):
    patient = patients.patient()
    names = (Name("Ruiz", "Maria"), Name("Lopez", "Maria", use=NameUse.OLD, ends_on=date(2026, 1, 1)))

    changed(patient, replace(registration.details_of(patient), names=names), by=secretary)

    assert found("lopez", secretary) == [patient.pk]


def test_a_member_id_of_insurance_is_left_alone(inside, secretary):
    patient = patients.patient()
    SearchToken.objects.create(practice=inside, kind=TokenKind.MEMBER_ID, token=b"12345678", subject=patient.pk)

    changed(patient, replace(registration.details_of(patient), names=(Name("Ruiz", "Maria"),)), by=secretary)

    assert SearchToken.objects.filter(kind=TokenKind.MEMBER_ID).count() == 1


def test_a_number_no_longer_named_is_ended_and_its_consent_withdrawn(inside, secretary):
    patient = patients.patient(phone_for=(Purpose.TEXT,))
    new = Contact("+16085550199", use=ContactUse.MOBILE, consents=frozenset())

    changed(patient, replace(registration.details_of(patient), contacts=(new,)), by=secretary)

    old = patient.contacts.order_by("pk").first()
    assert (old.ends_on, consent.given(old), found("555-0123", secretary)) == (NOW.date(), frozenset(), [])


def test_consent_for_one_number_does_not_pass_to_the_next(inside, secretary):
    patient = patients.patient(phone_for=(Purpose.TEXT,))
    new = Contact("+16085550199", use=ContactUse.MOBILE, consents=None)

    changed(patient, replace(registration.details_of(patient), contacts=(new,)), by=secretary)

    assert consent.allowed_contact(patient, Purpose.TEXT) is None


def test_a_change_of_consent_alone_is_a_change(inside, secretary):
    patient = patients.patient()
    details = registration.details_of(patient)
    contact = replace(details.contacts[0], consents=frozenset({Purpose.TEXT}))

    assert changed(patient, replace(details, contacts=(contact,)), by=secretary) == ["consents"]
    assert Consent.objects.get().is_given


def test_a_corrected_mrn_frees_the_old_one(inside, secretary):
    patient = patients.patient(mrn="77")
    numbers = (Number("78", IdentifierKind.MRN),)

    changed(patient, replace(registration.details_of(patient), numbers=numbers), by=secretary)

    assert registration.details_of(patients.patient(mrn="77")).mrn == "77"


def test_a_change_to_an_mrn_that_somebody_has_is_refused(inside, secretary):
    patients.patient(mrn="77")
    patient = patients.patient(mrn="78")
    numbers = (Number("77", IdentifierKind.MRN),)

    with pytest.raises(registration.MrnTaken):
        changed(patient, replace(registration.details_of(patient), numbers=numbers), by=secretary)


def test_the_day_of_a_death_may_be_unknown(inside, secretary):
    patient = patients.patient()

    registration.mark_deceased(patient, on=None, version=1, by=secretary, now=NOW)

    assert (patient.is_deceased, patient.deceased_on) == (True, None)
