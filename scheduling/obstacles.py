"""Why a time could not be taken, in one sentence: asked after the fact, so it says what stands there now. Writes nothing."""

from collections import defaultdict
from datetime import datetime, timedelta
from uuid import UUID

from compliance.models import User
from scheduling import kinds
from scheduling.models import Occupation, Provider, Resource, VisitType
from scheduling.models.occupation import OccupationQuerySet
from scheduling.presence import place_for
from scheduling.taking import has_lane, mine, span

GONE = "It was taken, and is free again: try once more."


def in_words(
    provider: Provider,
    starts_at: datetime,
    visit_type: VisitType,
    *,
    now: datetime,
    mode: str = "",
    room: Resource | None = None,
    leaving: UUID | None = None,
    by: User | None = None,
    held_for: UUID | None = None,
) -> str:
    """What takes the time of a visit of this kind: another, what is kept free beside one, a hold, a room.

    `visit_type` is of the minutes that the patient takes (`VisitType.as_for`). A visit that is `leaving` takes nothing, nor
    what is held `by` whoever was refused, of her call or outside of all.
    """
    ends_at = starts_at + timedelta(minutes=visit_type.minutes)
    begins, over = span(starts_at, visit_type)
    taken = Occupation.objects.exclude(appointment=leaving) if leaving else Occupation.objects.all()
    taken = taken.exclude(mine(held_for, by)) if by else taken
    rows = taken.filter(resource=provider.resource_id).overlapping(begins, over).in_force(now).with_group()
    there = list(rows.select_related("appointment", "held_by").order_by("starts_at", "pk"))
    if has_lane(there, provider.resource, visit_type, starts_at):
        return _lacking(taken, provider, visit_type, starts_at, ends_at, now=now, mode=mode, room=room) or GONE
    first = there[0]
    if first.starts_at > starts_at and first.starts_at < over:
        minutes = int((first.starts_at - starts_at).total_seconds() // 60)
        needed = int((over - starts_at).total_seconds() // 60)
        return f"Only {minutes} minutes are free there, and {visit_type} takes {needed}."
    if first.held_by:
        return f"{first.held_by.name} holds this time for somebody."
    visit = first.appointment
    if visit and (visit.ends_at <= starts_at or visit.starts_at >= ends_at):
        return "That time is kept free beside another visit."
    return "Another visit was booked there."


def _lacking(
    occupations: OccupationQuerySet,
    provider: Provider,
    visit_type: VisitType,
    starts_at: datetime,
    ends_at: datetime,
    *,
    now: datetime,
    mode: str,
    room: Resource | None,
) -> str:
    """Which room or machine is not free then at the place, the chosen room there first; empty where each need is met."""
    wanted = kinds.wanted_by(visit_type, mode)
    asked = kinds.ids(wanted) | ({room.pk} if room else set())
    taken: dict[UUID, list[Occupation]] = defaultdict(list)
    rows = occupations.filter(resource__in=asked).overlapping(starts_at, ends_at).in_force(now)
    for row in rows.with_group():
        taken[row.resource_id].append(row)
    if not asked:
        return ""
    place = place_for(provider, starts_at, visit_type, now=now)
    is_there = room is not None and room.location_id in (None, place.pk)
    if room and is_there and not has_lane(taken[room.pk], room, visit_type, starts_at):
        return f"{room} is not free then."
    unmet = kinds.unmet(wanted, place, lambda row: has_lane(taken[row.pk], row, visit_type, starts_at))
    return unmet.lacking if unmet else ""
