"""Calls as the desk takes them."""

from datetime import UTC, datetime

from compliance.models import Practice, User
from correspondence import calls
from correspondence.enums import CallReason, CallStatus
from correspondence.models import Call
from patients.models import Patient

NOW = datetime(2026, 11, 23, 16, 41, tzinfo=UTC)  # a Monday, 10:41 AM in Chicago
SAID = {"name": "Maria Lopez", "birth_date": "3/27/1985"}  # of tests.factories.patients.patient()


def call(at: Practice, *, by: User, number: str | None = "+16085550123", now: datetime = NOW) -> Call:
    """A call just taken."""
    return calls.take(number, practice=at, by=by, now=now)


def verified(at: Practice, patient: Patient, *, by: User, now: datetime = NOW, said: dict[str, str] = SAID) -> Call:
    """A call whose caller passed the gate as `patient`."""
    taken = call(at, by=by, now=now)
    tried = calls.identify(taken, among=[_with_rows(patient)], said=said, version=taken.version, by=by, now=now)
    assert tried.passed
    return taken


def closed(at: Practice, *, by: User, now: datetime = NOW) -> Call:
    """A call that was closed, with nobody verified."""
    taken = call(at, by=by, now=now)
    calls.close(
        taken,
        outcome=CallStatus.RESOLVED,
        reason=CallReason.OTHER,
        summary="Asked for the opening hours.",
        version=taken.version,
        by=by,
        now=now,
    )
    return taken


def _with_rows(patient: Patient) -> Patient:
    rows = Patient.objects.filter(pk=patient.pk).with_names().prefetch_related("contacts", "addresses")
    return rows.get()
