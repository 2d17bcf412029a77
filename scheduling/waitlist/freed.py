"""Time that was given back while somebody waits for such a one: one piece of work, never two."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from compliance import cases, clock
from compliance.enums import CASE_STANDING, CaseStatus, Priority
from compliance.models import User
from compliance.roles import Role
from scheduling import kinds
from scheduling.enums import Status
from scheduling.enums_waiting import FreedBy
from scheduling.hours import Hours
from scheduling.intervals import Stretch, both, crowded, minus
from scheduling.local import days, moment
from scheduling.models import Appointment, Closure, FreedTime, Occupation, Provider, WaitEntry
from scheduling.waitlist.matching import QUARTER, Free, ranked

KIND = "wait-match"
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
    found = [note(one, came_from, **more) for one in _free_between(start, end, providers, now=more["now"])]
    return [row for row in found if row is not None]


def _free_between(start: datetime, end: datetime, providers: Sequence[Provider], *, now: datetime) -> list[Free]:
    """What of the providers' open hours nobody takes between two moments.

    A visit may have stood in closed time, outside of hours, or beside another one.
    """
    first, last = (start - timedelta(days=1)).date(), (end + timedelta(days=1)).date()
    hours, full = Hours(providers, first, last), _full(start, end, providers, now=now)
    asked = [(int(start.timestamp()), int(end.timestamp()))]
    return [
        Free(who, piece.location, moment(begins), moment(ends), piece.kept)
        for who in providers
        for day in days(first, last)
        for piece in hours.open(who, day)
        for begins, ends in minus(both(asked, [(piece.start, piece.end)]), full[who.resource_id])
    ]


def _full(start: datetime, end: datetime, providers: Sequence[Provider], *, now: datetime) -> dict[UUID, list[Stretch]]:
    """When as much is taken at once as a provider can take, by resource; one query."""
    taken: dict[UUID, list[Stretch]] = defaultdict(list)
    rows = Occupation.objects.filter(resource__in=[who.resource_id for who in providers]).in_force(now)
    for resource, begins, ends in rows.overlapping(start, end).values_list("resource", "starts_at", "ends_at"):
        taken[resource].append((int(begins.timestamp()), int(ends.timestamp())))
    return {who.resource_id: crowded(taken[who.resource_id], who.resource.capacity) for who in providers}


def note(
    free: Free,
    came_from: FreedBy,
    *,
    by: User | None,
    now: datetime,
    visit: Appointment | None = None,
    waits: "QuerySet[WaitEntry] | None" = None,
) -> FreedTime | None:
    """Open the work when the time suits somebody who `waits`; None when it suits nobody, or is work already."""
    if _is_noted(free):
        return None
    free = replace(free, given_back_by=visit.patient_id if visit else None)
    found = ranked(free, WaitEntry.objects.all() if waits is None else waits, now=now, limit=SHOWN)
    if not found:
        return None
    case = cases.open_case(
        kind=KIND,
        summary=_summary(free, len(found)),
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


def settle_past(*, now: datetime) -> int:
    """Close the work of times that have passed. For the clock; answers how many."""
    rows = list(FreedTime.objects.filter(closed_at__isnull=True, starts_at__lte=now).select_related("case"))
    for row in rows:
        settle(row, now=now, why="The time has passed.")
    return len(rows)


def _is_noted(free: Free) -> bool:
    """Whether work about this time stands; it grows to what is free now."""
    same = FreedTime.objects.filter(provider=free.provider, closed_at__isnull=True)
    there = same.filter(starts_at__lt=free.ends_at, ends_at__gt=free.starts_at).order_by("starts_at").first()
    if there is None:
        return False
    start, end = min(there.starts_at, free.starts_at), max(there.ends_at, free.ends_at)
    FreedTime.objects.filter(pk=there.pk).update(starts_at=start, ends_at=end)
    return True


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
