"""The one writer of Appointment's making: hold, book, move (workflows.md section 1)."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from compliance.models import Location, Practice, User
from compliance.tenancy import current_practice_id
from patients.models import Patient
from scheduling import editing, kinds, steps, taking
from scheduling.asking import (
    PatientBusy,
    Wish,
    WrongRoom,
    as_it_is,
    in_room,
    not_elsewhere,
    offered,
    schedulable,
    sees_patients,
)
from scheduling.enums import ResourceKind, Source, Status
from scheduling.kinds import NotSchedulable
from scheduling.models import Appointment, Occupation, Provider, Resource, VisitType
from scheduling.presence import OutsideHours, usual_place, where_open
from scheduling.steps import Stale
from scheduling.taking import SlotTaken, mine

__all__ = [
    "NotSchedulable",
    "OutsideHours",
    "PatientBusy",
    "SlotTaken",
    "Stale",
    "Wish",
    "WrongRoom",
    "as_it_is",
    "book",
    "hold",
    "move",
    "offered",
    "release",
    "schedulable",
]

REFUSALS = (SlotTaken, OutsideHours, NotSchedulable, PatientBusy)


def hold(
    provider: Provider,
    starts_at: datetime,
    visit_type: VisitType,
    *,
    by: User,
    now: datetime,
    held_for: UUID | None = None,
    mode: str = "",
) -> Occupation:
    """Keep a time for `practice.hold_minutes` while somebody is on the phone. Raises SlotTaken, OutsideHours.

    A call (`held_for`), or without one a person, holds one time: an earlier hold moves here. What the kind needs is held
    with it in that `mode`. `visit_type` is of the minutes that the patient takes (`VisitType.as_for`).
    """
    minutes = Practice.objects.values_list("hold_minutes", flat=True).get(pk=current_practice_id())
    with taking.all_or_taken():
        resource = taking.lock_for(visit_type, provider.resource_id)[provider.resource_id]
        location = where_open(provider, starts_at, visit_type, now=now)
        release(held_for=held_for, by=by)
        until = now + timedelta(minutes=minutes)
        kept: dict[str, Any] = {"by": by, "now": now, "until": until, "held_for": held_for, "mode": mode}
        return taking.hold_visit(resource, location, starts_at, visit_type, **kept)


def release(*, by: User, held_for: UUID | None = None) -> None:
    """Give back what a call holds, or what a person holds outside every call."""
    Occupation.objects.filter(mine(held_for, by)).delete()


def book(
    *,
    patient: Patient,
    provider: Provider,
    starts_at: datetime,
    visit_type: VisitType,
    by: User | None,
    now: datetime,
    **details: Any,
) -> Appointment:
    """Book one visit. `details` are fields of Wish: mode, reason, source, location, room, held_for and so on.

    `overbook_reason` takes a lane beyond the capacity, and a time outside of hours; the caller has asked for the
    permission. Raises SlotTaken, OutsideHours, NotSchedulable, PatientBusy.
    """
    wish = Wish(patient, provider, starts_at, visit_type, **details)
    with taking.all_or_taken():
        return book_wish(wish, by=by, now=now)


def move(
    appointment: Appointment, *, by: User | None, now: datetime, version: int | None = None, why: str = "", **changes: Any
) -> Appointment:
    """Move a visit to another time, provider or kind, in one act; `changes` are fields of Wish.

    The old visit becomes rescheduled and the answer is its successor. When only room, mode, reason or comment
    change, the visit is edited and answered itself. Raises Stale, IllegalMove, and what `book` raises.
    """
    wish = replace(as_it_is(appointment), **changes)
    same = (wish.starts_at, wish.provider.pk, wish.visit_type.pk)
    if same == (appointment.starts_at, appointment.provider_id, appointment.visit_type_id):
        return editing.edit(
            appointment, replace(wish, room=changes.get("room", appointment.room)), by=by, now=now, version=version
        )
    with taking.all_or_taken():
        rooms = appointment.room_id, wish.room.pk if wish.room else None
        taking.lock_for(wish.visit_type, appointment.provider.resource_id, wish.provider.resource_id, *rooms)
        to = (wish.starts_at, wish.provider)
        steps.go(appointment, Status.RESCHEDULED, what="moved", by=by, now=now, version=version, note=why, moved_to=to)
        moved = book_wish(wish, by=by, now=now, instead_of=appointment)
        steps.hand_on(appointment, moved)
        return moved


def book_wish(wish: Wish, *, by: User | None, now: datetime, instead_of: Appointment | None = None) -> Appointment:
    """Book one wish in a transaction of the caller's, under `taking.all_or_taken`. Raises what `book` raises.

    What can be booked without the reason to overbook is no double booking, and does not keep it.
    """
    if wish.overbook_reason:
        with suppress(*REFUSALS), transaction.atomic():
            return book_wish(replace(wish, overbook_reason=""), by=by, now=now, instead_of=instead_of)
    wish = wish.settled(now)
    schedulable(wish, now, instead_of=instead_of)
    wish, wanted, resources = _locked(wish)
    location = _place(wish, now)
    wish = in_room(wish, location, instead_of)
    not_elsewhere(wish, location, instead_of)
    if not wish.overbook_reason and not wish.is_promised and not wish.comes_from(Source.IMPORT):
        kinds.within_limits(wish.visit_type, wish.provider, location, wish.starts_at, new=bool(wish.is_new_patient))
    if by is not None:
        release(held_for=wish.held_for, by=by)
    start, end = taking.span(wish.starts_at, wish.visit_type)
    lane = taking.free_lane(
        resources[wish.provider.resource_id],
        start,
        end,
        now=now,
        visit_type=wish.visit_type,
        starts_at=wish.starts_at,
        may_overbook=bool(wish.overbook_reason),
    )
    met = _met(wish, wanted, location, now)
    appointment = unsaved(_with_room(wish, met), location, by=by, now=now, instead_of=instead_of)
    appointment.save(force_insert=True)
    taking.take(appointment, resources[wish.provider.resource_id], start, end, lane)
    for needed, its_lane in met:
        taking.take(appointment, needed, wish.starts_at, wish.ends_at, its_lane)
    steps.remember(appointment, {}, what="booked", came_from="", by=by, now=now, moved_from=instead_of)
    return appointment


def _locked(wish: Wish) -> tuple[Wish, list[kinds.Wanted], dict[UUID, Resource]]:
    """All that a wish may take, locked; the wish and what its kind needs with things as they are by then.

    Raises NotSchedulable where its provider left while her time was waited for.
    """
    wanted = kinds.wanted_by(wish.visit_type, wish.mode)
    rows = taking.one_at_a_time(wish.provider.resource_id, wish.room.pk if wish.room else None, *kinds.ids(wanted))
    sees_patients(wish.provider, rows[wish.provider.resource_id])
    if wish.room:
        wish = replace(wish, room=rows[wish.room.pk])
    return wish, kinds.as_they_are(wanted, rows), rows


def write_all(
    wishes: Sequence[tuple[Wish, int]],
    location: Location,
    *,
    by: User | None,
    now: datetime,
    instead_of: Sequence[Appointment] | None = None,
) -> list[Appointment]:
    """Write settled wishes of one provider and kind, each with the lane that was chosen for it, in few statements.

    Whether they may be booked was asked before, under the lock (`ahead.Ahead`). Raises NeedTaken.
    """
    wanted = kinds.wanted_by(wishes[0][0].visit_type, wishes[0][0].mode) if wishes else []
    before: Sequence[Appointment | None] = instead_of or [None] * len(wishes)
    wishes = [(in_room(wish, location, old), lane) for (wish, lane), old in zip(wishes, before, strict=True)]
    met = [_met(wish, wanted, location, now) if wanted or wish.room else [] for wish, _ in wishes]
    made = [
        unsaved(_with_room(wish, its), location, by=by, now=now, instead_of=old)
        for (wish, _), its, old in zip(wishes, met, before, strict=True)
    ]
    Appointment.objects.bulk_create(made)
    if wishes:
        lanes = [lane for _, lane in wishes]
        taking.take_all(list(zip(made, lanes, strict=True)), wishes[0][0].provider.resource)
    for visit, its in zip(made, met, strict=True):
        for needed, lane in its:
            taking.take(visit, needed, visit.starts_at, visit.ends_at, lane)
    steps.remember_booked(made, by=by, now=now)
    return made


class NeedTaken(SlotTaken):
    """A room or machine that the visit at `starts_at` needs was taken."""

    def __init__(self, starts_at: datetime) -> None:
        self.starts_at = starts_at
        super().__init__()


def _met(wish: Wish, wanted: list[kinds.Wanted], location: Location, now: datetime) -> list[tuple[Resource, int]]:
    """What is taken besides the provider, each with its lane: the room that was chosen, and what the kind needs."""
    stretch = wish.starts_at, wish.ends_at
    try:
        return taking.meet(wanted, location, *stretch, visit_type=wish.visit_type, now=now, chosen=wish.room)
    except SlotTaken:
        raise NeedTaken(wish.starts_at) from None


def _with_room(wish: Wish, met: Sequence[tuple[Resource, int]]) -> Wish:
    """The wish with the room among what it takes."""
    if wish.room or not met:
        return wish
    return replace(wish, room=next((row for row, _ in met if row.kind == ResourceKind.ROOM), None))


def unsaved(
    wish: Wish, location: Location, *, by: User | None, now: datetime, instead_of: Appointment | None = None
) -> Appointment:
    """The visit of a wish, booked, as it is to be written."""
    return Appointment(
        patient=wish.patient,
        provider=wish.provider,
        visit_type=wish.visit_type,
        location=location,
        room=wish.room,
        starts_at=wish.starts_at,
        ends_at=wish.ends_at,
        status=Status.BOOKED,
        status_since=now,
        mode=wish.mode,
        reason=wish.reason or None,
        comment=wish.comment or None,
        source=wish.source,
        booked_by=by,
        is_new_patient=bool(wish.is_new_patient),
        prepared=list(wish.prepared),
        overbook_reason=wish.overbook_reason or None,
        rescheduled_from=instead_of,
    )


def _place(wish: Wish, now: datetime) -> Location:
    try:
        found = where_open(wish.provider, wish.starts_at, wish.visit_type, now=now)
    except OutsideHours:
        if not wish.overbook_reason:
            raise
        found = wish.location or usual_place(wish.provider, wish.starts_at)
    if wish.location and wish.location.pk != found.pk:
        raise OutsideHours(f"{wish.provider} is at {found} then.")
    return found
