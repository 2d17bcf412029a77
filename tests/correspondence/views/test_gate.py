"""The page of a call before and after the gate, and who may see it."""

import re

import pytest
from django.utils import timezone

from compliance.models import AuditEvent
from compliance.roles import Role
from compliance.tenancy import acting_in
from compliance.tenancy.urls import practice_url
from correspondence.models import Call
from tests.correspondence.views.pages import ON_FILE, now_of
from tests.factories import calls as made
from tests.factories import people, scheduling
from tests.fixed import fixed


def test_before_the_gate_a_candidate_is_initials_only(as_secretary, at, patient):
    html = fixed(as_secretary.get(at).content.decode())

    assert "Q. C." in html
    assert [text for text in ON_FILE if text in html] == []


def test_after_a_failed_try_still_nothing_stands_there(do, patient):
    answer = do("gate", name="Quinta Roma", birth_date="2/4/1961")

    html = re.sub(r'value="[^"]*"', "", fixed(answer.content.decode()))  # what was typed is kept
    assert answer.status_code == 422
    assert [text for text in ON_FILE if text in html] == []


def test_each_identifier_is_answered(do, patient):
    html = do("gate", name="Quinta Canaria", birth_date="2/4/1961").content.decode()

    assert ("Full name matches" in html, "Date of birth: no match" in html) == (True, True)


def test_listing_candidates_is_recorded_as_listing(as_secretary, at, patient, practice, secretary):
    as_secretary.get(at)

    with acting_in(practice.pk, secretary.pk):
        event = AuditEvent.objects.filter(kind="patient.read").latest("at")
    assert (event.listed, event.opened) == ([patient.pk], [])


def test_after_the_gate_her_chart_is_open_and_recorded(as_secretary, at, verified, patient, practice, secretary):
    html = as_secretary.get(at).content.decode()

    with acting_in(practice.pk, secretary.pk):
        event = AuditEvent.objects.filter(kind="patient.read").latest("at")
    assert "Verified by name and birth date" in html
    assert event.opened == [patient.pk]


def test_somebody_without_the_number_on_file_is_found_by_what_she_says(practice, secretary, as_secretary, patient):
    other = made.call(practice, by=secretary, number=None, now=timezone.now())
    url = practice_url(practice, "correspondence:call_act", other.pk, "gate")

    as_secretary.post(url, {"version": other.version, "name": "Quinta Canaria", "birth_date": "02/03/1961"})

    assert now_of(practice, secretary, other).patient_id == patient.pk


def test_somebody_else_without_a_right_hides_the_chart_again(do, verified, as_secretary, at):
    do("caller", relationship="spouse", authority="")

    html = fixed(as_secretary.get(at).content.decode())
    assert "message only" in html
    assert [text for text in ON_FILE if text in html] == []


@pytest.mark.parametrize("role", [Role.SECRETARY, Role.SCHEDULING_SECRETARY])
def test_secretaries_take_calls(role, practice, signed_in):
    client = signed_in(people.member(practice, role))

    answer = client.post("/calls/", {"practice": practice.slug, "number": "608 555 0177"})

    assert answer.status_code == 302
    assert answer.url.startswith(f"/p/{practice.slug}/calls/")


@pytest.mark.parametrize("role", [Role.BILLING, Role.PROVIDER, Role.PRACTICE_ADMIN, Role.PRIVACY_OFFICER])
def test_nobody_else_takes_calls(role, practice, signed_in, secretary):
    client = signed_in(people.member(practice, role))

    client.post("/calls/", {"practice": practice.slug})

    with acting_in(practice.pk, secretary.pk):
        assert Call.objects.count() == 0


@pytest.mark.parametrize(("role", "status"), [(Role.BILLING, 403), (Role.PRIVACY_OFFICER, 403), (Role.PRACTICE_ADMIN, 200)])
def test_who_reads_a_call(role, status, practice, signed_in, at):
    assert signed_in(people.member(practice, role)).get(at).status_code == status


@pytest.mark.parametrize("role", [Role.BILLING, Role.PROVIDER, Role.PRACTICE_ADMIN])
def test_who_only_reads_does_nothing_in_a_call(role, practice, signed_in, do):
    assert do("hang-up", client=signed_in(people.member(practice, role))).status_code == 403


def test_a_provider_reads_calls_about_her_patients_only(practice, secretary, signed_in, do, patient, at, call):
    doctor = people.member(practice, Role.PROVIDER)
    client = signed_in(doctor)
    do("gate", name="Quinta Canaria", birth_date="2/3/1961")
    before = client.get(at).status_code
    with acting_in(practice.pk, secretary.pk):
        who = scheduling.provider(user=doctor)
        scheduling.visit(by=secretary, who=who, whose=patient)

    assert (before, client.get(at).status_code) == (404, 200)


def test_a_provider_sees_no_form(practice, secretary, signed_in, verified, patient, at):
    doctor = people.member(practice, Role.PROVIDER)
    with acting_in(practice.pk, secretary.pk):
        scheduling.visit(by=secretary, who=scheduling.provider(user=doctor), whose=patient)

    html = signed_in(doctor).get(at).content.decode()
    assert "/hang-up/" not in html
