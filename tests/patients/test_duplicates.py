"""Who may be on file already."""

from datetime import date

import pytest

from patients import duplicates
from patients.details import Number
from patients.enums import IdentifierKind
from tests.factories import patients

OTHER_DAY = date(1962, 8, 9)


@pytest.fixture
def maria(inside):
    return patients.patient(mrn="421", numbers=(Number("D-1", IdentifierKind.LICENCE, "urn:wi"),))


def reasons(user, **fields):
    found = duplicates.candidates(patients.details(**fields), user=user)
    return [one.reasons for one in found]


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"phone": None}, ("Same birth date", "Same name")),
        ({"phone": None, "family": "López", "given": "María"}, ("Same birth date", "Same name")),
        ({"phone": None, "given": "Mary"}, ("Same birth date", "Same family name, nickname")),
        ({"phone": None, "family": "Lopes"}, ("Same birth date", "Similar name")),
        ({"phone": None, "family": "Maria", "given": "Lopez"}, ("Same birth date", "Family and given name swapped")),
        ({"birth_date": OTHER_DAY}, ("Same phone or e-mail", "Same name")),
        ({"phone": None, "birth_date": date(1985, 3, 28)}, ("Birth date nearly the same", "Same name")),
        ({"phone": None, "birth_date": None}, ("Birth date not known", "Same name")),
        ({"family": "Stone", "given": "Zoltan", "phone": None, "mrn": "421"}, ("Same MRN or identifier",)),
    ],
)
def test_she_is_a_candidate(maria, secretary, fields, why):
    assert reasons(secretary, **fields) == [why]


@pytest.mark.parametrize(
    "fields",
    [
        {"given": "Zoltan", "birth_date": OTHER_DAY},
        {"phone": None, "birth_date": OTHER_DAY},
        {"phone": None, "family": "Stone", "given": "Zoltan"},
    ],
    ids=["another of the family", "a namesake", "born on the same day"],
)
def test_she_is_no_candidate(maria, secretary, fields):
    assert reasons(secretary, **fields) == []


def test_an_identifier_of_the_same_authority_is_the_likeliest(maria, secretary):
    patients.patient(phone=None)
    said = patients.details(phone=None, numbers=(Number("D-1", IdentifierKind.LICENCE, "urn:wi"),))

    found = duplicates.candidates(said, user=secretary)

    assert [one.patient.pk == maria.pk for one in found] == [True, False]


@pytest.mark.parametrize("count", [1, 3])
def test_any_number_of_candidates_needs_the_same_queries(inside, secretary, django_assert_num_queries, count):
    for _ in range(count):
        patients.patient()
    secretary.may("patients.view_patient")

    with django_assert_num_queries(9):
        duplicates.candidates(patients.details(), user=secretary)
