"""My work: open cases of all practices by time left, and what one does with them."""

from datetime import timedelta

import pytest
from django.utils import timezone

from compliance import cases
from compliance.enums import CaseStatus
from compliance.models import AuditEvent, Case, Certificate
from compliance.roles import Role
from compliance.tenancy import SYSTEM, acting_in
from compliance.tenancy.urls import practice_url
from secretary_portal.desk import work
from tests.counting import queries
from tests.factories import patients, people
from tests.factories.work import NOW, case


@pytest.fixture
def elsewhere(secretary):
    """A second practice of the secretary, in Phoenix."""
    made = people.practice(name="Desert Clinic", time_zone="America/Phoenix")
    people.member(made, Role.SECRETARY, who=secretary)
    return made


def opened(practice, by, **fields):
    with acting_in(practice.pk, by.pk):
        return case(by=by, **fields)


def shown(user, **options):
    return [piece.case.summary for piece in work.open_work(user, now=NOW, **options).pieces]


def test_what_runs_out_first_stands_on_top_over_all_practices(practice, elsewhere, secretary):
    for hours, where in ((3, practice), (1, practice), (2, elsewhere), (4, elsewhere)):
        opened(where, secretary, summary=f"{hours}", due_at=NOW + timedelta(hours=hours))

    assert shown(secretary) == ["1", "2", "3", "4"]


def test_what_has_no_deadline_comes_last(practice, elsewhere, secretary):
    opened(practice, secretary, summary="whenever")
    opened(elsewhere, secretary, summary="soon", due_at=NOW)

    assert shown(secretary) == ["soon", "whenever"]


def test_closed_cases_are_not_shown(practice, secretary):
    with acting_in(practice.pk, secretary.pk):
        cases.move(case(by=secretary), CaseStatus.COMPLETED, by=secretary, now=NOW - timedelta(minutes=1))

    assert shown(secretary) == []


def test_what_one_has_just_done_stays_a_moment_to_be_undone(practice, secretary):
    with acting_in(practice.pk, secretary.pk):
        cases.move(case(by=secretary), CaseStatus.COMPLETED, by=secretary, now=NOW - timedelta(seconds=5))

    found = work.open_work(secretary, now=NOW)

    assert [(piece.is_open, piece.may_undo) for piece in found.pieces] == [(False, True)]
    assert found.total == 0


def test_mine_are_mine_and_the_teams_are_not_yet_taken(practice, secretary):
    opened(practice, secretary, summary="mine", owner=secretary)
    opened(practice, secretary, summary="the team's")

    assert (shown(secretary, whose="mine"), shown(secretary, whose="team")) == (["mine"], ["the team's"])


def test_one_practice_can_be_looked_at_alone(practice, elsewhere, secretary):
    opened(practice, secretary, summary="here")
    opened(elsewhere, secretary, summary="there")

    assert shown(secretary, at=elsewhere.slug) == ["there"]


def test_cases_of_other_practices_and_other_teams_are_not_shown(practice, secretary):
    other = people.practice()
    opened(other, people.member(other, Role.SECRETARY))
    with acting_in(practice.pk, SYSTEM):
        case(team=Role.BILLING)

    assert shown(secretary) == []


def test_fifty_are_shown_and_all_are_counted(practice, elsewhere, secretary):
    for number in range(30):
        for where in (practice, elsewhere):
            opened(where, secretary, due_at=NOW + timedelta(minutes=number))

    found = work.open_work(secretary, now=NOW)

    assert (len(found.pieces), found.total) == (50, 60)


def test_late_is_what_is_past_its_deadline(practice, secretary):
    opened(practice, secretary, due_at=NOW - timedelta(seconds=1))
    opened(practice, secretary, due_at=NOW)

    assert [piece.is_late for piece in work.open_work(secretary, now=NOW).pieces] == [True, False]


def test_without_training_in_a_practice_its_work_is_not_shown(practice, secretary):
    opened(practice, secretary)
    with acting_in(practice.pk, secretary.pk):
        Certificate.objects.update(expires_on=NOW.date() - timedelta(days=400))
    secretary.__dict__.pop("_standings", None)

    assert shown(secretary) == []


def test_patients_are_recorded_as_listed_each_in_her_practice(practice, elsewhere, secretary):
    ids = {}
    for where in (practice, elsewhere):
        with acting_in(where.pk, secretary.pk):
            ids[where] = patients.patient(by=secretary).pk
            case(by=secretary, patient=ids[where])

    work.open_work(secretary, now=NOW)

    for where in (practice, elsewhere):
        with acting_in(where.pk, SYSTEM):
            event = AuditEvent.objects.filter(kind="patient.read").latest("at")
            assert (event.listed, event.opened) == ([ids[where]], [])


def test_only_the_patients_that_are_shown_are_opened(practice, elsewhere, secretary):
    for number in range(work.MOST):
        opened(practice, secretary, due_at=NOW + timedelta(minutes=number))
    with acting_in(elsewhere.pk, secretary.pk):
        case(by=secretary, patient=patients.patient(by=secretary).pk, due_at=NOW + timedelta(days=9))

    work.open_work(secretary, now=NOW)

    with acting_in(elsewhere.pk, SYSTEM):
        assert not AuditEvent.objects.filter(kind="patient.read").exists()


def test_any_number_of_rows_needs_the_same_queries(practice, secretary, as_secretary):
    counts = []
    for _ in range(3):
        with acting_in(practice.pk, secretary.pk):
            case(by=secretary, patient=patients.patient(by=secretary).pk, owner=secretary)
        counts.append(queries(lambda: as_secretary.get("/my-work/")))

    assert counts[0] == counts[2]


def test_the_page_shows_each_time_in_its_practices_zone(practice, elsewhere, secretary, as_secretary):
    for where in (practice, elsewhere):
        opened(where, secretary, due_at=NOW)  # 10 AM in Chicago, 9 AM in Phoenix

    page = as_secretary.get("/my-work/").content.decode()

    assert ("10:00 AM" in page, "9:00 AM" in page) == (True, True)


@pytest.mark.parametrize("asked", ["?whose=nonsense", "?at=no-such-practice", "?whose=%00&at=../x"])
def test_unknown_filters_are_left_out(practice, secretary, as_secretary, asked):
    opened(practice, secretary, summary="Here it is")

    assert "Here it is" in as_secretary.get("/my-work/" + asked).content.decode()


def test_without_work_the_page_says_so(practice, as_secretary):
    assert "Nothing is open" in as_secretary.get("/my-work/").content.decode()


def test_done_from_the_row_leads_back_to_the_list(practice, secretary, as_secretary):
    row = opened(practice, secretary)

    answer = as_secretary.post(
        practice_url(practice, "compliance:done", row.pk), {"version": row.version, "next": "/my-work/?whose=mine"}
    )

    assert (answer.status_code, answer.headers["Location"]) == (302, "/my-work/?whose=mine")
    with acting_in(practice.pk, secretary.pk):
        assert Case.objects.get(pk=row.pk).status == CaseStatus.COMPLETED


def test_undo_from_the_row_opens_it_again(practice, secretary, as_secretary):
    row = opened(practice, secretary)
    with acting_in(practice.pk, secretary.pk):
        cases.move(row, CaseStatus.COMPLETED, by=secretary, now=timezone.now())

    as_secretary.post(practice_url(practice, "compliance:undo", row.pk), {"next": "/my-work/"})

    with acting_in(practice.pk, secretary.pk):
        assert Case.objects.get(pk=row.pk).status == CaseStatus.REQUESTED


def test_a_row_offers_what_can_be_done_with_it(practice, secretary, as_secretary):
    row = opened(practice, secretary)

    page = as_secretary.get("/my-work/").content.decode()

    case_page = practice_url(practice, "compliance:case", row.pk)
    wanted = (f"{case_page}done/", f"{case_page}#wait", f"{case_page}#hand-over")
    assert [address for address in wanted if address not in page] == []


def test_a_stale_done_is_refused_and_says_so(practice, secretary, as_secretary):
    row = opened(practice, secretary)
    with acting_in(practice.pk, secretary.pk):
        cases.hand_over(row, by=secretary, owner=secretary, now=NOW)

    answer = as_secretary.post(practice_url(practice, "compliance:done", row.pk), {"version": 1, "next": "/my-work/"})

    assert (answer.status_code, "Somebody changed this meanwhile" in answer.content.decode()) == (409, True)
