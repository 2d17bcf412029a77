"""Registering a patient: what is taken, what is refused, where."""

import pytest

from patients import consent, registration
from patients.enums import Purpose
from patients.models import Patient
from tests.patients.views.pages import SAID, text_of


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
