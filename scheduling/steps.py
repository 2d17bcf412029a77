"""The one function that changes a visit's status, and the row that it leaves behind."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import models, transaction

from compliance.audit import events
from compliance.models import User
from scheduling import displaced, interpreters, occurrences, rebooking, recalls, taking, telling
from scheduling.cutover import brought
from scheduling.enums import NEXT, TAKES_TIME, Status
from scheduling.models import Appointment, Provider, Transition
from scheduling.waitlist import following

REMEMBERED = (
    "status",
    "status_since",
    "cancel_reason",
    "cancel_initiator",
    "told_by",
    "is_late_cancel",
    "confirmed_at",
    "confirmed_via",
    "arrived_at",
    "roomed_at",
    "finished_at",
    "flags",
    "room_id",
)


class IllegalMove(Exception):
    """The visit cannot go there; `allowed` are the statuses it can go to."""

    def __init__(self, allowed: frozenset[Status]) -> None:
        self.allowed = allowed
        super().__init__(", ".join(sorted(status.label for status in allowed)) or "nothing: it is final")


class Stale(Exception):
    """Somebody changed the visit since it was shown; `visit` is as it stands now."""

    def __init__(self, visit: Appointment) -> None:
        self.visit = visit
        super().__init__("The visit was changed meanwhile.")


def allowed(status: Status) -> frozenset[Status]:
    """Where a visit may go from here: the table, and entered-in-error from every state."""
    return NEXT[status] | (frozenset() if status is Status.IN_ERROR else {Status.IN_ERROR})


def go(
    visit: Appointment,
    to: Status,
    *,
    what: str,
    by: User | None,
    now: datetime,
    version: int | None = None,
    note: str = "",
    code: str = "",
    values: dict[str, Any] | None = None,
    moved_to: tuple[datetime, Provider] | None = None,
    freed: list[list[Any]] | None = None,
) -> Transition:
    """Move a visit along the table. Leaving a state that takes time frees it in the same transaction.

    `values` are further columns to set; `freed` is what the caller gave back for it. Raises IllegalMove, Stale.
    """
    as_shown(visit, version)
    came_from = Status(visit.status)
    if to not in allowed(came_from):
        raise IllegalMove(allowed(came_from))
    with transaction.atomic():
        before = _set(visit, {"status": to, "status_since": now, **(values or {})}, now=now, version=version)
        if freed:
            before["occupations"] = freed
        if came_from in TAKES_TIME and to not in TAKES_TIME:
            before["occupations"] = taking.give_back(visit)
        return remember(
            visit, before, what=what, came_from=came_from, by=by, now=now, note=note, code=code, moved_to=moved_to
        )


def as_shown(visit: Appointment, version: int | None) -> None:
    """Raises Stale when the visit has moved on from the version that was shown: that is said before anything else."""
    if version is not None and visit.version != version:
        raise Stale(visit)


def put_back(visit: Appointment, last: Transition, *, by: User, now: datetime) -> Transition:
    """Restore what stood before a transition, time and room included; older steps remember less.

    Within `taking.all_or_taken`. Raises Stale, SlotTaken.
    """
    came_from = Status(visit.status)
    values = {name: _from_json(name, last.before[name]) for name in REMEMBERED if name in last.before}
    room_id = visit.room_id
    if last.before.get("is_overbooked") is False:
        values["overbook_reason"] = None
    with transaction.atomic():
        before = _set(visit, values, now=now, version=visit.version)
        if visit.status not in TAKES_TIME:
            before["occupations"] = taking.give_back(visit)
        elif room_id and room_id != visit.room_id:
            before["occupations"] = taking.give_back(visit, room_id)
        taking.take_again(visit, last.before.get("occupations", ()), now=now)
        return remember(visit, before, what="undone", came_from=came_from, by=by, now=now, undoes=last)


def remember(
    visit: Appointment,
    before: dict[str, Any],
    *,
    what: str,
    came_from: Status | str,
    by: User | None,
    now: datetime,
    note: str = "",
    code: str = "",
    moved_to: tuple[datetime, Provider] | None = None,
    moved_from: Appointment | None = None,
    undoes: Transition | None = None,
) -> Transition:
    """Write the row that says what happened, and its audit event; the work that hangs on the visit follows it."""
    origin = moved_from or visit
    destination = moved_to or (visit.starts_at, visit.provider)
    transition = Transition.objects.create(
        appointment=visit,
        patient_id=visit.patient_id,
        what=what,
        from_status=came_from,
        to_status=visit.status,
        from_starts_at=origin.starts_at,
        to_starts_at=destination[0],
        from_provider_id=origin.provider_id,
        to_provider=destination[1],
        code=code,
        note=note or None,
        before=before,
        at=now,
        by=by,
        undoes=undoes,
    )
    action = events.CREATE if what == "booked" else events.UPDATE
    events.record(f"appointment.{what}", visit, action=action, by=by, body={"from": str(came_from), "to": visit.status})
    interpreters.follow(visit, came_from=came_from, by=by, now=now)
    _follow(visit, came_from=came_from, by=by, now=now)
    return transition


def remember_booked(visits: Sequence[Appointment], *, by: User | None, now: datetime) -> None:
    """The same of many visits that were booked in one act, soonest first: rows in one statement, an audit event of each.

    What waits for a visit of the patient is met by the first; of those that were moved each is followed. What the clock
    books meets nothing: nobody called her about it. Whatever was offered or free at any of the times is so no more.
    """
    Transition.objects.bulk_create(_booked(visit, by, now) for visit in visits)
    if visits:
        following.follow_booked(visits, by=by, now=now)
    for visit in visits:
        body = {"from": "", "to": visit.status}
        events.record("appointment.booked", visit, action=events.CREATE, by=by, body=body)
        interpreters.follow(visit, came_from="", by=by, now=now)
        if visit.rescheduled_from_id or (visit is visits[0] and by is not None):
            _follow(visit, came_from="", by=by, now=now)


def hand_on(old: Appointment, new: Appointment) -> None:
    """What hangs on a visit goes on as the one that it was moved to; when a move is undone, it comes back."""
    for one in (occurrences, brought):
        one.follow(old, new)
    for work in (rebooking, recalls, following):
        work.hand_on(old, new)


def _follow(visit: Appointment, *, came_from: Status | str, by: User | None, now: datetime) -> None:
    """What waits for a visit of the patient: wait list, rebooking, recalls, displaced visits, telling her of a move."""
    for one in (following, rebooking, recalls):
        one.follow(visit, came_from=came_from, by=by, now=now)
    for other in (displaced, telling):
        other.follow(visit, came_from=came_from, now=now)


def _booked(visit: Appointment, by: User | None, now: datetime) -> Transition:
    origin = visit.rescheduled_from or visit
    return Transition(
        appointment=visit,
        patient_id=visit.patient_id,
        what="booked",
        to_status=visit.status,
        from_starts_at=origin.starts_at,
        to_starts_at=visit.starts_at,
        from_provider_id=origin.provider_id,
        to_provider_id=visit.provider_id,
        at=now,
        by=by,
    )


def _set(visit: Appointment, values: dict[str, Any], *, now: datetime, version: int | None) -> dict[str, Any]:
    """Write columns where status and version are as they were shown; answers what stood there, JSON-able.

    Of a double booking only whether there was one: its reason is sealed in the visit, and steps never change it.
    """
    before = {name: _to_json(getattr(visit, name)) for name in REMEMBERED}
    before["is_overbooked"] = bool(visit.overbook_reason)
    expected = Appointment.objects.filter(pk=visit.pk, status=visit.status, version=version or visit.version)
    if not expected.update(**values, version=models.F("version") + 1, updated_at=now):
        raise Stale(Appointment.objects.select_related("provider").get(pk=visit.pk))
    for name, value in values.items():
        setattr(visit, name, value)
    visit.version = (version or visit.version) + 1
    return before


def _to_json(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value) if isinstance(value, UUID) else value


def _from_json(name: str, value: Any) -> Any:
    if value and name.endswith("_id"):
        return UUID(value)
    return datetime.fromisoformat(value) if value and name.endswith(("_at", "_since")) else value
