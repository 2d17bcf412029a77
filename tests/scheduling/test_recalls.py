"""Whoever is to be seen again is called until she is booked, declines, or cannot be reached."""

from datetime import UTC, date, datetime, timedelta

import pytest

from compliance.enums import CASE_STANDING, CaseStatus
from compliance.models import Case
from scheduling import booking, recalls, visits
from scheduling.enums_waiting import MOST_ATTEMPTS, OUTCOMES, RECALL_NEXT, AttemptResult, RecallStatus
from scheduling.models import Recall
from tests.factories import scheduling as make
from tests.factories.scheduling import NOW
from tests.factories.waiting import TEN

R = RecallStatus
IN_HALF_A_YEAR, SOON = date(2027, 5, 23), date(2026, 11, 30)
ENDS = {R.SCHEDULED, R.DECLINED, R.UNREACHABLE, R.CLOSED}


def plan(due_on=SOON, **more):
    said = {"patient": more.pop("whose", None) or make.patient(), "visit_type": more.pop("kind", None) or make.visit_type()}
    return recalls.plan(**said, due_on=due_on, by=None, now=NOW, **more)


def tried(recall, by, result, *, now=NOW, method="phone"):
    recalls.attempt(recall, method=method, result=result, by=by, now=now)
    recall.refresh_from_db()
    return recall


def work():
    return list(Case.objects.filter(kind="recall", status__in=CASE_STANDING))


def test_the_table_is_that_of_the_workflow():
    assert {
        R.PLANNED: {R.DUE, R.SCHEDULED, R.CLOSED},
        R.DUE: {R.ATTEMPTING} | ENDS,
        R.ATTEMPTING: {R.ATTEMPTING} | ENDS,
        **{end: set() for end in ENDS},
    } == RECALL_NEXT


def test_each_result_says_whether_she_was_reached_and_whether_to_try_again():
    assert {result: (one.patient_reached, one.attempt_again) for result, one in OUTCOMES.items()} == {
        AttemptResult.NO_ANSWER: (False, True),
        AttemptResult.LEFT_MESSAGE: (False, True),
        AttemptResult.SENT: (False, True),
        AttemptResult.CALLS_BACK: (True, True),
        AttemptResult.DECLINED: (True, False),
        AttemptResult.WRONG_NUMBER: (False, False),
    }


def test_a_recall_of_half_a_year_waits_until_a_month_before(inside):
    recall = plan(IN_HALF_A_YEAR)

    assert (recall.status, recall.contact_from, work()) == (R.PLANNED, date(2027, 4, 23), [])


def test_on_that_day_it_becomes_work(inside):
    recall = plan(IN_HALF_A_YEAR)

    recalls.come_due(now=datetime(2027, 4, 23, 14, 0, tzinfo=UTC))

    recall.refresh_from_db()
    assert (recall.status, [case.patient for case in work()]) == (R.DUE, [recall.patient_id])


def test_a_message_that_was_left_sets_the_next_try_to_the_morning_of_the_first_working_day_after_three(inside, secretary):
    recall = tried(plan(), secretary, "left-message")

    assert (recall.status, recall.attempts_made) == (R.ATTEMPTING, 1)
    assert recall.next_try_at == datetime(2026, 11, 27, 15, 0, tzinfo=UTC)  # 9 AM in Chicago; Thursday is Thanksgiving
    assert [(case.status, case.waiting_until) for case in work()] == [(CaseStatus.ON_HOLD, recall.next_try_at)]


def test_who_does_not_want_to_come_is_not_called_again(inside, secretary):
    recall = tried(plan(), secretary, "declined")

    assert (recall.status, recall.next_try_at, work()) == (R.DECLINED, None, [])


def test_after_five_tries_without_an_answer_she_is_not_reached(inside, secretary):
    recall = plan()
    for number in range(MOST_ATTEMPTS):
        recall = tried(recall, secretary, "no-answer", now=NOW + timedelta(days=number))

    assert (recall.status, recall.attempts_made, work()) == (R.UNREACHABLE, MOST_ATTEMPTS, [])


def test_every_attempt_stands_with_method_result_and_next_try(inside, secretary):
    recall = tried(plan(), secretary, "sent", method="email")

    step = recall.steps.get(method="email")
    assert (step.result, step.next_try_at, step.by) == ("sent", datetime(2026, 11, 30, 15, 0, tzinfo=UTC), secretary)


def test_do_not_contact_is_obeyed(inside, secretary):
    recall = plan(whose=make.patient(do_not_contact=True))

    with pytest.raises(recalls.NotContacted):
        tried(recall, secretary, "no-answer")

    assert (recall.attempts_made, work()) == (0, [])


def test_booking_a_matching_visit_closes_it(inside, secretary):
    recall = plan()

    visit = make.visit(by=secretary, whose=recall.patient, kind=recall.visit_type, starts_at=TEN)

    recall.refresh_from_db()
    assert (recall.status, recall.visit, work()) == (R.SCHEDULED, visit, [])


def test_undoing_that_booking_opens_it_again(inside, secretary):
    recall = plan()
    visit = make.visit(by=secretary, whose=recall.patient, kind=recall.visit_type, starts_at=TEN)

    visits.undo(visit, by=secretary, now=NOW)

    recall.refresh_from_db()
    assert (recall.status, recall.visit, len(work())) == (R.DUE, None, 1)


def test_several_recalls_stand_for_one_patient_and_only_the_matching_one_closes(inside, secretary):
    first = plan()
    second = plan(whose=first.patient)

    make.visit(by=secretary, whose=first.patient, kind=first.visit_type, starts_at=TEN)

    assert [Recall.objects.get(pk=one.pk).status for one in (first, second)] == [R.SCHEDULED, R.DUE]


def test_a_closed_recall_is_tried_no_more(inside, secretary):
    recall = plan()
    recalls.close(recall, by=secretary, now=NOW)

    with pytest.raises(recalls.IllegalMove):
        tried(recall, secretary, "no-answer")

    assert recall.status == R.CLOSED


def test_a_visit_that_is_moved_does_not_end_the_recall_that_was_planned_on_it(inside, secretary):
    visit = make.visit(by=secretary, starts_at=TEN)
    row = plan(IN_HALF_A_YEAR, whose=visit.patient, kind=visit.visit_type, from_visit=visit)

    booking.move(visit, starts_at=TEN + timedelta(hours=1), by=secretary, now=NOW)

    row.refresh_from_db()
    assert row.status == R.PLANNED


def test_a_recall_knows_to_where_its_visit_was_moved(inside, secretary):
    row = plan()
    visit = make.visit(by=secretary, starts_at=TEN, whose=row.patient, kind=row.visit_type)

    moved = booking.move(visit, starts_at=TEN + timedelta(hours=1), by=secretary, now=NOW)

    row.refresh_from_db()
    assert (row.status, row.visit) == (R.SCHEDULED, moved)
