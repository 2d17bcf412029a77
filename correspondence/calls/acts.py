"""What is done with visits during a call: each act and its line of the log stand or fall together."""

from datetime import datetime

from compliance.models import User
from correspondence.models import Call
from patients.models import Patient
from scheduling import booking, kinds, visits
from scheduling.enums import CancelReason, ConfirmedVia, Initiator, Mode, Source, ToldBy
from scheduling.models import Appointment, Occupation, Provider, VisitType

from .caller import may_hear
from .writing import changing, write


class NotAuthorised(Exception):
    """Nobody is verified, or the caller has no right to act for the patient: a message can be taken."""


def book(
    call: Call,
    *,
    provider: Provider,
    starts_at: datetime,
    visit_type: VisitType,
    mode: Mode | str,
    version: int,
    by: User,
    now: datetime,
    despite_overlap: bool = False,
) -> Appointment:
    """Book a visit for the patient on the phone. Raises NotAuthorised, Stale, Closed, and what `booking.book` raises."""
    with changing(call, version=version, now=now):
        visit = booking.book(
            patient=_patient_of(call),
            provider=provider,
            starts_at=starts_at,
            visit_type=visit_type,
            mode=mode,
            source=Source.PHONE,
            despite_overlap=despite_overlap,
            held_for=call.pk,
            by=by,
            now=now,
        )
        write(call, "booked", by=by, now=now, about=visit, facts=_facts(visit))
    return visit


def hold(
    call: Call, *, provider: Provider, starts_at: datetime, visit_type: VisitType, version: int, by: User, now: datetime
) -> Occupation:
    """Keep one time while the caller looks into her diary; one that was held before is let go. Runs out by itself.

    Raises NotAuthorised, Stale, Closed, and what `booking.hold` raises.
    """
    with changing(call, version=version, now=now):
        kind = kinds.kind_for(visit_type, _patient_of(call), now=now)
        held = booking.hold(provider, starts_at, kind, by=by, now=now, held_for=call.pk)
        facts = {
            "starts_at": starts_at.isoformat(),
            "provider": provider.short_name,
            "provider_id": str(provider.pk),
            "visit_type": visit_type.name,
            "visit_type_id": str(visit_type.pk),
        }
        write(call, "held", by=by, now=now, about=held, facts=facts)
    return held


def let_go(call: Call, *, version: int, by: User, now: datetime) -> None:
    """Free what was held. Raises Stale, Closed."""
    with changing(call, version=version, now=now):
        booking.release(held_for=call.pk, by=by)
        write(call, "let-go", by=by, now=now)


def move(
    call: Call,
    visit: Appointment,
    *,
    provider: Provider,
    starts_at: datetime,
    version: int,
    visit_version: int,
    by: User,
    now: datetime,
    despite_overlap: bool = False,
) -> Appointment:
    """Move one of the patient's visits. Raises NotAuthorised, Stale, Closed, and what `booking.move` raises."""
    with changing(call, version=version, now=now):
        _patient_of(call, visit)
        before = visit.starts_at
        moved = booking.move(
            visit,
            provider=provider,
            starts_at=starts_at,
            version=visit_version,
            by=by,
            now=now,
            why="Asked for by phone",
            despite_overlap=despite_overlap,
            held_for=call.pk,
        )
        facts = _facts(moved) | {"from": before.isoformat()}
        write(call, "moved", by=by, now=now, about=moved, facts=facts)
    return moved


def cancel(
    call: Call,
    visit: Appointment,
    *,
    reason: CancelReason,
    initiator: Initiator,
    version: int,
    by: User,
    now: datetime,
) -> None:
    """Cancel one of the patient's visits; she told us herself. Raises NotAuthorised, Stale, Closed, IllegalMove."""
    with changing(call, version=version, now=now):
        _patient_of(call, visit)
        visits.cancel(visit, reason=reason, initiator=initiator, told_by=ToldBy.SHE_CALLED, by=by, now=now)
        write(call, "cancelled", by=by, now=now, about=visit, facts=_facts(visit) | {"reason": reason})


def confirm(call: Call, visit: Appointment, *, version: int, by: User, now: datetime) -> None:
    """The caller says that the patient will come. Raises NotAuthorised, Stale, Closed, IllegalMove."""
    with changing(call, version=version, now=now):
        _patient_of(call, visit)
        visits.confirm(visit, via=ConfirmedVia.CALL, by=by, now=now)
        write(call, "confirmed", by=by, now=now, about=visit, facts=_facts(visit))


def _patient_of(call: Call, visit: Appointment | None = None) -> Patient:
    """Whom the caller may act for; a visit must be hers."""
    if call.patient is None or not may_hear(call) or (visit is not None and visit.patient_id != call.patient_id):
        raise NotAuthorised
    return call.patient


def _facts(visit: Appointment) -> dict[str, str]:
    """What the log says of a visit: coded and plain, as on the visit itself."""
    return {
        "starts_at": visit.starts_at.isoformat(),
        "provider": visit.provider.short_name,
        "visit_type": visit.visit_type.name,
    }
