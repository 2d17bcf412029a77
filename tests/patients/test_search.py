"""One box finds by whatever was said."""

from datetime import date

import pytest

from compliance.models import AuditEvent
from patients import search
from tests.factories import patients


@pytest.fixture
def maria(inside):
    patients.patient(family="Smith", given="John", birth_date=date(1970, 1, 2), phone="+16085550999", mrn="777001")
    return patients.patient(family="López-García", given="María", middle="Inés", mrn="MRN-00421", email="maria@home.example")


@pytest.mark.parametrize(
    "text",
    [
        "lopez mar",
        "mar lopez",
        "Lopez, Maria",
        "LÓPEZ",
        "garcia",
        "lopezgarcia",
        "lopez-garcia",
        "maría",
        "ines",
        "lo",
        "lopezgarc",
        "3/27/85",
        "03-27-1985",
        "Mar 27 1985",
        "March 27, 1985",
        "27 mar 1985",
        "1985-03-27",
        "03271985",
        "3/27/1985",
        "(608) 555-0123",
        "6085550123",
        "+1 608 555 0123",
        "608.555.0123",
        "555-0123",
        "0123",
        "608-555-0123 x12",
        "MRN-00421",
        "mrn00421",
        "maria@home.example",
        "lopez 3/27/1985",
        "lopez 0123",
        "maria 608-555-0123",
    ],
)
def test_she_is_found_by_any_of_it(maria, secretary, text):
    assert [found.pk for found in search.find(text, user=secretary).patients] == [maria.pk]


@pytest.mark.parametrize("text", ["lopez 1/2/1970", "smith 0123", "lopezgarz", "608-555-0000", "MRN-00422", "zz"])
def test_nobody_is_found_when_one_of_it_is_wrong(maria, secretary, text):
    assert search.find(text, user=secretary).patients == []


@pytest.mark.parametrize("text", ["", "   ", "l", ",", "\x00", "%", "'; --"])
def test_a_text_that_says_nothing_finds_nobody(maria, secretary, text):
    assert search.find(text, user=secretary).total == 0


def test_the_search_is_recorded_without_what_was_typed(maria, secretary):
    search.find("lopez 3/27/1985", user=secretary)

    assert AuditEvent.objects.get(kind="patient.searched").body == {"by": ["birth_date", "name"], "found": 1}


def test_more_than_the_limit_says_how_many_there_are(inside, secretary):
    for number in range(4):
        patients.patient(given=f"Ana{number}")

    found = search.find("lopez", user=secretary, limit=3)

    assert (len(found.patients), found.total, found.is_cut) == (3, 4, True)


def test_what_is_found_is_sorted_by_name(inside, secretary):
    for given in ("Zoe", "Ana", "Élodie"):
        patients.patient(given=given)

    found = search.find("lopez", user=secretary)

    assert [one.names.all()[0].given for one in found.patients] == ["Ana", "Élodie", "Zoe"]


def test_a_phone_finds_everybody_who_shares_it(inside, secretary):
    family = {patients.patient(given=given).pk for given in ("Ana", "Luis")}

    assert {one.pk for one in search.by_phone("+16085550123", user=secretary)} == family
