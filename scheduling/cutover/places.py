"""Visits that change places in the other system: each takes the time that another leaves, so they move in one act."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from compliance.models import Job
from scheduling import exchange, steps
from scheduling.booking import SlotTaken
from scheduling.cutover import brought, deeds
from scheduling.cutover.matching import Ours
from scheduling.cutover.rows import Row
from scheduling.cutover.telling import BUSY, TAKEN
from scheduling.models import Brought, CutOver

IN_THE_WAY = frozenset({TAKEN, BUSY})


def change(cut_over: CutOver, rows: Sequence[Row], ours: Ours, job: Job | None, now: datetime) -> set[int]:
    """Move as many of the rows as can move together; answers their lines.

    One whose time is taken although all of them have left stays where it is, and the others are tried without it. It
    has been listed before, and stays so. All of it is one transaction of the caller's, who holds the resources.
    """
    known = brought.known(cut_over, rows)
    left = [(row, known[row.key]) for row in rows if known[row.key].visit]
    while left:
        try:
            _move(cut_over, left, ours, job, now)
        except exchange.NotTogether as refused:
            del left[refused.number]
        except (SlotTaken, steps.IllegalMove, steps.Stale):
            return set()
        else:
            return {row.line for row, _ in left}
        known = brought.known(cut_over, [row for row, _ in left])
        left = [(row, known[row.key]) for row, _ in left]
    return set()


def _move(cut_over: CutOver, pairs: list[tuple[Row, Brought]], ours: Ours, job: Job | None, now: datetime) -> None:
    with transaction.atomic():
        moves = [(one.visit, deeds.changes(ours.match(row, now), row)) for row, one in pairs if one.visit]
        visits = exchange.move_all(moves, by=None, now=now, why=deeds.MOVED)
        for (row, _), visit in zip(pairs, visits, strict=True):
            brought.keep(cut_over, row, outcome="moved", job=job, visit=visit)
