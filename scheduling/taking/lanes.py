"""Whose time is free: the lock on a resource, its lanes, and the refusal.

The constraint `no_time_is_taken_twice` decides; the lock on the resource keeps takers from deadlocking and lets
lanes be counted. Callers run inside `all_or_taken`, which catches the constraint's error outside of `atomic`.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from scheduling.kinds import ids, wanted_by
from scheduling.models import Occupation, Resource, VisitType

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


def _most_at_once(rows: Sequence[Any]) -> int:
    """The largest number of rows that hold at one moment. It is reached where one of them begins."""
    return max((sum(r.starts_at <= row.starts_at < r.ends_at for r in rows) for row in rows), default=0)
