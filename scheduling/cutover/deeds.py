"""What becomes of one row: booked, moved, cancelled, left as it is, or listed with why."""

from datetime import datetime
from typing import Any

from django.db import DataError, IntegrityError, transaction

from compliance.models import Job
from patients.models import Patient
from scheduling import booking, steps, visits
from scheduling.cutover import brought
from scheduling.cutover.matching import Match, Ours
from scheduling.cutover.rows import Row, Unreadable
from scheduling.cutover.telling import BOTH, BUSY, CHANGED, CLOSED, OVER, REFUSED, TAKEN
from scheduling.enums import UPCOMING, CancelReason, Initiator, Source, ToldBy
from scheduling.models import Appointment, Brought, CutOver

MOVED = "Moved in the other system."


def take(cut_over: CutOver, row: Row, known: Brought | None, ours: Ours, job: Job | None, now: datetime) -> tuple[str, str]:
    """(outcome, why) of one row."""
    visit = known.visit if known else None
    if known and job and known.job_id == job.pk:
        return known.outcome, known.why  # this very job did it, before it was stopped
    if known and visit and known.said == row.said:
        if known.why:
            brought.keep(cut_over, row, outcome="same", job=job, visit=visit)
        return "same", ""
    if row.starts_at and row.starts_at <= now and not row.is_cancelled:
        return "past", ""
    patients: list[Patient] = []
    outcome, done, why = "not booked", None, ""
    try:
        with transaction.atomic():
            outcome, done = _done(row, known, ours, patients, now)
    except tuple(WHY) as refused:
        why = WHY[type(refused)] or str(refused)
    except booking.NotSchedulable as refused:
        why = f"cannot be booked: {refused}"[:200]
    if why or done:
        patient = patients[0] if patients else None
        brought.keep(cut_over, row, outcome=outcome, job=job, visit=done or visit, patient=patient, why=why)
    return outcome, why


def _done(
    row: Row, known: Brought | None, ours: Ours, patients: list[Patient], now: datetime
) -> tuple[str, Appointment | None]:
    """Book, move or cancel what one row says; whom it is about is left in `patients`. Raises what booking raises."""
    if row.is_cancelled:
        return "cancelled", _cancelled(known.visit if known else None, now)
    match = ours.match(row, now)
    patients.append(match.patient)
    if known and known.visit:
        return "moved", _moved(match, row, known, known.visit, now)
    return "booked", _booked(match, row, now)


def _booked(match: Match, row: Row, now: datetime) -> Appointment:
    said: dict[str, Any] = {"patient": match.patient, "provider": match.provider, "starts_at": row.starts_at}
    said |= {"visit_type": match.visit_type, "mode": match.visit_type.usual_mode, "reason": row.reason}
    return booking.book(**said, location=match.location, source=Source.IMPORT, by=None, now=now)


def _moved(match: Match, row: Row, known: Brought, visit: Appointment, now: datetime) -> Appointment:
    """Raises Unreadable where the visit here is over, another's, or was moved by hand."""
    if visit.status not in UPCOMING:
        raise Unreadable(OVER)
    if visit.patient_id != match.patient.pk:
        raise Unreadable("has become another patient's")
    if visit.starts_at != known.starts_at:
        raise Unreadable(BOTH)
    return booking.move(visit, by=None, now=now, why=MOVED, **changes(match, row))


def changes(match: Match, row: Row) -> dict[str, Any]:
    """What of a visit becomes what its row says, as fields of `booking.Wish`."""
    wanted: dict[str, Any] = {"provider": match.provider, "starts_at": row.starts_at, "visit_type": match.visit_type}
    return wanted | {"location": match.location, "room": None, "is_moved": False}


def _cancelled(visit: Appointment | None, now: datetime) -> Appointment | None:
    if visit is None or visit.status not in UPCOMING or visit.starts_at <= now:
        return None
    said: dict[str, Any] = {"reason": CancelReason.OTHER, "initiator": Initiator.PRACTICE, "told_by": ToldBy.NOT_YET}
    visits.cancel(visit, by=None, now=now, note="Cancelled in the other system.", **said)
    return visit


WHY: dict[type[Exception], str] = {  # the sentence of a refusal; empty: its own
    Unreadable: "",
    booking.SlotTaken: TAKEN,
    booking.NeedTaken: TAKEN,
    booking.OutsideHours: CLOSED,
    booking.PatientBusy: BUSY,
    booking.Stale: CHANGED,
    steps.IllegalMove: CHANGED,
    IntegrityError: REFUSED,
    DataError: REFUSED,
}
