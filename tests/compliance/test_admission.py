"""The admission area: what is missing, the agreement, certificates."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import timezone

from compliance import admission
from compliance import people as domain
from compliance.models import AuditEvent, Certificate, Signature
from compliance.roles import Role
from compliance.tenancy import SYSTEM, acting_in
from compliance.tenancy.urls import practice_url
from tests.factories import people

NEXT_YEAR = timezone.localdate() + timedelta(days=365)
CERTIFICATE = {"course": "HIPAA", "number": "A-1", "completed_on": "2026-01-05", "expires_on": NEXT_YEAR.isoformat()}


@pytest.fixture
def newcomer(practice):
    """A member who neither trained nor signed."""
    who = people.user(name="Ida Novak")
    people.enrolled(who)
    with acting_in(practice.pk, SYSTEM):
        domain.join(user=who, role=Role.SECRETARY, by=None, now=people.LONG_AGO, approved_as="test")
    return who


@pytest.fixture
def hers(signed_in, newcomer):
    return signed_in(newcomer)


def in_context(practice, work):
    with acting_in(practice.pk, SYSTEM):
        return work()


def test_whoever_lacks_something_is_led_to_the_admission_page(hers, practice):
    response = hers.get(practice_url(practice, "compliance:matrix"))

    assert response.headers["Location"] == practice_url(practice, "compliance:admission")


def test_an_act_of_whoever_lacks_something_is_refused(hers, practice):
    assert hers.post(practice_url(practice, "compliance:new_case"), {}).status_code == 403


def test_the_page_says_what_is_missing(hers, practice):
    page = hers.get(practice_url(practice, "compliance:admission")).content.decode()

    assert "Enter the certificate of your HIPAA training." in page
    assert "Read and sign the practice&#x27;s agreement." in page


def test_signing_takes_ones_own_name_in_any_case(hers, practice, newcomer):
    hers.post(practice_url(practice, "compliance:sign"), {"number": 1, "name_typed": " ida  NOVAK "})

    assert in_context(practice, lambda: Signature.objects.get(user=newcomer).name_typed) == "ida  NOVAK"


def test_another_name_does_not_sign(hers, practice, newcomer):
    response = hers.post(practice_url(practice, "compliance:sign"), {"number": 1, "name_typed": "Rosa Diaz"})

    assert response.status_code == 422
    assert not in_context(practice, Signature.objects.filter(user=newcomer).exists)


def test_a_version_that_is_no_longer_the_newest_is_not_signed(hers, practice, newcomer):
    in_context(practice, lambda: admission.publish_agreement("Be very discreet.", now=timezone.now()))

    response = hers.post(practice_url(practice, "compliance:sign"), {"number": 1, "name_typed": "Ida Novak"})

    assert response.status_code == 409
    assert not in_context(practice, Signature.objects.filter(user=newcomer).exists)


def test_a_new_version_has_to_be_signed_before_going_on(as_secretary, practice):
    in_context(practice, lambda: admission.publish_agreement("Be very discreet.", now=timezone.now()))

    response = as_secretary.get(practice_url(practice, "compliance:matrix"))

    assert response.headers["Location"] == practice_url(practice, "compliance:admission")


def test_an_entered_certificate_waits_to_be_confirmed(hers, practice, newcomer):
    hers.post(practice_url(practice, "compliance:enter_certificate"), CERTIFICATE)

    assert in_context(practice, lambda: Certificate.objects.get(user=newcomer).confirmed_at) is None


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("course", "", "Enter the name of the course."),
        ("number", "", "Enter the number on the certificate."),
        ("number", "x" * 61, "at most 60 characters"),
        ("completed_on", "2026-02-30", "Enter a real date"),
        ("completed_on", "2099-01-01", "must not be in the future"),
        ("expires_on", "2025-01-01", "must end after the day of completion"),
        ("expires_on", "2026-02-01", "has run out"),
        ("course", "a\x00b", "This holds a hidden character"),
    ],
)
def test_what_is_wrong_with_a_certificate_is_said_in_words(hers, practice, newcomer, field, value, sentence):
    response = hers.post(practice_url(practice, "compliance:enter_certificate"), CERTIFICATE | {field: value})

    assert (response.status_code, sentence in response.content.decode()) == (422, True)
    assert not in_context(practice, Certificate.objects.filter(user=newcomer).exists)


def test_a_certificate_is_entered_once(hers, practice, newcomer):
    hers.post(practice_url(practice, "compliance:enter_certificate"), CERTIFICATE)

    response = hers.post(practice_url(practice, "compliance:enter_certificate"), CERTIFICATE)

    assert response.status_code == 422
    assert in_context(practice, Certificate.objects.filter(user=newcomer).count) == 1


def test_signed_and_confirmed_one_may_work(hers, practice, newcomer, admin):
    hers.post(practice_url(practice, "compliance:sign"), {"number": 1, "name_typed": "Ida Novak"})
    hers.post(practice_url(practice, "compliance:enter_certificate"), CERTIFICATE)
    with acting_in(practice.pk, admin.pk):
        admission.confirm(Certificate.objects.get(user=newcomer), by=admin, now=timezone.now())

    assert hers.get(practice_url(practice, "compliance:matrix")).status_code == 200


def test_a_certificate_that_has_run_out_closes_the_door(as_secretary, practice, secretary):
    def run_out():
        Certificate.objects.filter(user=secretary).update(expires_on=date(2020, 6, 1))

    in_context(practice, run_out)

    response = as_secretary.get(practice_url(practice, "compliance:admission"))

    assert "Your HIPAA training has run out." in response.content.decode()


def test_signing_is_an_event(hers, practice, newcomer):
    hers.post(practice_url(practice, "compliance:sign"), {"number": 1, "name_typed": "Ida Novak"})

    events = in_context(practice, lambda: list(AuditEvent.objects.filter(actor=newcomer.pk).values_list("kind", flat=True)))
    assert events == ["agreement.signed"]


def test_the_operators_confirmation_stands_under_the_day_of_the_practice(db):
    honolulu = people.practice(time_zone="Pacific/Honolulu")
    late = datetime(2026, 11, 25, 9, 30, tzinfo=UTC)  # 11:30 in the evening of the 24th

    with acting_in(honolulu.pk, SYSTEM):
        certificate = admission.confirm_as_operator(people.user(), now=late)

    assert certificate.completed_on == date(2026, 11, 24)
