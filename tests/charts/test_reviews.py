"""Oversight is worked by those to whom it was given: nobody closes the review of her own act."""

import pytest
from django.utils import timezone

from compliance import cases, charts, handing_over
from compliance.models import AuditEvent, Case, GlassReason, Relation
from compliance.roles import Role
from compliance.tenancy import SYSTEM, acting_in
from compliance.tenancy.urls import practice_url
from tests.factories import patients, people, work

WHY = {"reason": GlassReason.EMERGENCY, "words": "She is on the line."}


@pytest.fixture
def maria(practice):
    with acting_in(practice.pk, SYSTEM):
        return patients.patient()


@pytest.fixture
def review(practice, maria, admin):
    """Of glass that the admin broke over a chart that a colleague had restricted."""
    other = people.member(practice, Role.PRACTICE_ADMIN, name="Eve Other")
    with acting_in(practice.pk, admin.pk):
        charts.restrict(maria.pk, by=other)
        return charts.break_glass(maria.pk, **WHY, by=admin, now=timezone.now()).review


@pytest.fixture
def officer(practice):
    return people.member(practice, Role.PRIVACY_OFFICER)


def done(browser, practice, case):
    """The answer, and whether the case is closed now."""
    answer = browser.post(practice_url(practice, "compliance:done", case.pk), {"version": case.version})
    with acting_in(practice.pk, SYSTEM):
        return answer, Case.objects.get(pk=case.pk).closed_at is not None


def test_an_admin_does_not_close_the_review_of_her_own_glass(practice, review, as_admin):
    answer, is_closed = done(as_admin, practice, review)

    assert (answer.status_code, is_closed) == (422, False)
    assert "nobody reviews her own act" in answer.content.decode()


def test_the_privacy_officer_closes_it(practice, review, officer, signed_in):
    assert done(signed_in(officer), practice, review)[1]


def test_of_an_officer_who_is_secretary_too_the_admins_have_the_review(practice, inside, maria, secretary, admin):
    people.member(practice, Role.PRIVACY_OFFICER, who=secretary)
    charts.restrict(maria.pk, by=admin)

    glass = charts.break_glass(maria.pk, **WHY, by=secretary, now=timezone.now())

    assert glass.review.team == Role.PRACTICE_ADMIN


def test_an_admin_does_not_close_an_incident(practice, secretary, as_admin):
    with acting_in(practice.pk, secretary.pk):
        incident = work.case(by=secretary, now=timezone.now(), kind="incident", team=Role.PRIVACY_OFFICER)

    assert not done(as_admin, practice, incident)[1]


def test_whoever_reads_the_review_is_recorded_with_the_patient(practice, maria, review, officer, signed_in):
    signed_in(officer).get(practice_url(practice, "compliance:case", review.pk))

    with acting_in(practice.pk, SYSTEM):
        assert AuditEvent.objects.filter(kind="patient.read", actor=officer.pk, opened=[maria.pk]).exists()


def test_who_is_barred_from_the_chart_does_not_read_its_review(practice, maria, review, admin, officer, signed_in):
    with acting_in(practice.pk, admin.pk):
        charts.bar(officer, maria.pk, relation=Relation.NEIGHBOUR, by=admin)

    assert signed_in(officer).get(practice_url(practice, "compliance:case", review.pk)).status_code == 404


def test_what_a_leaving_officer_worked_on_goes_to_the_officers(practice, inside, secretary, admin):
    people.member(practice, Role.PRIVACY_OFFICER, who=secretary)
    incident = work.case(by=admin, now=timezone.now(), kind="incident", owner=secretary, team="")

    handing_over.hand_over(secretary, team=Role.SECRETARY, by=admin, now=timezone.now())

    incident.refresh_from_db()
    assert incident.team == Role.PRIVACY_OFFICER
    with pytest.raises(cases.NotYours):
        cases.insist(incident, admin)
