"""Insurance of a whole board day in one answer."""

from datetime import timedelta

import pytest

from compliance.models import AuditEvent
from compliance.roles import Role
from compliance.tenancy.urls import practice_url
from scheduling.models import Appointment
from tests.counting import queries
from tests.factories import insurance, people, scheduling
from tests.factories.reminders import VISIT

HTMX = {"HX-Request": "true"}


@pytest.fixture
def board(inside, secretary):
    """Answers a function that books a visit of the day."""
    provider, kind = scheduling.provider(), scheduling.visit_type()

    def book(number=0, **fields):
        starts_at = VISIT + timedelta(minutes=30 * number)
        return scheduling.visit(by=secretary, who=provider, starts_at=starts_at, **{"kind": kind} | fields)

    return book


def badges(client, practice, day="2026-11-23"):
    return client.get(practice_url(practice, "insurance:day_badges", day), headers=HTMX)


def test_each_visit_gets_its_badge_out_of_band(practice, board, as_secretary):
    visit = board()

    page = badges(as_secretary, practice).content.decode()

    assert f'<span id="ready-{visit.pk}" class="ready st-bad" hx-swap-oob="true"' in page
    assert "No insurance on file" in page


def test_a_checked_visit_is_ready(practice, board, secretary, as_secretary):
    visit = board()
    insurance.check(insurance.coverage(visit.patient, by=secretary), by=secretary, serviced_on=VISIT.date())

    assert "ready st-good" in badges(as_secretary, practice).content.decode()


def test_a_visit_that_needs_no_insurance_gets_no_badge(practice, board, as_secretary):
    board(kind=scheduling.visit_type(needs_coverage=False))

    assert badges(as_secretary, practice).content.decode().strip() == ""


def test_cancelled_visits_get_none(practice, board, as_secretary):
    board()
    Appointment.objects.update(status="entered-in-error")

    assert badges(as_secretary, practice).content.decode().strip() == ""


def test_nothing_is_opened_for_it(practice, board, secretary, as_secretary):
    visit = board()
    insurance.check(insurance.coverage(visit.patient, by=secretary), by=secretary, serviced_on=VISIT.date())
    before = AuditEvent.objects.count()

    badges(as_secretary, practice)

    assert AuditEvent.objects.count() == before


def test_any_number_of_visits_needs_the_same_queries(practice, board, secretary, as_secretary):
    payer, counts = insurance.payer(), []
    for number in range(3):
        patient = board(number).patient
        insurance.check(insurance.coverage(patient, by=secretary, insurer=payer), by=secretary, serviced_on=VISIT.date())
        counts.append(queries(lambda: badges(as_secretary, practice)))

    assert counts[0] == counts[2]


@pytest.mark.parametrize("day", ["monday", "2026-02-31", "20261123x"])
def test_a_day_that_is_none_is_not_found(practice, as_secretary, day):
    assert badges(as_secretary, practice, day).status_code == 404


def test_as_a_page_it_counts_what_is_not_ready(practice, board, as_secretary):
    board()

    page = as_secretary.get(practice_url(practice, "insurance:day_badges", "2026-11-23")).content.decode()

    assert "Not ready: 1 of 1." in page


def test_the_privacy_officer_sees_no_schedule(practice, signed_in):
    assert badges(signed_in(people.member(practice, Role.PRIVACY_OFFICER)), practice).status_code == 403
