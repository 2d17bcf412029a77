"""Which visits to come stand in a closed time, in words, whether or not finding them another one is somebody's work.

A time may be closed after they were booked, by the practice or by a calendar elsewhere, or they were booked or kept in it
all the same. What may not stay for another reason (a day off, hours that changed) is told as well, while it is work.
"""

from collections.abc import Collection, Iterable
from datetime import date, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Exists, F, OuterRef, Q, Subquery

from scheduling import displaced
from scheduling.enums import UPCOMING
from scheduling.local import at, moment
from scheduling.models import Appointment, Closure, Occupation

CANNOT_STAY = "Cannot stay at this time"


def say(visits: Iterable[Appointment]) -> None:
    """Give each visit to come its words as `in_closed`, empty where it may stay. Two queries for any number, or none."""
    found = list(visits)
    words = _words([visit.pk for visit in found if visit.status in UPCOMING])
    for visit in found:
        visit.in_closed = words.get(visit.pk, "")  # type: ignore[attr-defined]


def things_on(day: date, zone: ZoneInfo) -> dict[UUID, str]:
    """Of a local day the visits that take a closed room or machine, each with why it is closed; one query."""
    start, end = (moment(at(one, time.min, zone.key)) for one in (day, day + timedelta(days=1)))
    taken = Occupation.objects.filter(appointment__status__in=UPCOMING, starts_at__lt=end, ends_at__gt=start)
    shut = taken.filter(resource__closures__starts_at__lt=F("ends_at"), resource__closures__ends_at__gt=F("starts_at"))
    return dict(shut.values_list("appointment", "resource__closures__reason"))


def _words(visits: Collection[UUID]) -> dict[UUID, str]:
    if not visits:
        return {}
    rows = Appointment.objects.filter(pk__in=visits).annotate(closure=_closure(), at_work=Q(pk__in=displaced.at_work()))
    rows = rows.filter(Q(closure__isnull=False) | Q(at_work=True))
    closed = dict(rows.values_list("pk", "closure"))
    known = Closure.objects.select_related("provider", "location", "resource").in_bulk(set(closed.values()) - {None})
    return {pk: _of(known[by]) if by in known else CANNOT_STAY for pk, by in closed.items()}


def _closure() -> Any:
    """The closure in which a visit stands: of its provider or place, of what it takes, or of everybody; the first one."""
    there = Closure.objects.filter(starts_at__lt=OuterRef("ends_at"), ends_at__gt=OuterRef("starts_at"))
    there = there.filter(Q(provider__isnull=True) | Q(provider=OuterRef("provider")))
    there = there.filter(Q(location__isnull=True) | Q(location=OuterRef("location")))
    takes = Occupation.objects.filter(appointment=OuterRef(OuterRef("pk")), resource=OuterRef("resource"))
    there = there.filter(Q(resource__isnull=True) | Exists(takes))
    return Subquery(there.order_by("starts_at", "pk").values("pk")[:1])


def _of(closure: Closure) -> str:
    return f"In closed time: {closure.reason}" + (f", {closure.of}" if closure.of else "")
