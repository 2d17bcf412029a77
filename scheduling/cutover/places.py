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

    The others stay where they are: they have been listed before, and stay so. Of two that want one time the earlier line
    has it; who gave way is tried again by itself, since that line may have had to stay after all. All of it is one
    transaction of the caller's, who holds the resources.
    """
    contested: set[int] = set()
    moved = _together(cut_over, rows, ours, job, now, contested)
    for row in rows if contested else ():
        if row.line not in moved:
            moved |= _together(cut_over, [row], ours, job, now, contested)
    return moved


def _together(
    cut_over: CutOver, rows: Sequence[Row], ours: Ours, job: Job | None, now: datetime, contested: set[int]
) -> set[int]:
    """The lines of those that moved. First those stay whose way is barred by what stays, until none of them is left.

    Only then two of them can want one time: the later line gives way, is `contested`, and stands in the way like the rest.
    """
    left = list(rows)
    while pairs := _standing(cut_over, left):
        try:
            stay = exchange.barred(_moves(pairs, ours, now), now=now)
            if not stay:
                _move(cut_over, _standing(cut_over, left), ours, job, now)
                return {row.line for row, _ in pairs}
        except exchange.NotTogether as refused:
            stay = {refused.number}
            contested.add(pairs[refused.number][0].line)
        except (SlotTaken, steps.IllegalMove, steps.Stale):
            return set()
        left = [row for number, (row, _) in enumerate(pairs) if number not in stay]
    return set()


def _standing(cut_over: CutOver, rows: Sequence[Row]) -> list[tuple[Row, Brought]]:
    """Each row with what stands for it now."""
    known = brought.known(cut_over, rows)
    return [(row, known[row.key]) for row in rows if known[row.key].visit]


def _moves(pairs: Sequence[tuple[Row, Brought]], ours: Ours, now: datetime) -> exchange.Moves:
    return [(one.visit, deeds.changes(ours.match(row, now), row)) for row, one in pairs if one.visit]


def _move(cut_over: CutOver, pairs: list[tuple[Row, Brought]], ours: Ours, job: Job | None, now: datetime) -> None:
    with transaction.atomic():
        visits = exchange.move_all(_moves(pairs, ours, now), by=None, now=now, why=deeds.MOVED)
        for (row, _), visit in zip(pairs, visits, strict=True):
            brought.keep(cut_over, row, outcome="moved", job=job, visit=visit)
