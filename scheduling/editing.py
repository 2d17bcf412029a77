"""What changes of a visit that keeps its time, provider and kind: room, way and notes. Part of `booking`, its writer."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from compliance.models import User
from scheduling import displaced, kinds, steps, taking
from scheduling.asking import Wish, by_need, in_room, offered_this_way
from scheduling.enums import IN_HOUSE, UPCOMING, Mode, Status
from scheduling.kinds import NotSchedulable
from scheduling.models import Appointment, Resource
from scheduling.steps import Stale

NOTED = ("room", "mode", "reason", "comment", "prepared")


def edit(visit: Appointment, wish: Wish, *, by: User | None, now: datetime, version: int | None) -> Appointment:
    """Give a visit the room, way and notes of a wish. Raises Stale, SlotTaken, WrongRoom.

    NotSchedulable for one that is over or gone: it takes no room.
    """
    offered_this_way(wish, visit)
    with taking.all_or_taken():
        taking.lock_for(visit.visit_type, wish.room.pk if wish.room else None)  # before the visit, as everywhere
        row = Appointment.objects.select_for_update(no_key=True, of=("self",)).get(pk=visit.pk)
        if row.version != (version or visit.version):
            raise Stale(row)
        if row.status not in (*UPCOMING, *IN_HOUSE):
            raise NotSchedulable(f"The visit is {row.get_status_display().lower()}, and is not changed any more.")
        wish = _in_way(row, wish, now)
        freed: list[list[Any]] = []
        had = row.room_id
        if had != (wish.room.pk if wish.room else None):
            freed = taking.give_back(row, had) if had else []
            row.room = in_room(wish, row.location).room
            if wish.room:
                take_room(row, taking.one_at_a_time(wish.room.pk)[wish.room.pk], now)
        row.mode, row.reason, row.comment = wish.mode, wish.reason or None, wish.comment or None
        row.prepared = list(wish.prepared)
        _note(row, *NOTED, freed=freed, by=by, now=now)
        if row.room_id != had:
            displaced.let_stay([row], now=now)
    return row


def refit(visit: Appointment, room: Resource | None, *, freed: Sequence[list[Any]], by: User | None, now: datetime) -> None:
    """Note what was taken for a locked visit in the place of what it `freed`: `room` is the one that it has now."""
    visit.room = room
    _note(visit, "room", freed=freed, by=by, now=now)


def take_room(visit: Appointment, room: Resource, now: datetime) -> None:
    """Take a locked room for a visit, without buffers. Raises SlotTaken."""
    lane = taking.free_lane(room, visit.starts_at, visit.ends_at, now=now)
    taking.take(visit, room, visit.starts_at, visit.ends_at, lane)


def _note(visit: Appointment, *names: str, freed: Sequence[list[Any]], by: User | None, now: datetime) -> None:
    visit.version += 1
    visit.save(update_fields=[*names, "version", "updated_at"])
    before = {"occupations": list(freed)} if freed else {}
    steps.remember(visit, before, what="changed", came_from=Status(visit.status), by=by, now=now)


def _in_way(row: Appointment, wish: Wish, now: datetime) -> Wish:
    """The wish with the room that its way asks for: a call needs none of its kind, who comes to the office does.

    Raises SlotTaken where none is free.
    """
    if row.mode == wish.mode or wish.room != row.room:
        return wish
    if row.mode == Mode.OFFICE:
        return replace(wish, room=None) if by_need(row) else wish
    rooms = [one for one in kinds.wanted_by(row.visit_type, wish.mode) if one.is_room]
    taking.one_at_a_time(*kinds.ids(rooms))
    found = taking.meet(rooms, row.location, row.starts_at, row.ends_at, visit_type=row.visit_type, now=now)
    return replace(wish, room=wish.room or next((room for room, _ in found), None))
