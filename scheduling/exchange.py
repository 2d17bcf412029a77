"""Several visits that are moved as one act: each may take the time that another of them leaves."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from compliance.models import User
from scheduling import booking, kinds, steps, taking
from scheduling.enums import Status
from scheduling.models import Appointment

Moves = Sequence[tuple[Appointment, dict[str, Any]]]


class NotTogether(Exception):
    """Of several moves the one at `number` cannot be made, although all of them have left; the cause says why."""

    def __init__(self, number: int) -> None:
        self.number = number
        super().__init__()


class _TakenBack(Exception):
    """Undoes what was only tried."""


def barred(moves: Moves, *, now: datetime) -> set[int]:
    """The numbers of the moves that cannot be made although all of the visits have left, each asked by itself.

    Nothing is written. The visits are not as they stand afterwards: read them anew. Raises Stale, IllegalMove.
    """
    found: set[int] = set()
    with suppress(_TakenBack), transaction.atomic():
        wishes = _leave(moves, by=None, now=now)
        for number, ((visit, _), wish) in enumerate(zip(moves, wishes, strict=True)):
            with suppress(_TakenBack):
                try:
                    with taking.all_or_taken():
                        booking.book_wish(wish, by=None, now=now, instead_of=visit)
                        raise _TakenBack
                except booking.REFUSALS:
                    found.add(number)
        raise _TakenBack
    return found


def move_all(moves: Moves, *, by: User | None, now: datetime, why: str = "") -> list[Appointment]:
    """Move several visits in one act, each to where it may take the time that another of them leaves.

    Raises NotTogether, Stale, IllegalMove, and SlotTaken where the database refuses; then nothing was moved.
    """
    with taking.all_or_taken():
        moved = []
        for number, ((visit, _), wish) in enumerate(zip(moves, _leave(moves, by=by, now=now, why=why), strict=True)):
            try:
                moved.append(booking.book_wish(wish, by=by, now=now, instead_of=visit))
            except booking.REFUSALS as refused:
                raise NotTogether(number) from refused
            steps.hand_on(visit, moved[-1])
        return moved


def _leave(moves: Moves, *, by: User | None, now: datetime, why: str = "") -> list[booking.Wish]:
    """Have all of the visits give their time back, under the locks; answers what each is to become."""
    wishes = [replace(booking.as_it_is(visit), **changes) for visit, changes in moves]
    taking.one_at_a_time(*(pk for (visit, _), wish in zip(moves, wishes, strict=True) for pk in _resources(visit, wish)))
    for (visit, _), wish in zip(moves, wishes, strict=True):
        to = (wish.starts_at, wish.provider)
        steps.go(visit, Status.RESCHEDULED, what="moved", by=by, now=now, note=why, moved_to=to)
    return wishes


def _resources(visit: Appointment, wish: booking.Wish) -> list[UUID | None]:
    """Whatever a move may give back or take."""
    rooms = visit.room_id, wish.room.pk if wish.room else None
    return [visit.provider.resource_id, wish.provider.resource_id, *rooms, *kinds.ids(kinds.wanted_by(wish.visit_type))]
