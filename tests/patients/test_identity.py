"""The gate of two identifiers."""

from datetime import date
from uuid import uuid4

import pytest

from compliance.models import AuditEvent
from patients import identity
from patients.details import Place
from patients.models import Patient
from tests.factories import patients
from tests.factories.patients import NOW


@pytest.fixture
def maria(inside):
    made = patients.patient(
        family="López García", preferred="Mia", mrn="MRN-00421", address=Place("123 Main Street", postal_code="53703")
    )
    return Patient.objects.with_names().get(pk=made.pk)


def check(patient, by, *, call=None, **said):
    return identity.check(patient, said, call=call, by=by, now=NOW)


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("name", "maria lopez garcia"),
        ("name", "Mia López-García"),
        ("birth_date", "3/27/85"),
        ("birth_date", "March 27, 1985"),
        ("phone", "608 555 0123"),
        ("address", "123 Main St, Madison"),
        ("mrn_end", "0421"),
    ],
)
def test_what_is_on_file_matches(maria, secretary, kind, text):
    assert check(maria, secretary, **{kind: text}).matched == [kind]


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("name", "maria"),
        ("name", "lopez garcia"),
        ("name", "ana lopez garcia"),
        ("birth_date", "3/28/85"),
        ("birth_date", "last spring"),
        ("phone", "555-0123"),
        ("address", "53703"),
        ("address", "124 Main Street"),
        ("mrn_end", "421"),
        ("mrn_end", "0422"),
    ],
)
def test_what_is_not_on_file_does_not(maria, secretary, kind, text):
    assert check(maria, secretary, **{kind: text}).matched == []


def test_two_identifiers_pass(maria, secretary):
    assert check(maria, secretary, name="Maria Lopez Garcia", birth_date="3/27/85").passed


def test_a_name_alone_never_passes(maria, secretary):
    assert not check(maria, secretary, name="Maria Lopez Garcia").passed


def test_one_match_of_two_does_not_pass(maria, secretary):
    assert not check(maria, secretary, name="Maria Lopez Garcia", birth_date="3/28/85").passed


def test_a_patient_without_the_fact_does_not_match_an_empty_answer(inside, secretary):
    nobody = patients.patient(phone=None, birth_date=None)
    nobody = Patient.objects.with_names().get(pk=nobody.pk)

    assert check(nobody, secretary, birth_date="  ", phone="0", address="1 A").asked == ["phone", "address"]


def test_nothing_asked_is_refused(maria, secretary):
    with pytest.raises(identity.NothingAsked):
        check(maria, secretary, name="  ")


def test_which_matched_is_recorded_and_never_what_was_said(maria, secretary):
    check(maria, secretary, name="Maria Lopez Garcia", birth_date="3/28/85")

    event = AuditEvent.objects.get(kind="identity.checked")
    assert event.body == {"asked": ["name", "birth_date"], "matched": ["name"], "passed": False}


def test_the_gate_holds_for_the_call_it_was_passed_in(maria, secretary):
    call = uuid4()

    check(maria, secretary, call=call, birth_date="3/27/85", phone="6085550123")

    assert (identity.verified(maria, call), identity.verified(maria, uuid4()), identity.verified(maria, None)) == (
        True,
        False,
        False,
    )


def test_another_patients_gate_is_another(maria, secretary):
    call = uuid4()
    check(maria, secretary, call=call, birth_date="3/27/85", phone="6085550123")

    assert not identity.verified(patients.patient(birth_date=date(1990, 1, 1)), call)
