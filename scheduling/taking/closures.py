"""Time that is closed: the first lane of whatever a closure takes."""

from collections.abc import Sequence
from datetime import datetime
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


def open_again(closure: Closure) -> None:
    """Free everything that a closure takes."""
    Occupation.objects.filter(closure=closure).delete()
