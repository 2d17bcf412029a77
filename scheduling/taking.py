"""The one writer of Occupation: takes time, holds it for a while, gives it back.

The constraint `no_time_is_taken_twice` decides; the lock on the resource keeps takers from deadlocking and lets
lanes be counted. Callers catch the constraint's error outside of `atomic` by `refused_as_taken`.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from itertools import count, islice
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Q

from compliance.models import Location, User
from scheduling.intervals import merged, minus, pieces
from scheduling.kinds import Wanted, ids, wanted_by
from scheduling.models import Appointment, Closure, Occupation, Offer, Resource, VisitType
from scheduling.models.occupation import LONGEST

CONSTRAINT = "no_time_is_taken_twice"


class SlotTaken(Exception):
    """The time was given away: to another visit, or to somebody who is on the phone."""


@contextmanager
def all_or_taken() -> Iterator[None]:
    """A transaction whose refusal by the exclusion constraint becomes SlotTaken."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        if getattr(getattr(error.__cause__, "diag", None), "constraint_name", "") != CONSTRAINT:
            raise
        raise SlotTaken from error


def one_at_a_time(*resources: UUID | None) -> dict[UUID, Resource]:
    """Lock resources until the transaction ends, in the order of their ids. Foreign keys to them stay free."""
    wanted = sorted({pk for pk in resources if pk})
    return {row.pk: row for row in Resource.objects.filter(pk__in=wanted).order_by("pk").select_for_update(no_key=True)}


def lock_for(visit_type: VisitType, *resources: UUID | None) -> dict[UUID, Resource]:
    """Lock resources and all that a kind of visit may take, at once: in two steps, two takers could wait for each other."""
    return one_at_a_time(*resources, *ids(wanted_by(visit_type)))


def span(starts_at: datetime, visit_type: VisitType) -> tuple[datetime, datetime]:
    """What a visit takes of its provider: its minutes and the buffers around them."""
    ends_at = starts_at + timedelta(minutes=visit_type.minutes)
    before, after = timedelta(minutes=visit_type.buffer_before), timedelta(minutes=visit_type.buffer_after)
    return starts_at - before, ends_at + after


def free_lane(
    resource: Resource,
    start: datetime,
    end: datetime,
    *,
    now: datetime,
    visit_type: VisitType | None = None,
    starts_at: datetime | None = None,
    may_overbook: bool = False,
) -> int:
    """The lowest lane that is free over the whole span. The resource is locked. Raises SlotTaken.

    Holds that ran out are deleted. As many lanes as the resource's capacity may be taken at once. More are open to
    visits of one group type that begin together, up to the type's capacity, and to whoever may overbook.
    """
    rows = _there(resource, start, end, now)
    return lane_among(rows, resource, visit_type, starts_at, may_overbook=may_overbook)


def lane_among(
    rows: Sequence[Any],
    resource: Resource,
    visit_type: VisitType | None,
    starts_at: datetime | None,
    *,
    may_overbook: bool,
) -> int:
    """The same among occupations that were read before `with_group`."""
    lanes = {row.lane for row in rows}
    if _most_at_once(rows) >= resource.capacity and not may_overbook:
        if visit_type is None or visit_type.capacity <= len(rows):
            raise SlotTaken
        if not any(row.appointment_id for row in rows):
            raise SlotTaken  # a hold gathers no group: it joins one that gathers
        if any((row.kind, row.begins) != (visit_type.pk, starts_at) for row in rows):
            raise SlotTaken
    return next(lane for lane in range(len(lanes) + 1) if lane not in lanes)


def has_lane(rows: Sequence[Any], resource: Resource, visit_type: VisitType, starts_at: datetime) -> bool:
    """Whether `lane_among` finds one."""
    with suppress(SlotTaken):
        lane_among(rows, resource, visit_type, starts_at, may_overbook=False)
        return True
    return False


def _there(resource: Resource, start: datetime, end: datetime, now: datetime) -> list[Occupation]:
    """What is taken, with its group. Holds that ran out are deleted."""
    rows = Occupation.objects.filter(resource=resource).overlapping(start, end).with_group()
    run_out = {row.pk for row in rows if row.hold_until is not None and row.hold_until <= now}
    if run_out:
        Occupation.objects.filter(pk__in=run_out).delete()
    return [row for row in rows if row.pk not in run_out]


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


def mine(held_for: UUID | None, by: User | None) -> Q:
    """One's own holds: of one call, or without a call those outside every call. Nobody else's, whatever call is named."""
    return Q(hold_until__isnull=False, held_for=held_for, held_by=by)


def hold_visit(
    resource: Resource,
    location: Location,
    starts_at: datetime,
    visit_type: VisitType,
    *,
    by: User,
    now: datetime,
    until: datetime,
    held_for: UUID | None,
    mode: str = "",
) -> Occupation:
    """Hold a provider's time for a visit, and what its kind needs. All of it is locked. Raises SlotTaken."""
    start, end = span(starts_at, visit_type)
    lane = free_lane(resource, start, end, now=now, visit_type=visit_type, starts_at=starts_at)
    stretch = starts_at, starts_at + timedelta(minutes=visit_type.minutes)
    for needed, its_lane in meet(wanted_by(visit_type, mode), location, *stretch, visit_type=visit_type, now=now):
        hold(needed, *stretch, its_lane, of=(visit_type, starts_at), by=by, until=until, held_for=held_for)
    return hold(resource, start, end, lane, of=(visit_type, starts_at), by=by, until=until, held_for=held_for)


def hold(
    resource: Resource,
    start: datetime,
    end: datetime,
    lane: int,
    *,
    by: User,
    until: datetime,
    held_for: UUID | None,
    of: tuple[VisitType, datetime] | None = None,
) -> Occupation:
    """Take a lane until a moment for somebody who is on the phone; `of` a kind of visit that begins then."""
    kind, begins = of or (None, None)
    return Occupation.objects.create(
        resource=resource,
        lane=lane,
        starts_at=start,
        ends_at=end,
        held_by=by,
        held_for=held_for,
        hold_until=until,
        held_kind_id=kind.pk if kind else None,
        held_from=begins,
    )


def let_go(*, held_for: UUID) -> None:
    """Free what is held for a call or an offer, whoever holds it."""
    Occupation.objects.filter(held_for=held_for, hold_until__isnull=False).delete()


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


def close(closure: Closure, resources: Sequence[UUID], *, now: datetime) -> int:
    """Take the first lane of each resource for a closure, around what stands in it; answers how many stretches.

    Visits and holds stay until somebody moves them; holds that ran out are deleted.
    """
    locked = one_at_a_time(*resources)
    there = Occupation.objects.filter(resource__in=locked, lane=0).overlapping(closure.starts_at, closure.ends_at)
    there.filter(hold_until__lte=now).delete()
    taken: dict[UUID, list[tuple[int, int]]] = {pk: [] for pk in locked}
    for pk, start, end in there.values_list("resource", "starts_at", "ends_at"):
        taken[pk].append((int(start.timestamp()), int(end.timestamp())))
    whole = [(int(closure.starts_at.timestamp()), int(closure.ends_at.timestamp()))]
    rows = [
        Occupation(resource_id=pk, closure=closure, starts_at=_moment(start), ends_at=_moment(end))
        for pk in locked
        for long in minus(whole, merged(taken[pk]))
        for start, end in pieces(long, int(LONGEST.total_seconds()))
    ]
    return len(Occupation.objects.bulk_create(rows))


def shut(closure: Closure, *, now: datetime) -> int:
    """Take as many lanes as a room or machine has for its closure, above all that stand in it; answers how many stretches.

    Nobody's hours keep it closed: so nothing of it is left where a visit goes from it, and no group gathers on in it.
    """
    resource = one_at_a_time(closure.resource_id)[closure.resource_id]  # type: ignore[index]
    there = Occupation.objects.filter(resource=resource).overlapping(closure.starts_at, closure.ends_at)
    there.filter(hold_until__lte=now).delete()
    used = set(there.values_list("lane", flat=True))
    whole = int(closure.starts_at.timestamp()), int(closure.ends_at.timestamp())
    rows = [
        Occupation(resource=resource, lane=lane, closure=closure, starts_at=_moment(start), ends_at=_moment(end))
        for lane in islice((lane for lane in count() if lane not in used), resource.capacity)
        for start, end in pieces(whole, int(LONGEST.total_seconds()))
    ]
    return len(Occupation.objects.bulk_create(rows))


def open_again(closure: Closure) -> None:
    """Free everything that a closure takes."""
    Occupation.objects.filter(closure=closure).delete()


def release_run_out(*, now: datetime) -> int:
    """Delete the holds that have run out; answers how many."""
    return Occupation.objects.filter(hold_until__lte=now).delete()[0]


def release_of(user: User, now: datetime) -> int:
    """Delete the holds of somebody who no longer works here; answers how many still stood.

    What a patient accepted stays held for her: it is the team's to book, and the offer's end frees it.
    """
    hers = Occupation.objects.filter(held_by=user).exclude(held_for__in=Offer.objects.out().values("pk"))
    standing = hers.holds(now).count()
    hers.delete()
    return standing


def _moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def _most_at_once(rows: Sequence[Any]) -> int:
    """The largest number of rows that hold at one moment. It is reached where one of them begins."""
    return max((sum(r.starts_at <= row.starts_at < r.ends_at for r in rows) for row in rows), default=0)
