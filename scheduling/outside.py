"""The one writer of OutsideCalendar: a provider's calendar elsewhere, whose busy time counts as taken here.

Its busy stretches stand as Closures with the calendar's name. They are kept equal to the file: what is gone there goes
here, what is the same stays as it is. Visits that are booked stand; the closure lies around them.
"""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from compliance import cases, rows
from compliance.audit import events
from compliance.enums import CASE_STANDING, CaseStatus
from compliance.models import Case, Practice, User
from compliance.roles import Role
from compliance.tenancy import SYSTEM, acting_in, current_practice_id
from scheduling import outside_reader, set_up
from scheduling.fetching import NotFetched, fetch
from scheduling.models import Closure, OutsideCalendar, Provider
from scheduling.outside_reader import Unreadable

__all__ = ["Unreadable", "add", "busy_in", "due", "read_again", "read_file", "remove"]

AHEAD = timedelta(days=180)
AHEAD_OF_FILE = timedelta(days=400)  # as far as one books: it is not read again
UNREAD_FOR = timedelta(hours=24)  # then an address that does not answer is work
EVERY = timedelta(minutes=15)
PATIENCE = outside_reader.SECONDS + 5  # seconds for the reader's process
ENVIRONMENT = ("PATH", "LD_LIBRARY_PATH", "TZDIR")  # what an interpreter may need to start


def add(provider: Provider, *, name: str, address: str | None, by: User) -> OutsideCalendar:
    """A calendar outside. It is read by `read_file` or `read_again`."""
    calendar: OutsideCalendar = rows.add(OutsideCalendar(provider=provider, name=name, address=address or None), by=by)
    return calendar


def remove(calendar: OutsideCalendar, *, by: User, now: datetime) -> None:
    """Forget a calendar; the time it took is free again. One that is read at that moment is waited for."""
    with transaction.atomic():
        if not OutsideCalendar.objects.select_for_update().filter(pk=calendar.pk).exists():
            return  # somebody else removed it
        set_up.follow_outside(calendar.provider, list(calendar.closures.all()), [], by=by, now=now)
        _settle(calendar, now=now, note="The calendar is removed.")
        events.record("outsidecalendar.removed", calendar, action=events.DELETE, by=by)
        calendar.delete()


def read_again(practice: UUID, calendar: UUID, *, now: datetime, by: UUID = SYSTEM) -> None:
    """Fetch one anew; no transaction is open while the network is waited for.

    What cannot be fetched or read leaves the time as it was taken, and stands as the calendar's problem. One that is
    removed meanwhile takes no time.
    """
    with acting_in(practice, by):
        row = OutsideCalendar.objects.filter(pk=calendar, address__isnull=False).first()
        address = row.address if row else None
    if row is None or address is None:
        return
    try:
        text = fetch(address, most=outside_reader.LARGEST)
        with acting_in(practice, by):
            read_file(row, text, by=None, now=now)
    except OutsideCalendar.DoesNotExist:
        return
    except (NotFetched, Unreadable) as problem:
        with acting_in(practice, by):
            there = OutsideCalendar.objects.filter(pk=calendar)
            if there.update(problem=str(problem), tried_at=now, updated_at=now):
                _tell(row, now=now)


def due(*, now: datetime) -> list[UUID]:
    """Calendars with an address that have not been tried for a quarter of an hour."""
    rows = OutsideCalendar.objects.filter(address__isnull=False)
    return list(rows.exclude(tried_at__gt=now - EVERY).order_by("pk").values_list("pk", flat=True))


def read_file(calendar: OutsideCalendar, text: bytes, *, by: User | None, now: datetime) -> int:
    """Take the time that a file says is busy from now on; answers how many stretches. Raises Unreadable."""
    zone = Practice.objects.values_list("time_zone", flat=True).get(pk=current_practice_id())
    until = (now + (AHEAD if calendar.address else AHEAD_OF_FILE)).replace(
        hour=0, minute=0, second=0, microsecond=0
    )  # moves once a day: so do long events
    wanted = busy_in(text, start=now, end=until, zone=zone)
    with transaction.atomic():
        OutsideCalendar.objects.select_for_update(no_key=True).get(pk=calendar.pk)
        there = {_ahead(row, now): row for row in Closure.objects.filter(outside=calendar, ends_at__gt=now)}
        gone = [row for stretch, row in there.items() if stretch not in set(wanted)]
        new = [_closure(calendar, *stretch) for stretch in wanted if stretch not in there]
        set_up.follow_outside(calendar.provider, gone, new, by=by, now=now)
        values: dict[str, Any] = {"read_at": now, "tried_at": now, "problem": "", "busy": len(wanted), "updated_at": now}
        OutsideCalendar.objects.filter(pk=calendar.pk).update(**values)
        _settle(calendar, now=now, note="The calendar is read again.")
        events.record("outsidecalendar.read", calendar, by=by, body={"taken": len(new), "freed": len(gone)})
    return len(wanted)


def _tell(calendar: OutsideCalendar, *, now: datetime) -> None:
    """A calendar that has not been read for a day is work, once: what was entered there since is not taken here."""
    if now - (calendar.read_at or calendar.created_at) < UNREAD_FOR or _told(calendar).exists():
        return
    cases.open_task(
        summary=f"The calendar {calendar} of {calendar.provider} has not been read for a day. See More, Calendars.",
        team=Role.PRACTICE_ADMIN,
        about=calendar,
        by=None,
        now=now,
    )


def _settle(calendar: OutsideCalendar, *, now: datetime, note: str) -> None:
    for case in _told(calendar).select_for_update(no_key=True):
        cases.move(case, CaseStatus.COMPLETED, by=None, now=now, note=note)


def _told(calendar: OutsideCalendar) -> QuerySet[Case]:
    return Case.objects.filter(about_type=calendar._meta.label_lower, about_id=calendar.pk, status__in=CASE_STANDING)


def _ahead(row: Closure, now: datetime) -> tuple[datetime, datetime]:
    """What of a closure is ahead, as a file is read: an event that is under way is the same one as before it began."""
    return max(row.starts_at, now.replace(microsecond=0)), row.ends_at


def _closure(calendar: OutsideCalendar, starts_at: datetime, ends_at: datetime) -> Closure:
    span = {"starts_at": starts_at, "ends_at": ends_at}
    return Closure(provider=calendar.provider, reason=calendar.name, outside=calendar, **span)


def little_of(environment: Mapping[str, str]) -> dict[str, str]:
    """What a process needs to start: no address of the database, no secret of the portal."""
    return {name: value for name, value in environment.items() if name in ENVIRONMENT}


def busy_in(text: bytes, *, start: datetime, end: datetime, zone: str) -> list[tuple[datetime, datetime]]:
    """The busy stretches of a file, read by a process that cannot harm this one. Raises Unreadable."""
    if len(text) > outside_reader.LARGEST:
        raise Unreadable("The calendar is larger than 2 MB.")
    command = [sys.executable, "-m", "scheduling.outside_reader", start.isoformat(), end.isoformat(), zone]
    try:
        how: dict[str, Any] = {"cwd": settings.BASE_DIR, "env": little_of(os.environ), "timeout": PATIENCE}
        done = subprocess.run(command, input=text, capture_output=True, check=True, **how)
        answer = json.loads(done.stdout)
    except (subprocess.SubprocessError, ValueError) as error:
        raise Unreadable("The calendar repeats too much to be read.") from error
    if "problem" in answer:
        raise Unreadable(answer["problem"])
    return [(datetime.fromtimestamp(begins, UTC), datetime.fromtimestamp(ends, UTC)) for begins, ends in answer["busy"]]
