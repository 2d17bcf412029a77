"""The pages about patients."""

import re
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from compliance.models import AuditEvent
from compliance.roles import Role
from compliance.tenancy import acting_in
from compliance.tenancy.urls import practice_url
from patients import consent, registration
from patients.details import Number
from patients.enums import IdentifierKind, Purpose
from patients.models import Patient
from tests.factories import patients, people

SSN = Number("219-09-9999", IdentifierKind.SSN, "http://hl7.org/fhir/sid/us-ssn")
SAID = {"family": "Lopez", "given": "Maria", "birth_date": "3/27/85", "sex": "female"}


@pytest.fixture
def acting(practice, secretary):
    return lambda: acting_in(practice.pk, secretary.pk)


@pytest.fixture
def maria(acting):
    with acting():
        return patients.patient(numbers=(SSN,), email="m@home.example")


@pytest.fixture
def url(practice):
    return lambda name, *args: practice_url(practice, f"patients:{name}", *args)


@pytest.fixture
def provider(practice, signed_in):
    return signed_in(people.member(practice, Role.PROVIDER))


def text_of(response):
    return response.content.decode()


def typed(response):
    """What the form of a page would send as it stands."""
    form = response.context["form"]
    values = {field.html_name: field.value() for field in form}
    sent = {name: form[name].field.prepare_value(value) for name, value in values.items()}
    return {name: value for name, value in sent.items() if value not in (None, False, "")}


# Find


def test_find_answers_a_search_with_two_identifiers_in_each_row(as_secretary, maria, url):
    text = text_of(as_secretary.post(url("find"), {"text": "lopez"}))

    assert all(fact in text for fact in ("Lopez, Maria", "Mar 27, 1985", "100001", "(608) 555-0123", "1 found"))


def test_find_answers_htmx_with_the_results_alone(as_secretary, maria, url):
    text = text_of(as_secretary.post(url("find"), {"text": "lopez"}, headers={"HX-Request": "true"}))

    assert "Lopez, Maria" in text
    assert "<h1>" not in text


def test_find_opened_as_a_page_shows_nobody(as_secretary, maria, url):
    assert "Lopez" not in text_of(as_secretary.get(url("find"))).replace("Lopez Mar,", "")


def test_what_was_typed_stays_in_the_box_and_is_escaped(as_secretary, maria, url):
    assert "<b>x</b>" not in text_of(as_secretary.post(url("find"), {"text": "<b>x</b>"}))


def test_a_search_that_is_too_long_is_refused(as_secretary, url):
    assert as_secretary.post(url("find"), {"text": "x" * 201}).status_code == 422


def test_those_found_are_recorded_as_listed(as_secretary, maria, url, acting):
    as_secretary.post(url("find"), {"text": "lopez"})

    with acting():
        assert AuditEvent.objects.get(kind="patient.read", page="patients:find").listed == [maria.pk]


def test_find_needs_the_same_queries_for_one_row_and_for_three(as_secretary, url, acting):
    def needed():
        with acting():
            patients.patient(email="m@home.example")
        with CaptureQueriesContext(connection) as queries:
            as_secretary.post(url("find"), {"text": "lopez"})
        return len(queries)

    needed()  # the first request of a session asks more

    assert len({needed(), needed(), needed()}) == 1


# Register


def test_register_writes_a_patient_and_opens_her_page(as_secretary, url, acting):
    response = as_secretary.post(url("register"), {**SAID, "phone": "608 555 0123", "phone_for": ["text"]})

    with acting():
        patient = Patient.objects.get()
        phone = consent.allowed_contact(patient, Purpose.TEXT)
        assert (response.status_code, phone.value) == (302, "+16085550123")
    assert response.url == url("patient", patient.pk)


def test_register_shows_who_may_be_the_same_and_saves_nothing(as_secretary, maria, url, acting):
    response = as_secretary.post(url("register"), SAID)

    assert response.status_code == 409
    assert all(fact in text_of(response) for fact in ("100001", "Same birth date, Same name", "Register all the same"))
    with acting():
        assert Patient.objects.count() == 1


def test_register_all_the_same_goes_on(as_secretary, maria, url, acting):
    as_secretary.post(url("register"), {**SAID, "all_the_same": "yes"})

    with acting():
        assert Patient.objects.count() == 2


def test_register_refuses_an_mrn_that_somebody_has(as_secretary, maria, url):
    said = {"family": "Stone", "given": "Ada", "birth_date": "1/2/1970", "sex": "female", "mrn": "100001"}

    response = as_secretary.post(url("register"), {**said, "all_the_same": "yes"})

    assert (response.status_code, list(response.context["form"].errors)) == (422, ["mrn"])


def test_a_provider_does_not_register(provider, url):
    assert provider.post(url("register"), SAID).status_code == 403


LONG = "x" * 3000
BAD = [
    *[(field, text) for field in ("family", "given", "middle", "suffix", "preferred") for text in (
        LONG, "Lo\x07pez", "Lo\u202epez", "Lo\u200fpez", "<b>Lopez</b>", "Lopez\x00", "{{ x }}")],
    *[(field, text) for field in ("line1", "line2", "city", "mrn") for text in (LONG, "a\x07", "a\u202eb", "a\x00")],
    *[("birth_date", text) for text in ("", LONG, "soon", "13/1/1985", "2/30/1985", "3/27/2999", "1/1/1800")],
    ("birth_date", "3/27/85\u202e"),
    *[(field, text) for field in ("phone", "phone2") for text in (LONG, "555", "call me", "608\u202e5550123", "<b>1</b>")],
    *[(field, "x" * 11) for field in ("phone_extension", "phone2_extension")],
    *[(field, "teleport") for field in ("phone_for", "phone2_for", "phone_use", "phone2_use")],
    *[("email", text) for text in ("maria", LONG + "@x.example", "a@b", "<a>@x.example", "a\u202e@x.example")],
    *[("postal_code", text) for text in ("5370", "ABCDE", "537031234567", "٥٣٧٠٣")],
    ("note", LONG), ("note", "a\x07"), ("note", "a\u202eb"),
    *[(field, "nonsense") for field in ("sex", "state", "language", "interpreter_needed")],
]  # fmt: skip


@pytest.mark.parametrize(("field", "text"), BAD)
def test_bad_input_is_answered_at_its_field_and_nothing_is_written(as_secretary, url, acting, field, text):
    more = {"phone": "6085550123"} if field.startswith("phone_") else {}
    more |= {"phone2": "6085550124"} if field.startswith("phone2_") else {}

    response = as_secretary.post(url("register"), {**SAID, **more, field: text})

    assert (response.status_code, list(response.context["form"].errors)) == (422, [field])
    with acting():
        assert not Patient.objects.exists()


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"family": "", "given": ""}, "family"),
        ({"phone_for": ["text"]}, "phone"),
        ({"phone2_extension": "12"}, "phone2"),
        ({"email_for": "on"}, "email"),
    ],
)
def test_what_belongs_to_nothing_is_refused(as_secretary, url, said, field):
    assert list(as_secretary.post(url("register"), {**SAID, **said}).context["form"].errors) == [field]


@pytest.mark.parametrize("name", ["O’Brien", "García-López", "Nguyễn", "李", "de la Cruz", "Jr.", "Ng", "محمد"])
def test_names_of_any_script_are_taken_as_they_are(as_secretary, url, acting, name):
    as_secretary.post(url("register"), {**SAID, "family": name})

    with acting():
        assert registration.details_of(Patient.objects.get()).name().family == name


def test_the_birth_date_is_said_back(as_secretary, url):
    response = as_secretary.post(url("read_day"), {"birth_date": "3/27/85"})

    assert text_of(response).strip().startswith("Mar 27, 1985 (")


def test_a_date_that_cannot_be_said_back_says_what_to_do(as_secretary, url):
    assert "month" in text_of(as_secretary.post(url("read_day"), {"birth_date": "13/27/85"}))


# The page


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


# Change


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


# Deceased


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


# Another practice


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
