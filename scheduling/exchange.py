"""Several visits that are moved as one act: each may take the time that another of them leaves."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from compliance.models import User
from scheduling import booking, kinds, steps, taking
from scheduling.enums import Status
from scheduling.models import Appointment


class NotTogether(Exception):
    """Of several moves the one at `number` cannot be made, although all of them have left; the cause says why."""

    def __init__(self, number: int) -> None:
        self.number = number
        super().__init__()


def move_all(
    moves: Sequence[tuple[Appointment, dict[str, Any]]], *, by: User | None, now: datetime, why: str = ""
) -> list[Appointment]:
    """Move several visits in one act, each to where it may take the time that another of them leaves.

    Raises NotTogether, Stale, IllegalMove, and SlotTaken where the database refuses; then nothing was moved.
    """
    wishes = [replace(booking.as_it_is(visit), **changes) for visit, changes in moves]
    with taking.all_or_taken():
        taking.one_at_a_time(*(pk for (visit, _), wish in zip(moves, wishes, strict=True) for pk in _resources(visit, wish)))
        for (visit, _), wish in zip(moves, wishes, strict=True):
            to = (wish.starts_at, wish.provider)
            steps.go(visit, Status.RESCHEDULED, what="moved", by=by, now=now, note=why, moved_to=to)
        moved = []
        for number, ((visit, _), wish) in enumerate(zip(moves, wishes, strict=True)):
            try:
                moved.append(booking.book_wish(wish, by=by, now=now, instead_of=visit))
            except booking.REFUSALS as refused:
                raise NotTogether(number) from refused
            steps.hand_on(visit, moved[-1])
        return moved


def _resources(visit: Appointment, wish: booking.Wish) -> list[UUID | None]:
    """Whatever a move may give back or take."""
    rooms = visit.room_id, wish.room.pk if wish.room else None
    return [visit.provider.resource_id, wish.provider.resource_id, *rooms, *kinds.ids(kinds.wanted_by(wish.visit_type))]
