"""What a visit met that was booked by mistake is open again when it is cancelled as such."""

from datetime import date, timedelta

import pytest

from compliance.enums import CaseStatus
from compliance.models import Case
from scheduling import recalls, visits
from scheduling.enums_waiting import RecallStatus, WaitStatus
from scheduling.models import Rebooking, WaitEntry
from tests.factories import scheduling as make
from tests.factories import waiting
from tests.factories.scheduling import NOW
from tests.factories.waiting import TEN

MISTAKE = {"reason": "oth-err", "initiator": "practice", "told_by": "called"}


def again(visit, by):
    return make.visit(by=by, who=visit.provider, kind=visit.visit_type, whose=visit.patient, starts_at=visit.starts_at)


@pytest.fixture
def lost(inside, secretary):
    """A visit that the provider cancelled."""
    visit = make.visit(by=secretary, starts_at=TEN)
    visits.cancel(visit, reason="prov", initiator="provider", told_by="called", by=secretary, now=NOW)
    return visit


def pair():
    row = Rebooking.objects.select_related("case").get()
    return row.case.status, row.found


def test_the_visit_that_it_took_the_place_of_is_work_again(lost, secretary):
    visits.cancel(again(lost, secretary), **MISTAKE, by=secretary, now=NOW)

    assert (pair(), Case.objects.filter(kind="rebook").count()) == ((CaseStatus.IN_PROGRESS, None), 1)


def test_undone_it_takes_that_place_again(lost, secretary):
    found = again(lost, secretary)
    visits.cancel(found, **MISTAKE, by=secretary, now=NOW + timedelta(minutes=5))

    visits.undo(found, by=secretary, now=NOW + timedelta(minutes=5, seconds=5))

    assert pair() == (CaseStatus.COMPLETED, found)


def test_a_recall_that_it_met_is_called_again(inside, secretary):
    kind, whose = make.visit_type(), make.patient()
    recall = recalls.plan(patient=whose, visit_type=kind, due_on=date(2026, 11, 30), by=None, now=NOW)

    visits.cancel(make.visit(by=secretary, whose=whose, kind=kind, starts_at=TEN), **MISTAKE, by=secretary, now=NOW)

    recall.refresh_from_db()
    assert (recall.status, recall.visit, recall.case.status) == (RecallStatus.DUE, None, CaseStatus.IN_PROGRESS)


def test_who_waited_waits_again(inside, secretary):
    kind = make.visit_type()
    entry = waiting.entry(kind)
    visit = make.visit(by=secretary, whose=entry.patient, kind=kind, starts_at=TEN)

    visits.cancel(visit, **MISTAKE, by=secretary, now=NOW)

    entry.refresh_from_db()
    assert (entry.status, entry.booked_visit) == (WaitStatus.WAITING, None)


def test_who_was_put_on_the_list_again_meanwhile_waits_once(inside, secretary):
    kind = make.visit_type()
    entry = waiting.entry(kind)
    visit = make.visit(by=secretary, whose=entry.patient, kind=kind, starts_at=TEN)
    again = waiting.entry(kind, whose=entry.patient)

    visits.cancel(visit, **MISTAKE, by=secretary, now=NOW)

    assert list(WaitEntry.objects.open()) == [again]
