"""Time that is closed: the first lane of whatever a closure takes, of a closed room or machine all."""

from collections.abc import Sequence
from datetime import datetime
from itertools import count, islice
from uuid import UUID

from scheduling.intervals import merged, minus, pieces
from scheduling.local import moment
from scheduling.models import Closure, Occupation
from scheduling.models.occupation import LONGEST
from scheduling.taking.lanes import one_at_a_time


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
        Occupation(resource_id=pk, closure=closure, starts_at=moment(start), ends_at=moment(end))
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
        Occupation(resource=resource, lane=lane, closure=closure, starts_at=moment(start), ends_at=moment(end))
        for lane in islice((lane for lane in count() if lane not in used), resource.capacity)
        for start, end in pieces(whole, int(LONGEST.total_seconds()))
    ]
    return len(Occupation.objects.bulk_create(rows))


def open_again(closure: Closure) -> None:
    """Free everything that a closure takes."""
    Occupation.objects.filter(closure=closure).delete()
