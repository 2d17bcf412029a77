"""Owned work: moves, waiting, undo (workflows.md section 10)."""

from datetime import UTC, datetime, timedelta

import pytest

from compliance import cases
from compliance.enums import CASE_FINAL, CASE_STANDING, CaseStatus, WaitingOn
from compliance.models import Case
from compliance.roles import Role
from tests.factories import people

NOW = datetime(2026, 11, 23, 16, 0, tzinfo=UTC)


@pytest.fixture
def case(inside, secretary):
    return cases.open_case(
        kind="message", summary="Call back", by=secretary, now=NOW, team=Role.SECRETARY, due_at=NOW + timedelta(hours=1)
    )


def test_a_case_has_an_owner_from_the_start(inside, secretary):
    with pytest.raises(Exception, match="case_is_owned"):
        cases.open_case(kind="message", summary="Nobody's", by=secretary, now=NOW)


@pytest.mark.parametrize("status", CASE_STANDING)
def test_a_standing_case_can_go_to_every_other_status(status):
    from compliance.enums import CASE_NEXT

    assert CASE_NEXT[status] == frozenset(CaseStatus) - {status}


@pytest.mark.parametrize("status", CASE_FINAL)
def test_a_final_case_is_only_opened_again(status):
    from compliance.enums import CASE_NEXT

    assert CASE_NEXT[status] == {CaseStatus.IN_PROGRESS}


def test_done_keeps_when_it_was_closed(case, secretary):
    cases.move(case, CaseStatus.COMPLETED, by=secretary, now=NOW)

    assert (case.status, case.closed_at) == (CaseStatus.COMPLETED, NOW)


def test_opening_again_needs_a_reason(case, secretary):
    cases.move(case, CaseStatus.COMPLETED, by=secretary, now=NOW)

    with pytest.raises(cases.ReasonMissing):
        cases.move(case, CaseStatus.IN_PROGRESS, by=secretary, now=NOW)


def test_an_illegal_move_names_the_allowed_ones(case, secretary):
    cases.move(case, CaseStatus.COMPLETED, by=secretary, now=NOW)

    with pytest.raises(cases.IllegalMove, match="Open"):
        cases.move(case, CaseStatus.ON_HOLD, by=secretary, now=NOW, note="why")


def test_a_stale_move_is_refused_and_shows_the_case_as_it_stands(case, secretary, admin):
    seen = case.version
    cases.hand_over(Case.objects.get(pk=case.pk), by=admin, now=NOW, owner=admin)

    with pytest.raises(cases.Stale) as stale:
        cases.move(case, CaseStatus.COMPLETED, by=secretary, now=NOW, version=seen)

    assert stale.value.case.owner_id == admin.pk


def test_the_clock_stands_still_while_the_patient_is_waited_for(case, secretary):
    cases.wait(case, on=WaitingOn.PATIENT, until=NOW + timedelta(days=1), by=secretary, now=NOW)
    cases.move(case, CaseStatus.IN_PROGRESS, by=secretary, now=NOW + timedelta(hours=5))

    assert case.due_at == NOW + timedelta(hours=6)


def test_a_night_of_waiting_gives_back_no_more_than_the_offices_own_time(case, secretary):
    cases.wait(case, on=WaitingOn.PAYER, until=NOW + timedelta(days=1), by=secretary, now=NOW)
    cases.move(case, CaseStatus.IN_PROGRESS, by=secretary, now=NOW + timedelta(hours=24))

    assert case.due_at == NOW + timedelta(hours=25)


def test_a_case_that_waits_may_wait_longer(case, secretary):
    cases.wait(case, on=WaitingOn.PATIENT, until=NOW + timedelta(hours=2), by=secretary, now=NOW)

    later = NOW + timedelta(hours=2)
    cases.wait(case, on=WaitingOn.PATIENT, until=later + timedelta(days=1), by=secretary, now=later, version=case.version)

    assert (case.status, case.waiting_until, case.due_at) == (
        CaseStatus.ON_HOLD,
        later + timedelta(days=1),
        NOW + timedelta(hours=3),
    )


def test_the_clock_runs_on_while_a_provider_is_waited_for(case, secretary):
    cases.wait(case, on=WaitingOn.PROVIDER, until=NOW + timedelta(days=1), by=secretary, now=NOW)
    cases.move(case, CaseStatus.IN_PROGRESS, by=secretary, now=NOW + timedelta(hours=5))

    assert case.due_at == NOW + timedelta(hours=1)


def test_the_own_last_act_is_undone_within_twenty_seconds(case, secretary):
    cases.move(case, CaseStatus.COMPLETED, by=secretary, now=NOW)

    cases.undo(case, by=secretary, now=NOW + timedelta(seconds=20))

    assert (case.status, case.closed_at) == (CaseStatus.REQUESTED, None)


def test_a_later_undo_is_refused(case, secretary):
    cases.move(case, CaseStatus.COMPLETED, by=secretary, now=NOW)

    with pytest.raises(cases.TooLate):
        cases.undo(case, by=secretary, now=NOW + timedelta(seconds=21))


def test_nobody_undoes_somebody_elses_act(case, secretary, admin):
    cases.move(case, CaseStatus.COMPLETED, by=secretary, now=NOW)

    with pytest.raises(cases.TooLate):
        cases.undo(case, by=admin, now=NOW)


def test_every_act_is_kept(case, secretary):
    cases.hand_over(case, by=secretary, now=NOW + timedelta(seconds=1), owner=secretary)
    cases.move(case, CaseStatus.COMPLETED, by=secretary, now=NOW + timedelta(seconds=2))

    assert list(case.transitions.order_by("at").values_list("what", flat=True)) == ["opened", "handed over", "completed"]


def test_a_secretary_sees_her_teams_cases_and_no_other_teams(inside, case, secretary):
    cases.open_case(kind="privacy", summary="Theirs", by=None, now=NOW, team=Role.PRIVACY_OFFICER)

    assert [row.pk for row in Case.objects.visible_to(secretary)] == [case.pk]


def test_a_practice_admin_sees_every_case(practice, case):
    from compliance.tenancy import acting_in

    someone = people.member(practice, Role.PRACTICE_ADMIN)
    with acting_in(practice.pk, someone.pk):
        assert Case.objects.visible_to(someone).count() == 1
