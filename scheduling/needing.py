"""Booked visits follow when what their kind needs changes, or a room or machine is closed, out of use or elsewhere."""

from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from django.db.models import F, Q

from compliance.models import User
from scheduling import displaced, kinds, steps, taking
from scheduling.enums import UPCOMING, ResourceKind, Status
from scheduling.kinds import Wanted
from scheduling.models import Appointment, Need, Occupation, Resource, VisitType
from scheduling.taking import SlotTaken


def settle(row: Need | Resource, *, by: User, now: datetime) -> int:
    """Have visits to come take what they need where it is free; the others become work. Answers how many did.

    Called after the change, within its transaction: what may be taken stays locked until it ends.
    """
    stranded: list[Appointment] = []
    for visit_type, visits in _by_kind(row, now):
        wanted = kinds.wanted_by(visit_type)
        taking.lock_for(visit_type, *(visit.provider.resource_id for visit in visits))
        stranded += [visit for visit in visits if not _has_all(visit, wanted, now)]
    return displaced.give_work(stranded, why=_why(row), by=by, now=now)


def _by_kind(row: Need | Resource, now: datetime) -> Iterable[tuple[VisitType, list[Appointment]]]:
    """The visits that may lack something, by their kind, each kind by time."""
    ahead = Appointment.objects.filter(status__in=UPCOMING, starts_at__gt=now)
    if isinstance(row, Need):
        ahead = ahead.filter(visit_type=row.visit_type)
    else:
        ahead = ahead.filter(
            Q(visit_type__in=kinds.needing(row)) | Q(room=row) | Q(pk__in=row.occupations.values("appointment"))
        )
    found: dict[UUID, tuple[VisitType, list[Appointment]]] = {}
    for visit in ahead.select_related("visit_type", "provider", "location", "room").order_by("starts_at", "pk"):
        found.setdefault(visit.visit_type_id, (visit.visit_type, []))[1].append(visit)
    return found.values()


def _has_all(visit: Appointment, wanted: list[Wanted], now: datetime) -> bool:
    """Whether a visit has all that it needs after what is free was taken; what it has and cannot use is given back."""
    mine = _usable(visit)
    is_fine = visit.room is None or visit.room_id in mine
    for one in wanted:
        there = one.at(visit.location)
        found = next((row for row in there if row.pk in mine), None)
        if found:
            mine.discard(found.pk)
        else:
            is_fine &= _take_one(visit, there, now)
    return is_fine


def _usable(visit: Appointment) -> set[UUID]:
    held = Resource.objects.filter(occupations__appointment=visit).exclude(kind=ResourceKind.PROVIDER)
    rows = list(held)
    gone = [row.pk for row in rows if not row.is_active or row.location_id not in (None, visit.location_id)]
    if gone:
        taking.give_back(visit, *gone)
    return {row.pk for row in rows} - set(gone)


def _take_one(visit: Appointment, rows: list[Resource], now: datetime) -> bool:
    """Take the first of some things that is free; a room becomes the visit's, where it has none."""
    stretch = visit.starts_at, visit.ends_at
    for row in rows:
        try:
            lane = taking.free_lane(row, *stretch, now=now, visit_type=visit.visit_type, starts_at=visit.starts_at)
        except SlotTaken:
            continue
        taking.take(visit, row, *stretch, lane)
        if row.kind == ResourceKind.ROOM and visit.room is None:
            Appointment.objects.filter(pk=visit.pk).update(room=row, version=F("version") + 1, updated_at=now)
        return True
    return False


def go_elsewhere(thing: Resource, visits: Iterable[Appointment], *, why: str, by: User, now: datetime) -> list[Appointment]:
    """Visits leave a room or machine for another that meets the same need, where one is free; answers those that cannot.

    Called within the transaction that closes it, with everything locked that they may take. Who stays keeps it.
    """
    wanted_by, stranded = cache(kinds.wanted_by), []
    for visit in visits:
        others = _instead(visit, thing, wanted_by(visit.visit_type, visit.mode))
        if not _leaves(visit, thing, others, why=why, by=by, now=now):
            stranded.append(visit)
    return stranded


def _instead(visit: Appointment, thing: Resource, wanted: Iterable[Wanted]) -> list[Resource]:
    """What else meets the need that a thing meets; for a room that was only chosen, others of its group."""
    need = next((one for one in wanted if thing in one.candidates), None)
    if need:
        rows = need.at(visit.location)
    elif thing.group:
        same = Resource.objects.filter(kind=thing.kind, group=thing.group, is_active=True)
        rows = list(same.filter(Q(location=None) | Q(location=visit.location)).order_by("name", "pk"))
    else:
        rows = []
    has = set(Occupation.objects.filter(appointment=visit).values_list("resource", flat=True))
    return [row for row in rows if row.pk not in has]


def _leaves(visit: Appointment, thing: Resource, others: Iterable[Resource], *, why: str, by: User, now: datetime) -> bool:
    """Give a thing back for the first other one that is free; answers False, and leaves all as it is, where none is."""
    stretch = visit.starts_at, visit.ends_at
    for row in others:
        with suppress(SlotTaken):
            lane = taking.free_lane(row, *stretch, now=now, visit_type=visit.visit_type, starts_at=visit.starts_at)
            before: dict[str, Any] = {"occupations": taking.give_back(visit, thing.pk)}
            taking.take(visit, row, *stretch, lane)
            if visit.room_id == thing.pk:
                visit.room = row
            visit.version += 1
            visit.save(update_fields=["room", "version", "updated_at"])
            steps.remember(visit, before, what="changed", came_from=Status(visit.status), by=by, now=now, note=why)
            return True
    return False


def _why(row: Need | Resource) -> str:
    if isinstance(row, Need):
        return f"no {row.group} is free then" if row.group else f"{row} is not free then"
    return f"{row} cannot be used then"
