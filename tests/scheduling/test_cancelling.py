"""Calling off a visit: what is late, and until when it can be said."""

from datetime import UTC, datetime, timedelta

import pytest

from scheduling import visits
from scheduling.enums import Status
from scheduling.models import Appointment
from scheduling.views.refusals import in_words
from tests.factories import scheduling as make
from tests.factories.scheduling import NOW

TEN = datetime(2026, 11, 23, 16, 0, tzinfo=UTC)
GRACE = timedelta(minutes=15)


@pytest.fixture
def visit(inside, secretary):
    return make.visit(by=secretary, starts_at=TEN)


def cancel(visit, by, now, initiator="patient"):
    return visits.cancel(visit, reason="pat", initiator=initiator, told_by="called", by=by, now=now)


@pytest.mark.parametrize(("initiator", "late"), [("patient", True), ("provider", False), ("practice", False)])
def test_late_is_only_what_the_patient_calls_off(visit, secretary, initiator, late):
    cancel(visit, secretary, NOW, initiator)

    assert Appointment.objects.get().is_late_cancel is late


def test_until_the_grace_is_over_the_patient_can_still_call_off(visit, secretary):
    cancel(visit, secretary, TEN + GRACE - timedelta(seconds=1))

    assert Appointment.objects.get().status == Status.CANCELLED


def test_after_it_she_did_not_come(visit, secretary):
    with pytest.raises(visits.DidNotCome) as refused:
        cancel(visit, secretary, TEN + GRACE)

    assert "“Did not come”" in in_words(refused.value, visit)


@pytest.mark.parametrize("initiator", ["provider", "practice"])
def test_what_the_practice_called_off_can_be_said_afterwards(visit, secretary, initiator):
    cancel(visit, secretary, TEN + timedelta(days=1), initiator)

    assert Appointment.objects.get().status == Status.CANCELLED
