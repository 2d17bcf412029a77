"""Booked visits follow when what their kind needs changes, or a room or machine is closed, out of use or elsewhere."""

from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime
from functools import cache
from typing import Any

from django.db.models import Q, QuerySet

from compliance.models import User
from scheduling import displaced, editing, kept_out, kinds, taking
from scheduling.enums import UPCOMING, ResourceKind
from scheduling.kinds import Wanted
from scheduling.models import Appointment, Need, Occupation, Resource
from scheduling.taking import SlotTaken


def settle(row: Need | Resource, *, by: User, now: datetime) -> int:
    """Have visits to come take what they need where it is free, and give back what they need no more.

    The others become work, answers how many; of those that have everything now it ends. Called after the change, within
    its transaction: what may be taken, and the visits, stay locked until it ends.
    """
    ahead = _ahead(row, now)
    ways = {(one.visit_type, one.mode) for one in ahead.select_related("visit_type")}
    wanted = {(kind.pk, mode): kinds.wanted_by(kind, mode) for kind, mode in ways}
    taking.one_at_a_time(*(pk for some in wanted.values() for pk in kinds.ids(some)))
    visits = list(ahead.select_related("visit_type", "provider", "location", "room").select_for_update(of=("self",)))
    lacking = [
        visit for visit in visits if not _is_fitted(visit, wanted.get((visit.visit_type_id, visit.mode), []), by=by, now=now)
    ]
    fitted = [visit for visit in visits if visit not in lacking]
    outside = kept_out.out_of_hours(fitted)
    displaced.take_work_back([visit for visit in fitted if visit.pk not in outside], now=now)
    return displaced.give_work(lacking, why=_why(row), by=by, now=now)


def _ahead(row: Need | Resource, now: datetime) -> QuerySet[Appointment]:
    """The visits to come that may lack something, by time."""
    ahead = Appointment.objects.filter(status__in=UPCOMING, starts_at__gt=now).order_by("starts_at", "pk")
    if isinstance(row, Need):
        return ahead.filter(visit_type=row.visit_type)
    if not Resource.objects.filter(pk=row.pk).exists():
        return ahead.none()  # it was removed: nothing refers to it
    return ahead.filter(Q(visit_type__in=kinds.needing(row)) | Q(room=row) | Q(pk__in=row.occupations.values("appointment")))


def _is_fitted(visit: Appointment, wanted: list[Wanted], *, by: User, now: datetime) -> bool:
    """Whether a visit has all that it needs after what is free was taken; what it cannot use, or needs no more, goes.

    A room that is taken becomes the visit's where it has none, or cannot use the one it has any more.
    """
    had = {
        row.pk: row for row in Resource.objects.filter(occupations__appointment=visit).exclude(kind=ResourceKind.PROVIDER)
    }
    usable = {pk for pk, row in had.items() if row.is_active and row.location_id in (None, visit.location_id)}
    room, kept, is_fitted = visit.room if visit.room_id in usable else None, {visit.room_id} & usable, True
    for one in wanted:
        there = one.at(visit.location)
        found = next((row for row in there if row.pk in usable), None) or _take_one(visit, there, now)
        if found is None:
            is_fitted = False
            continue
        usable.discard(found.pk)
        kept.add(found.pk)
        if found.kind == ResourceKind.ROOM and room is None:
            room = found
    freed: list[Any] = taking.give_back(visit, *(had.keys() - kept)) if had.keys() - kept else []
    is_fitted &= room is not None or visit.room is None
    if freed or room not in (None, visit.room):
        editing.refit(visit, room or visit.room, freed=freed, by=by, now=now)
    return is_fitted


def _take_one(visit: Appointment, rows: list[Resource], now: datetime) -> Resource | None:
    """Take the first of some things that is free."""
    stretch = visit.starts_at, visit.ends_at
    for row in rows:
        try:
            lane = taking.free_lane(row, *stretch, now=now, visit_type=visit.visit_type, starts_at=visit.starts_at)
        except SlotTaken:
            continue
        taking.take(visit, row, *stretch, lane)
        return row
    return None


def go_elsewhere(thing: Resource, visits: Iterable[Appointment], *, by: User, now: datetime) -> list[Appointment]:
    """Visits leave a room or machine for another that meets the same need, where one is free; answers those that cannot.

    Called within the transaction that closes it, with everything locked that they may take. Who stays keeps it.
    """
    wanted_by, stranded = cache(kinds.wanted_by), []
    for visit in visits:
        others = _instead(visit, thing, wanted_by(visit.visit_type, visit.mode))
        if not _leaves(visit, thing, others, by=by, now=now):
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


def _leaves(visit: Appointment, thing: Resource, others: Iterable[Resource], *, by: User, now: datetime) -> bool:
    """Give a thing back for the first other one that is free; answers False, and leaves all as it is, where none is."""
    stretch = visit.starts_at, visit.ends_at
    for row in others:
        with suppress(SlotTaken):
            lane = taking.free_lane(row, *stretch, now=now, visit_type=visit.visit_type, starts_at=visit.starts_at)
            freed = taking.give_back(visit, thing.pk)
            taking.take(visit, row, *stretch, lane)
            editing.refit(visit, row if visit.room_id == thing.pk else visit.room, freed=freed, by=by, now=now)
            return True
    return False


def _why(row: Need | Resource) -> str:
    if isinstance(row, Need):
        return f"no {row.group} is free then" if row.group else f"{row} is not free then"
    return f"{row} cannot be used then"
