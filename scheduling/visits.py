"""What becomes of a visit from booked to completed, one function for each verb (workflows.md section 1).

Each raises IllegalMove, Stale, and where its guard says so one of the exceptions below.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction

from compliance.models import Practice, User
from compliance.tenancy import current_practice_id
from scheduling import rebooking, steps, taking
from scheduling.enums import UPCOMING, CancelReason, ConfirmedVia, Initiator, Status, ToldBy
from scheduling.models import Appointment, Resource, Transition
from scheduling.steps import IllegalMove, Stale
from scheduling.taking import SlotTaken
from scheduling.undoing import TooLate, may_undo, undo, void

__all__ = ["IllegalMove", "SlotTaken", "Stale", "TooLate", "may_undo", "undo"]

EARLIEST_FINISH = timedelta(minutes=60)
LATE_CANCEL = timedelta(hours=24)
TO_VERIFY = ("demographics", "coverage")


class NotToday(Exception):
    """A patient arrives on the visit's own day, by the clock of its place."""


class TooEarly(Exception):
    """The moment from which this can be said has not come; it is `since`."""

    def __init__(self, since: datetime) -> None:
        self.since = since
        super().__init__("It is too early for that.")


class NotArrived(Exception):
    """The patient has not arrived; completing at once needs a permission."""


class WasReminded(Exception):
    """A message about the visit, or about one it was moved from, has left the portal: it is cancelled, no error."""


class DidNotCome(Exception):
    """Past the beginning and the practice's grace a patient who is not there has not called off: she did not come."""


class ReasonMissing(Exception):
    """This needs a reason."""


def confirm(
    visit: Appointment,
    *,
    by: User | None,
    now: datetime,
    via: ConfirmedVia | str = ConfirmedVia.CALL,
    version: int | None = None,
) -> Transition:
    """The patient said that she will come."""
    values = {"confirmed_at": now, "confirmed_via": via}
    return steps.go(visit, Status.CONFIRMED, what="confirmed", by=by, now=now, version=version, code=via, values=values)


def arrive(visit: Appointment, *, by: User, now: datetime, version: int | None = None) -> Transition:
    """She is here. Raises NotToday."""
    _on_its_day(visit, now)
    _not_by_reopening(visit)
    return steps.go(visit, Status.ARRIVED, what="arrived", by=by, now=now, version=version, values={"arrived_at": now})


def check_in(
    visit: Appointment, *, by: User, now: datetime, verified: frozenset[str] = frozenset(), version: int | None = None
) -> Transition:
    """At the desk. Which of TO_VERIFY was not `verified` becomes a flag on the visit."""
    _not_by_reopening(visit)
    values = {"flags": [name for name in TO_VERIFY if name not in verified]}
    return steps.go(visit, Status.CHECKED_IN, what="checked in", by=by, now=now, version=version, values=values)


class RoomTaken(SlotTaken):
    """Somebody else has the room at that time."""


def room(
    visit: Appointment, *, by: User, now: datetime, room: Resource | None = None, version: int | None = None
) -> Transition:
    """She was shown to a room: to `room`, which she takes then, or to the one she has. Raises RoomTaken.

    Who was not checked in before has everything still to be verified.
    """
    values: dict[str, Any] = {"roomed_at": now}
    if visit.status == Status.ARRIVED:
        values["flags"] = list(TO_VERIFY)
    said: dict[str, Any] = {"what": "roomed", "by": by, "now": now, "version": version}
    if room is None or room.pk == visit.room_id:
        return steps.go(visit, Status.ROOMED, values=values, **said)
    try:
        with taking.all_or_taken():
            locked = taking.one_at_a_time(room.pk)[room.pk]
            freed = taking.give_back(visit, visit.room_id) if visit.room_id else []
            lane = taking.free_lane(locked, visit.starts_at, visit.ends_at, now=now)
            taking.take(visit, locked, visit.starts_at, visit.ends_at, lane)
            return steps.go(visit, Status.ROOMED, values={**values, "room_id": room.pk}, freed=freed, **said)
    except SlotTaken as taken:
        raise RoomTaken from taken


def finish(visit: Appointment, *, by: User, now: datetime, quick: bool = False, version: int | None = None) -> Transition:
    """The visit is over. `quick`: the caller may complete one that never arrived. Raises TooEarly, NotArrived."""
    if now < visit.starts_at - EARLIEST_FINISH:
        raise TooEarly(visit.starts_at - EARLIEST_FINISH)
    if visit.status in UPCOMING and not quick:
        raise NotArrived
    values = {"finished_at": now}
    return steps.go(visit, Status.FULFILLED, what="completed", by=by, now=now, version=version, values=values)


def no_show(visit: Appointment, *, by: User | None, now: datetime, version: int | None = None) -> Transition:
    """She did not come. Raises TooEarly before the practice's grace is over."""
    since = _missed_from(visit)
    if now < since:
        raise TooEarly(since)
    return steps.go(visit, Status.NO_SHOW, what="did not come", by=by, now=now, version=version)


def leave(visit: Appointment, *, reason: str, by: User, now: datetime, version: int | None = None) -> Transition:
    """She went before she was seen. Raises ReasonMissing."""
    if not reason:
        raise ReasonMissing
    return steps.go(visit, Status.LEFT, what="left", by=by, now=now, version=version, note=reason)


def cancel(
    visit: Appointment,
    *,
    reason: CancelReason | str,
    initiator: Initiator | str,
    told_by: ToldBy | str,
    by: User | None,
    now: datetime,
    note: str = "",
    version: int | None = None,
    wants_no_other: bool = False,
) -> Transition:
    """Called off: why, by whose wish, and who told the patient. Late when she does it less than 24 hours before.

    Raises DidNotCome for a patient's wish past the grace; what the practice or a provider called off can be noted later
    too, since nobody stayed away from it. Booking it again becomes work, unless the patient wants no other.
    """
    is_hers = initiator == Initiator.PATIENT
    if is_hers and now >= _missed_from(visit) and visit.status in UPCOMING:
        raise DidNotCome
    values = {
        "cancel_reason": reason,
        "cancel_initiator": initiator,
        "told_by": told_by,
        "is_late_cancel": is_hers and visit.starts_at - now < LATE_CANCEL,
    }
    said: dict[str, Any] = {"note": note, "code": reason, "values": values}
    with transaction.atomic():
        step = steps.go(visit, Status.CANCELLED, what="cancelled", by=by, now=now, version=version, **said)
        if wants_no_other:
            rebooking.decline(visit, by=by, now=now)
    return step


def reopen(visit: Appointment, *, reason: str, by: User, now: datetime, version: int | None = None) -> Transition:
    """Take a final state back later: completed → checked in, did not come → arrived ("came late").

    The caller has asked for the permission. Who came late takes again all that she had; what was given away meanwhile is
    shared with who has it, and the visit is double-booked then, for the same reason. Raises ReasonMissing, NotToday.
    """
    if not reason:
        raise ReasonMissing
    said: dict[str, Any] = {"what": "reopened", "by": by, "now": now, "version": version, "note": reason}
    if visit.status == Status.FULFILLED:
        return steps.go(visit, Status.CHECKED_IN, values={"finished_at": None}, **said)
    if visit.status != Status.NO_SHOW:
        raise IllegalMove(steps.allowed(Status(visit.status)))
    _on_its_day(visit, now)
    missed = visit.transitions.filter(to_status=Status.NO_SHOW).latest("at", "pk")
    with taking.all_or_taken():
        is_shared = taking.share_again(visit, missed.before.get("occupations", ()), now=now)
        step = steps.go(visit, Status.ARRIVED, values={"arrived_at": now}, **said)
        if is_shared and not visit.overbook_reason:
            visit.overbook_reason = reason
            visit.save(update_fields=["overbook_reason"])
    return step


def enter_in_error(visit: Appointment, *, reason: str, by: User, now: datetime, version: int | None = None) -> Transition:
    """It should never have been written. Raises ReasonMissing, and WasReminded when a message about it was sent."""
    if not reason:
        raise ReasonMissing
    if any(one.reminded_at for one in _moves_back(visit)):
        raise WasReminded
    return void(visit, what="entered in error", by=by, now=now, version=version, note=reason)


def note_reminded(visit: Appointment, *, now: datetime) -> None:
    """Correspondence says that a message about the visit has left the portal. The first one counts."""
    Appointment.objects.filter(pk=visit.pk, reminded_at__isnull=True).update(reminded_at=now, updated_at=now)


def left_message(visit: Appointment, *, by: User, now: datetime) -> Transition:
    """Somebody tried to have the visit confirmed and left a message. Raises IllegalMove for one that is not booked."""
    if visit.status != Status.BOOKED:
        raise IllegalMove(steps.allowed(Status(visit.status)))
    return steps.remember(visit, {}, what="left message", came_from=Status(visit.status), by=by, now=now)


def _missed_from(visit: Appointment) -> datetime:
    """The end of the practice's grace: from then on who is not there did not come."""
    minutes = Practice.objects.values_list("no_show_grace_minutes", flat=True).get(pk=current_practice_id())
    return visit.starts_at + timedelta(minutes=minutes)


def _moves_back(visit: Appointment) -> Iterator[Appointment]:
    """The visit, and those that it was moved from, the last one first."""
    one: Appointment | None = visit
    while one is not None:
        yield one
        one = one.rescheduled_from


def _on_its_day(visit: Appointment, now: datetime) -> None:
    zone = ZoneInfo(visit.location.time_zone)
    if visit.starts_at.astimezone(zone).date() != now.astimezone(zone).date():
        raise NotToday


def _not_by_reopening(visit: Appointment) -> None:
    """Final states are left by `reopen` only."""
    if visit.status in (Status.NO_SHOW, Status.FULFILLED):
        raise IllegalMove(steps.allowed(Status(visit.status)))
