"""Taking one's own last act about a visit back; a verb of `visits`."""

from datetime import datetime, timedelta

from compliance.models import User
from scheduling import steps, taking
from scheduling.enums import Status
from scheduling.models import Appointment, Transition

UNDO_LASTS = timedelta(seconds=20)
NOT_CANCELLED = {"cancel_reason": "", "cancel_initiator": "", "told_by": "", "is_late_cancel": False}


class TooLate(Exception):
    """An act can be undone for 20 seconds, by whoever did it."""


def undo(visit: Appointment, *, by: User, now: datetime) -> Appointment:
    """Take one's own last act back within 20 seconds; answers the visit that stands then.

    A move is undone from either of its two visits, while the new one is as it was booked. Raises TooLate, Stale, and
    SlotTaken when the time is gone.
    """
    last = visit.transitions.order_by("-at", "-pk").first()
    if not may_undo(visit, last, by=by, now=now):
        raise TooLate
    assert last is not None
    if last.what == "moved":
        return _undo_move(visit, visit.rescheduled_to, last, by=by, now=now)
    if last.what == "booked" and visit.rescheduled_from:
        step = visit.rescheduled_from.transitions.filter(what="moved").latest("at")
        return _undo_move(visit.rescheduled_from, visit, step, by=by, now=now)
    if last.what == "booked":
        void(visit, what="undone", by=by, now=now, version=visit.version)
        return visit
    with taking.all_or_taken():
        _lock(last)
        steps.put_back(visit, last, by=by, now=now)
    return visit


def may_undo(visit: Appointment, last: Transition | None, *, by: User, now: datetime) -> bool:
    """Whether `last`, the visit's newest step, is still hers to take back: own, fresh, and nothing has left the portal."""
    if last is None or last.by_id != by.pk or now - last.at > UNDO_LASTS or last.undoes_id:
        return False
    left_the_portal = visit.reminded_at is not None and visit.reminded_at >= last.at
    return last.what not in {"changed", "undone", "left message"} and not left_the_portal


def _undo_move(old: Appointment, new: Appointment, last: Transition, *, by: User, now: datetime) -> Appointment:
    """The successor goes first, so that the old time can be taken again; its link goes with it.

    Raises TooLate once anything became of the successor, or a message about it has left the portal.
    """
    if new.reminded_at or new.transitions.latest("at", "pk").what != "booked":
        raise TooLate
    with taking.all_or_taken():
        _lock(last)
        steps.hand_on(new, old)
        void(new, what="undone", by=by, now=now, version=new.version, values={"rescheduled_from": None})
        steps.put_back(old, last, by=by, now=now)
    return old


def _lock(last: Transition) -> None:
    """Resources before visits, as everywhere: the other order would deadlock with a move."""
    taking.one_at_a_time(*taking.resources_of(last.before.get("occupations", ())))


def void(
    visit: Appointment,
    *,
    what: str,
    by: User,
    now: datetime,
    version: int | None,
    note: str = "",
    values: dict | None = None,
) -> Transition:
    """It never was: entered in error, whatever it had come to."""
    return steps.go(
        visit,
        Status.IN_ERROR,
        what=what,
        by=by,
        now=now,
        version=version,
        note=note,
        values={**NOT_CANCELLED, **(values or {})},
    )
