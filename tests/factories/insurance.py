"""Payers, coverage and checks."""

from datetime import UTC, date, datetime

from insurance import coverage as writer
from insurance import eligibility
from insurance.enums import Method
from insurance.models import Coverage, EligibilityCheck, Payer
from patients.models import Patient

NOW = datetime(2026, 11, 20, 16, 0, tzinfo=UTC)


def payer(name: str = "Blue Prairie") -> Payer:
    """An insurer of the practice being acted in."""
    return Payer.objects.create(name=name)


def coverage(patient: Patient, *, by, insurer: Payer | None = None, member_id: str = "XK 123-456", **fields) -> Coverage:
    """A coverage without an end, billed first."""
    return writer.add(patient=patient, payer=insurer or payer(), member_id=member_id, by=by, **fields)


def check(of: Coverage, *, by, serviced_on: date, is_in_force: bool | None = True, now=NOW, **details) -> EligibilityCheck:
    """What a payer said by phone."""
    return eligibility.record(
        of, serviced_on=serviced_on, method=Method.PORTAL, by=by, now=now, is_in_force=is_in_force, details=details
    )
