"""Time that was given back while somebody waits for such a one: one piece of work, never two."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from compliance import cases, clock
from compliance.enums import CASE_STANDING, CaseStatus, Priority
from compliance.models import User
from compliance.roles import Role
from scheduling import kinds
from scheduling.enums import Status
from scheduling.enums_waiting import OFFER_OUT, FreedBy
from scheduling.models import Appointment, Closure, FreedTime, Provider, WaitEntry
from scheduling.waitlist.free import Free, between, free_of
from scheduling.waitlist.matching import QUARTER, ranked

KIND = "wait-match"
ONE_WORK = "one_work_for_a_freed_time"
AHEAD = timedelta(days=60)  # of a closure that is opened again, so much is looked at
SHOWN = 20
BY = {
    Status.CANCELLED: FreedBy.CANCELLED,
    Status.RESCHEDULED: FreedBy.MOVED,
    Status.NO_SHOW: FreedBy.NO_SHOW,
}


def note_visit(visit: Appointment, *, by: User | None, now: datetime) -> list[FreedTime]:
    """A visit gave its time back, in the running transaction. Of one that has begun, what is left counts."""
    start = visit.starts_at
    while start < now:
        start += QUARTER
    came_from = BY.get(Status(visit.status), FreedBy.OTHER)
    return _note_between(start, visit.ends_at, [visit.provider], came_from, by=by, now=now, visit=visit)


def note_opened(closure: Closure, providers: Iterable[Provider], *, by: User | None, now: datetime) -> list[FreedTime]:
    """A closure was opened again: each free stretch of working hours that lay in it, day by day.

    Of a room or machine it is for those who wait for a kind of visit that needs it.
    """
    start, end = max(closure.starts_at, now), min(closure.ends_at, now + AHEAD)
    waits = WaitEntry.objects.all()
    if closure.resource:
        waits = waits.filter(visit_type__in=kinds.needing(closure.resource))
    return _note_between(start, end, list(providers), FreedBy.OPENED, by=by, now=now, waits=waits)


def _note_between(
    start: datetime, end: datetime, providers: Sequence[Provider], came_from: FreedBy, **more: Any
) -> list[FreedTime]:
    if start >= end or not providers or not more.get("waits", WaitEntry.objects).open().exists():
        return []
    found = [note(one, came_from, **more) for one in between(start, end, providers, now=more["now"])]
    return [row for row in found if row is not None]


def note(
    free: Free,
    came_from: FreedBy,
    *,
    by: User | None,
    now: datetime,
    visit: Appointment | None = None,
    waits: "QuerySet[WaitEntry] | None" = None,
) -> FreedTime | None:
    """Open the work when the time suits somebody who `waits`; None when it suits nobody, or is work already.

    Of two who give back the same time at once the second waits for the first, and finds her work.
    """
    if _is_noted(free, now):
        return None
    free = replace(free, given_back_by=visit.patient_id if visit else None)
    found = ranked(free, WaitEntry.objects.all() if waits is None else waits, now=now, limit=SHOWN)
    if not found:
        return None
    try:
        with transaction.atomic():
            return _opened(free, came_from, len(found), by=by, now=now, visit=visit)
    except IntegrityError as error:
        if getattr(getattr(error.__cause__, "diag", None), "constraint_name", "") != ONE_WORK or not _is_noted(free, now):
            raise
        return None


def _opened(
    free: Free, came_from: FreedBy, number: int, *, by: User | None, now: datetime, visit: Appointment | None
) -> FreedTime:
    case = cases.open_case(
        kind=KIND,
        summary=_summary(free, number),
        by=by,
        now=now,
        team=Role.SECRETARY,
        due_at=_due(free, now=now),
        about=visit,
    )
    return FreedTime.objects.create(
        provider=free.provider,
        location=free.location,
        starts_at=free.starts_at,
        ends_at=free.ends_at,
        came_from=came_from,
        visit=visit,
        case=case,
        at=now,
    )


def settle(freed: FreedTime, *, now: datetime, why: str) -> None:
    """The time is nobody's work any more: its case is done."""
    if not FreedTime.objects.filter(pk=freed.pk, closed_at__isnull=True).update(closed_at=now, updated_at=now):
        return
    if freed.case.status in CASE_STANDING:
        cases.move(freed.case, CaseStatus.COMPLETED, by=None, now=now, note=why)


def open_again(freed: FreedTime, *, now: datetime) -> bool:
    """Its work was opened again by hand, or not ended after all. False where nothing of it is free, or it is other work."""
    free = free_of(freed, now=now, despite_holds=True)
    if freed.ends_at <= now or not free.parts or _there(free).exists():
        return False
    FreedTime.objects.filter(pk=freed.pk).update(closed_at=None, updated_at=now)
    return True


def settle_over(*, now: datetime) -> int:
    """Close the work of times that have passed, and of those of which nothing is free. For the clock; answers how many."""
    rows = FreedTime.objects.filter(closed_at__isnull=True).select_related("case", "provider__resource", "location", "visit")
    return sum(settle_if_over(row, now=now) for row in rows)


def look_again(freed: FreedTime, *, now: datetime) -> None:
    """Some of it was taken: its work is over when what is left suits nobody and is offered to nobody."""
    if settle_if_over(freed, now=now) or freed.offers.filter(status__in=OFFER_OUT).exists():
        return
    if not ranked(free_of(freed, now=now, despite_holds=True), WaitEntry.objects.all(), now=now, limit=1):
        settle(freed, now=now, why="What is left of the time suits nobody.")


def settle_if_over(freed: FreedTime, *, now: datetime) -> bool:
    """Close a time that has passed, of which nothing is free, or whose work was ended. What is held on the phone is free."""
    if freed.case.closed_at:
        settle(freed, now=now, why="")
        return True
    if freed.ends_at <= now:
        settle(freed, now=now, why="The time has passed.")
        return True
    if not free_of(freed, now=now, despite_holds=True).parts:
        settle(freed, now=now, why="The time was booked or closed.")
        return True
    return False


def _is_noted(free: Free, now: datetime) -> bool:
    """Whether work about this time stands: it grows to what is free now, and several pieces of it become one."""
    there = list(_there(free).select_related("case").order_by("starts_at"))
    if not there:
        return False
    for row in there[1:]:
        settle(row, now=now, why="It is one with the time before it.")
    start = min(there[0].starts_at, free.starts_at)
    end = max(free.ends_at, *(row.ends_at for row in there))
    FreedTime.objects.filter(pk=there[0].pk).update(starts_at=start, ends_at=end, updated_at=now)
    return True


def _there(free: Free) -> QuerySet[FreedTime]:
    """The times that are work already and have something of this one."""
    same = FreedTime.objects.filter(provider=free.provider, closed_at__isnull=True)
    return same.filter(starts_at__lt=free.ends_at, ends_at__gt=free.starts_at)


def _summary(free: Free, number: int) -> str:
    here = free.starts_at.astimezone(free.zone)
    when = f"{here:%a, %b} {here.day} at {here:%I:%M %p}".replace(" at 0", " at ")
    who = "1 person waits" if number == 1 else f"{number} people wait" if number < SHOWN else f"{SHOWN} or more people wait"
    return f"{when} with {free.provider} is free. {who} for such a time."


def _due(free: Free, *, now: datetime) -> datetime:
    hours = clock.calendar_here()
    near = free.starts_at - now < timedelta(days=1)
    soon = clock.respond_by(Priority.URGENT if near else Priority.ROUTINE, opened=now, calendar=hours)
    return min(soon, free.starts_at)
