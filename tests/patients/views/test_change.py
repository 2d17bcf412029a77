"""Changing a patient, writing down a death; another practice's is not there."""

from datetime import date

import pytest

from compliance.roles import Role
from compliance.tenancy import acting_in
from patients import registration
from patients.enums import IdentifierKind, Purpose
from patients.models import Patient
from tests.factories import patients, people
from tests.patients.views.pages import SAID, SSN, text_of, typed


def test_change_saved_as_it_stands_changes_nothing(as_secretary, url, acting):
    with acting():
        patient = patients.patient(
            preferred="Mia", email="m@home.example", phone_for=(Purpose.TEXT,), language="es-MX", numbers=(SSN,)
        )
    page = as_secretary.get(url("change", patient.pk))

    as_secretary.post(url("change", patient.pk), {**typed(page), "version": "1"})

    with acting():
        assert Patient.objects.get().version == 1


def test_a_change_is_saved(as_secretary, maria, url, acting):
    page = as_secretary.get(url("change", maria.pk))

    response = as_secretary.post(url("change", maria.pk), {**typed(page), "version": "1", "family": "Ruiz"})

    with acting():
        assert (response.status_code, registration.details_of(Patient.objects.get()).name().family) == (302, "Ruiz")


def test_an_earlier_name_is_kept_on_asking(as_secretary, maria, url, acting):
    page = as_secretary.get(url("change", maria.pk))

    said = {**typed(page), "version": "1", "family": "Ruiz", "keep_earlier": "on"}
    as_secretary.post(url("change", maria.pk), said)

    with acting():
        names = registration.details_of(Patient.objects.get()).names
        assert {(name.family, str(name.use)) for name in names} == {("Ruiz", "official"), ("Lopez", "old")}


def test_a_stale_change_keeps_what_was_typed_and_shows_theirs(as_secretary, maria, url):
    said = typed(as_secretary.get(url("change", maria.pk)))
    as_secretary.post(url("change", maria.pk), {**said, "version": "1", "city": "Madison"})

    response = as_secretary.post(url("change", maria.pk), {**said, "version": "1", "city": "Verona"})

    assert (response.status_code, response.context["differences"]) == (409, [("City", "Madison", "Verona")])
    assert 'name="version" value="2"' in text_of(response)


@pytest.mark.parametrize("version", ["", "x", "-1", "²", "9" * 30])
def test_a_version_that_is_none_is_stale(as_secretary, maria, url, version):
    said = typed(as_secretary.get(url("change", maria.pk)))

    assert as_secretary.post(url("change", maria.pk), {**said, "version": version}).status_code == 409


def test_a_change_that_is_refused_keeps_what_was_typed(as_secretary, maria, url):
    response = as_secretary.post(
        url("change", maria.pk), {**SAID, "version": "1", "birth_date": "13/1/85", "city": "Verona"}
    )

    assert response.status_code == 422
    assert "Verona" in text_of(response)


def test_a_provider_does_not_change_patients(provider, maria, url):
    assert provider.get(url("change", maria.pk)).status_code == 403


def test_a_death_is_written_down(as_secretary, maria, url, acting):
    as_secretary.post(url("deceased", maria.pk), {"version": "1", "deceased_on": "2026-01-02"})

    with acting():
        assert Patient.objects.get().deceased_on == date(2026, 1, 2)


@pytest.mark.parametrize(
    ("said", "status"),
    [
        ({"version": "1", "deceased_on": "2999-01-01"}, 422),
        ({"version": "1", "deceased_on": "soon"}, 422),
        ({"version": "7"}, 409),
        ({}, 422),
    ],
)
def test_a_death_that_cannot_be_is_refused(as_secretary, maria, url, acting, said, status):
    assert as_secretary.post(url("deceased", maria.pk), said).status_code == status
    with acting():
        assert not Patient.objects.get().is_deceased


@pytest.mark.parametrize("name", ["patient", "change", "deceased", "upload"])
def test_another_practices_patient_is_not_there(as_secretary, url, name):
    other = people.practice()
    with acting_in(other.pk, people.member(other, Role.SECRETARY).pk):
        theirs = patients.patient()

    assert as_secretary.get(url(name, theirs.pk)).status_code == 404


def test_another_practices_rows_are_not_there(as_secretary, url):
    other = people.practice()
    with acting_in(other.pk, people.member(other, Role.SECRETARY).pk):
        theirs = patients.patient(numbers=(SSN,))
        contact, number = theirs.contacts.get(), theirs.identifiers.get(kind=IdentifierKind.SSN)

    said = {"purpose": "text", "is_given": "yes"}
    assert as_secretary.post(url("consent", contact.pk), said).status_code == 404
    assert as_secretary.post(url("reveal", number.pk)).status_code == 404


def test_a_stale_death_keeps_the_day_and_shows_theirs(as_secretary, maria, url):
    as_secretary.post(url("deceased", maria.pk), {"version": "1", "deceased_on": "2026-01-02"})

    answer = as_secretary.post(url("deceased", maria.pk), {"version": "1", "deceased_on": "2026-01-03"})

    assert answer.context["differences"] == [("Died on", "Jan 2, 2026", "Jan 3, 2026")]
    assert (answer.status_code, answer.context["form"]["version"].value()) == (409, "2")


def test_a_stale_death_of_somebody_who_is_alive_on_file_says_so(as_secretary, maria, url):
    said = typed(as_secretary.get(url("change", maria.pk)))
    as_secretary.post(url("change", maria.pk), {**said, "version": "1", "city": "Madison"})

    answer = as_secretary.post(url("deceased", maria.pk), {"version": "1", "deceased_on": ""})

    assert answer.context["differences"] == [("Deceased", "No", "Yes")]
