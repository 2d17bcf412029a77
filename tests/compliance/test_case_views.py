"""The page of a case, and what one does on it."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from compliance import cases
from compliance.enums import CaseStatus
from compliance.ids import uuid7
from compliance.models import AuditEvent, Case
from compliance.roles import Role
from compliance.tenancy import SYSTEM, acting_in
from compliance.tenancy.urls import practice_url
from tests.counting import queries
from tests.factories import patients, people


@pytest.fixture
def case(practice):
    with acting_in(practice.pk, SYSTEM):
        return cases.open_case(kind="message", summary="Call her back", by=None, now=timezone.now(), team=Role.SECRETARY)


def now_of(practice, case):
    with acting_in(practice.pk, SYSTEM):
        return Case.objects.get(pk=case.pk)


def act(browser_of, practice, case, verb, **data):
    return browser_of.post(practice_url(practice, f"compliance:{verb}", case.pk), {"version": case.version} | data)


def test_the_page_shows_the_case_with_its_history(as_secretary, practice, case):
    page = as_secretary.get(practice_url(practice, "compliance:case", case.pk)).content.decode()

    assert "Call her back" in page
    assert "Opened" in page


def test_another_teams_case_is_not_there(signed_in, practice, case):
    provider = people.member(practice, Role.PROVIDER)

    assert signed_in(provider).get(practice_url(practice, "compliance:case", case.pk)).status_code == 404


def test_done_closes_it(as_secretary, practice, case):
    response = act(as_secretary, practice, case, "done", note="Reached her")

    assert response.headers["Location"] == practice_url(practice, "compliance:case", case.pk)
    assert now_of(practice, case).status == CaseStatus.COMPLETED


def test_taking_makes_it_ones_own(as_secretary, practice, case, secretary):
    act(as_secretary, practice, case, "take")

    taken = now_of(practice, case)
    assert (taken.owner_id, taken.team, taken.status) == (secretary.pk, "", CaseStatus.IN_PROGRESS)


def test_an_open_case_is_taken_over(as_admin, as_secretary, practice, case, admin):
    act(as_secretary, practice, case, "take")

    act(as_admin, practice, now_of(practice, case), "take")

    assert now_of(practice, case).owner_id == admin.pk


def test_waiting_takes_the_practices_time(as_secretary, practice, case):
    until = (timezone.now() + timedelta(days=2)).astimezone(ZoneInfo("America/Chicago")).replace(second=0, microsecond=0)

    act(as_secretary, practice, case, "wait", on="patient", until=f"{until:%Y-%m-%dT%H:%M}")

    assert now_of(practice, case).waiting_until == until


def test_waiting_until_a_time_that_has_passed_is_refused_in_words(as_secretary, practice, case):
    response = act(as_secretary, practice, case, "wait", on="patient", until="2020-01-01T09:00")

    assert response.status_code == 422
    assert "Choose a time that is still to come." in response.content.decode()


def test_handing_over_to_another_team_leads_back_to_ones_work(as_secretary, practice, case):
    response = act(as_secretary, practice, case, "hand_over", to=Role.BILLING)

    assert response.headers["Location"] == "/my-work/"
    assert now_of(practice, case).team == Role.BILLING


def test_what_was_given_away_can_be_taken_back_within_twenty_seconds(as_secretary, practice, case):
    act(as_secretary, practice, case, "hand_over", to=Role.BILLING)

    act(as_secretary, practice, case, "undo")

    assert now_of(practice, case).team == Role.SECRETARY


def test_a_provider_hands_nothing_over(signed_in, practice, case):
    provider = people.member(practice, Role.PROVIDER)

    assert act(signed_in(provider), practice, case, "hand_over", to=Role.BILLING).status_code == 403


def test_a_case_that_moved_meanwhile_keeps_what_was_typed(as_secretary, practice, case, admin):
    with acting_in(practice.pk, admin.pk):
        cases.hand_over(Case.objects.get(pk=case.pk), by=admin, now=timezone.now(), team=Role.SECRETARY)

    response = act(as_secretary, practice, case, "done", note="Reached her")

    page = response.content.decode()
    assert (response.status_code, "Reached her" in page) == (409, True)
    assert f'name="version" value="{case.version + 1}"' in page


def test_a_closed_case_is_opened_again_with_a_reason_only(as_secretary, practice, case):
    act(as_secretary, practice, case, "done")

    assert act(as_secretary, practice, now_of(practice, case), "take").status_code == 422
    assert act(as_secretary, practice, now_of(practice, case), "take", note="She called again").status_code == 302


def test_a_move_that_is_not_allowed_names_the_allowed_ones(as_secretary, practice, case):
    act(as_secretary, practice, case, "done")

    response = act(as_secretary, practice, now_of(practice, case), "done", note="again")

    assert (response.status_code, "Allowed: Open" in response.content.decode()) == (422, True)


@pytest.mark.parametrize(
    ("asked", "led_to"),
    [("/my-work/?whose=mine", "/my-work/?whose=mine"), ("https://evil.example/", None), ("//evil.example", None)],
)
def test_one_is_led_back_within_the_portal_only(as_secretary, practice, case, asked, led_to):
    response = act(as_secretary, practice, case, "done", next=asked)

    assert response.headers["Location"] == (led_to or practice_url(practice, "compliance:case", case.pk))


def test_a_task_made_by_hand_is_due_on_the_next_working_day(as_secretary, practice, secretary):
    as_secretary.post(
        practice_url(practice, "compliance:new_case"), {"summary": "Order forms", "to": secretary.pk, "priority": "routine"}
    )

    with acting_in(practice.pk, SYSTEM):
        made = Case.objects.get()
    local: datetime = made.due_at.astimezone(ZoneInfo("America/Chicago"))
    assert (made.kind, made.owner_id, local.hour) == ("task", secretary.pk, 17)


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("summary", "", "Say what is to be done."),
        ("summary", "x" * 2001, "at most 2000 characters"),
        ("to", "somebody", "Choose a team or a member."),
        ("due_at", "soon", "Enter a day and a time"),
        ("due_at", "2020-01-01T09:00", "still to come"),
        ("patient", "0190f3c2-0000-7000-8000-000000000000", "There is no such patient here."),
    ],
)
def test_what_is_wrong_with_a_task_is_said_in_words(as_secretary, practice, secretary, field, value, sentence):
    good = {"summary": "Order forms", "to": secretary.pk, "priority": "routine"}

    response = as_secretary.post(practice_url(practice, "compliance:new_case"), good | {field: value})

    assert (response.status_code, sentence in response.content.decode()) == (422, True)


def test_a_task_made_by_hand_may_be_about_a_patient(as_secretary, practice, secretary):
    with acting_in(practice.pk, secretary.pk):
        patient = patients.patient()
    told = {"summary": "Order forms", "to": secretary.pk, "priority": "routine", "patient": patient.pk}

    as_secretary.post(practice_url(practice, "compliance:new_case"), told)

    with acting_in(practice.pk, SYSTEM):
        assert Case.objects.get().patient == patient.pk


def test_opening_a_case_is_opening_its_patients_chart(as_secretary, practice):
    patient = uuid7()
    with acting_in(practice.pk, SYSTEM):
        case = cases.open_case(
            kind="message", summary="Refill", by=None, now=timezone.now(), team=Role.SECRETARY, patient=patient
        )

    as_secretary.get(practice_url(practice, "compliance:case", case.pk))

    with acting_in(practice.pk, SYSTEM):
        event = AuditEvent.objects.get(kind="patient.read")
    assert (event.opened, event.listed) == ([patient], [])


def test_the_page_costs_the_same_for_any_length_of_history(as_secretary, practice, case):
    url = practice_url(practice, "compliance:case", case.pk)
    act(as_secretary, practice, case, "take")
    short = queries(lambda: as_secretary.get(url))
    for _ in range(2):
        act(as_secretary, practice, now_of(practice, case), "take")

    assert queries(lambda: as_secretary.get(url)) == short


def test_the_page_offers_to_undo_only_what_one_just_did(as_secretary, practice, case):
    url = practice_url(practice, "compliance:case", case.pk)
    before = as_secretary.get(url).content.decode()
    act(as_secretary, practice, case, "take")
    after = as_secretary.get(url).content.decode()

    assert ("Undo my last act" in before, "Undo my last act" in after) == (False, True)
