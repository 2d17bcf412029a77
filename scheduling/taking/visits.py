"""What visits take, give back and take again: their provider's time, rooms and machines."""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any
from uuid import UUID

from compliance.models import Location
from scheduling.kinds import Wanted
from scheduling.models import Appointment, Occupation, Resource, VisitType
from scheduling.taking.lanes import SlotTaken, free_lane, one_at_a_time, span


def take(appointment: Appointment, resource: Resource, start: datetime, end: datetime, lane: int) -> Occupation:
    """Take a lane for a visit."""
    return Occupation.objects.create(resource=resource, lane=lane, starts_at=start, ends_at=end, appointment=appointment)


def take_all(rows: Sequence[tuple[Appointment, int]], resource: Resource) -> None:
    """Take a lane for each of many visits of one resource, buffers included, in one statement."""
    spans = [(visit, lane, *span(visit.starts_at, visit.visit_type)) for visit, lane in rows]
    Occupation.objects.bulk_create(
        Occupation(resource=resource, lane=lane, starts_at=start, ends_at=end, appointment=visit)
        for visit, lane, start, end in spans
    )


def meet(
    wanted: Iterable[Wanted],
    location: Location,
    start: datetime,
    end: datetime,
    *,
    visit_type: VisitType,
    now: datetime,
    chosen: Resource | None = None,
) -> list[tuple[Resource, int]]:
    """For each need the first thing that is free, and its lane; a `chosen` room first. All locked. Raises SlotTaken.

    A group that has begun to gather meets where it is.
    """
    one_group: dict[str, Any] = {"visit_type": visit_type, "starts_at": start, "now": now}
    met = [(chosen, free_lane(chosen, start, end, **one_group))] if chosen else []
    spare = {chosen.pk} if chosen else set()
    for one in wanted:
        if spare & {row.pk for row in one.candidates}:
            spare = set()
            continue
        gathered = _gathered(one, visit_type, start)
        used = {row.pk for row, _ in met}
        left = sorted((row for row in one.at(location) if row.pk not in used), key=lambda row: row.pk not in gathered)
        met.append(_first_free(left, start, end, one_group))
    return met


def _first_free(rows: list[Resource], start: datetime, end: datetime, of: dict[str, Any]) -> tuple[Resource, int]:
    for row in rows:
        with suppress(SlotTaken):
            return row, free_lane(row, start, end, **of)
    raise SlotTaken


def _gathered(one: Wanted, visit_type: VisitType, start: datetime) -> set[UUID]:
    if visit_type.capacity == 1:
        return set()
    rows = Occupation.objects.filter(resource__in=one.candidates, appointment__visit_type=visit_type)
    return set(rows.filter(appointment__starts_at=start).values_list("resource", flat=True))


def give_back(appointment: Appointment, *resources: UUID) -> list[list[Any]]:
    """Free what a visit takes, of some resources or everything; answers it as `take_again` wants it, JSON-able."""
    hers = Occupation.objects.filter(appointment=appointment)
    if resources:
        hers = hers.filter(resource__in=resources)
    rows = list(hers)
    hers.delete()
    return [[str(r.resource_id), r.lane, r.starts_at.isoformat(), r.ends_at.isoformat()] for r in rows]


def take_again(appointment: Appointment, freed: Sequence[Sequence[Any]], *, now: datetime) -> None:
    """Take what `give_back` freed. Within `all_or_taken`: a lane that was given away meanwhile raises SlotTaken."""
    resources = one_at_a_time(*resources_of(freed))
    for resource, lane, start, end in freed:
        begins, ends = datetime.fromisoformat(start), datetime.fromisoformat(end)
        one = resources[UUID(resource)]
        Occupation.objects.filter(resource=one, hold_until__lte=now).overlapping(begins, ends).delete()
        take(appointment, one, begins, ends, lane)


def share_again(appointment: Appointment, freed: Sequence[Sequence[Any]], *, now: datetime) -> bool:
    """The same, but what was given away meanwhile is shared with who has it; answers whether any of it is."""
    resources = one_at_a_time(*resources_of(freed))
    is_shared = False
    for resource, _, start, end in freed:
        one, begins, ends = resources[UUID(resource)], datetime.fromisoformat(start), datetime.fromisoformat(end)
        group: dict[str, Any] = {"visit_type": appointment.visit_type, "starts_at": appointment.starts_at}
        try:
            lane = free_lane(one, begins, ends, now=now, **group)
        except SlotTaken:
            lane, is_shared = free_lane(one, begins, ends, now=now, may_overbook=True), True
        take(appointment, one, begins, ends, lane)
    return is_shared


def resources_of(freed: Sequence[Sequence[Any]]) -> list[UUID]:
    """Whose time `give_back` freed."""
    return [UUID(row[0]) for row in freed]
