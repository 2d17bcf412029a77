"""Which recall a visit meets, and who is called no more."""

from datetime import date, timedelta

import pytest

from compliance.enums import CASE_STANDING
from compliance.models import Case
from patients.models import Patient
from scheduling import recalls
from scheduling.enums_waiting import RecallStatus
from scheduling.models import Recall
from tests.factories import scheduling as make
from tests.factories.scheduling import NOW
from tests.factories.waiting import TEN

R = RecallStatus
DUE = date(2026, 11, 30)


@pytest.fixture
def whose(inside):
    return make.patient()


@pytest.fixture
def kind(inside):
    return make.visit_type("Check-up")


def plan(whose, kind, due_on=DUE, **more):
    return recalls.plan(patient=whose, visit_type=kind, due_on=due_on, by=None, now=NOW, **more)


def states():
    return list(Recall.objects.order_by("due_on").values_list("status", flat=True))


def work():
    return Case.objects.filter(kind="recall", status__in=CASE_STANDING).count()


def becomes(whose, **fields):
    """The patient's record says so from now on, and the clock comes by."""
    Patient.objects.filter(pk=whose.pk).update(**fields)
    recalls.come_due(now=NOW + timedelta(days=1))
    return work()


def test_a_visit_meets_only_the_recall_that_is_nearest(whose, kind, secretary):
    plan(whose, kind, date(2027, 1, 11))
    plan(whose, kind)
    plan(whose, kind, date(2027, 11, 20))

    make.visit(by=secretary, whose=whose, kind=kind, starts_at=TEN)

    assert states() == [R.SCHEDULED, R.PLANNED, R.PLANNED]


@pytest.mark.parametrize(("due_on", "state"), [(date(2027, 1, 25), R.SCHEDULED), (date(2027, 1, 26), R.PLANNED)])
def test_a_visit_more_than_eight_weeks_before_it_is_due_is_another_matter(whose, kind, secretary, due_on, state):
    plan(whose, kind, due_on)

    make.visit(by=secretary, whose=whose, kind=kind, starts_at=TEN)

    assert states() == [state]


def test_one_that_is_called_earlier_is_met_from_then_on(whose, kind, secretary):
    plan(whose, kind, date(2027, 5, 1), contact_from=date(2026, 11, 30))

    make.visit(by=secretary, whose=whose, kind=kind, starts_at=TEN)

    assert states() == [R.SCHEDULED]


def test_a_visit_that_stands_already_meets_a_recall_that_is_planned(whose, kind, secretary):
    visit = make.visit(by=secretary, whose=whose, kind=kind, starts_at=TEN)

    recall = plan(whose, kind)

    assert (recall.status, recall.visit, work()) == (R.SCHEDULED, visit, 0)


def test_but_one_visit_meets_one_recall(whose, kind, secretary):
    make.visit(by=secretary, whose=whose, kind=kind, starts_at=TEN)
    plan(whose, kind)

    plan(whose, kind, date(2026, 12, 7))

    assert states() == [R.SCHEDULED, R.DUE]


def test_neither_does_the_visit_on_which_it_was_planned(whose, kind, secretary):
    visit = make.visit(by=secretary, whose=whose, kind=kind, starts_at=TEN)

    plan(whose, kind, from_visit=visit)

    assert states() == [R.DUE]


@pytest.mark.parametrize("fields", [{"do_not_contact": True}, {"is_active": False}])
def test_who_is_not_to_be_called_any_more_is_no_work_and_may_be_again(whose, kind, fields):
    plan(whose, kind)

    ended = becomes(whose, **fields)

    back = {name: not value for name, value in fields.items()}
    assert (ended, becomes(whose, **back), becomes(whose, **back)) == (0, 1, 1)


def test_who_is_not_active_when_it_is_due_is_no_work(kind):
    plan(make.patient(is_active=False), kind)

    assert work() == 0


def test_the_recalls_of_who_has_died_are_closed(whose, kind):
    plan(whose, kind)
    plan(whose, kind, date(2027, 11, 20))

    assert (becomes(whose, is_deceased=True), states()) == (0, [R.CLOSED, R.CLOSED])
