"""Visits that cannot stay where they stand: out of hours, in a closed room or machine, or without one that they need.

Asked of what stands now, whatever came first. Writes nothing.
"""

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Exists, OuterRef

from compliance.models import Location
from scheduling import kinds
from scheduling.enums import UPCOMING
from scheduling.hours import Hours
from scheduling.models import Appointment, Closure, Occupation, Provider


def outside(provider: Provider, *, now: datetime) -> dict[UUID, Appointment]:
    """A provider's visits to come that lie in none of her open hours, by time."""
    rows = Appointment.objects.filter(provider=provider, status__in=UPCOMING, ends_at__gt=now)
    found = _without_hours(list(rows.select_related("provider", "location").order_by("starts_at", "pk")))
    return {row.pk: row for row in found}


def outside_at(place: Location, *, now: datetime) -> dict[UUID, Appointment]:
    """The visits to come at a place that lie in no open hours of their providers, by time."""
    rows = Appointment.objects.filter(location=place, status__in=UPCOMING, ends_at__gt=now)
    found = _without_hours(list(rows.select_related("provider", "location").order_by("starts_at", "pk")))
    return {row.pk: row for row in found}


def among(visits: Collection[Appointment]) -> set[UUID]:
    """Those of some visits that cannot stay for one reason or another."""
    return out_of_hours(visits) | wanting(visits)


def out_of_hours(visits: Collection[Appointment]) -> set[UUID]:
    """Those of some visits that lie in none of their provider's open hours: closed, a day off, or no hours then."""
    rows = Appointment.objects.filter(pk__in=[visit.pk for visit in visits]).select_related("provider")
    return {row.pk for row in _without_hours(list(rows))}


def _without_hours(visits: list[Appointment]) -> list[Appointment]:
    """The same; four queries for any number of visits and providers."""
    if not visits:
        return []
    beginnings, day = [visit.starts_at.date() for visit in visits], timedelta(days=1)
    who = {visit.provider_id: visit.provider for visit in visits}
    hours = Hours(list(who.values()), min(beginnings) - day, max(beginnings) + day)
    return [visit for visit in visits if not _lies_in_hours(visit, hours)]


def _lies_in_hours(visit: Appointment, hours: Hours) -> bool:
    start, end = visit.starts_at.timestamp(), visit.ends_at.timestamp()
    near = (visit.starts_at.date() + timedelta(days=n) for n in (-1, 0, 1))
    return visit.provider.is_active and any(
        piece.start <= start and end <= piece.end for day in near for piece in hours.open(visit.provider, day)
    )


def wanting(visits: Collection[Appointment]) -> set[UUID]:
    """Those of some visits that take a room or machine which is closed then, or lack one that they need."""
    return _in_shut_things(visits) | _lacking(visits)


def _in_shut_things(visits: Collection[Appointment]) -> set[UUID]:
    """Those of some visits that take a room or machine which is closed then."""
    closed = Closure.objects.filter(resource=OuterRef("resource"), starts_at__lt=OuterRef("appointment__ends_at"))
    closed = closed.filter(ends_at__gt=OuterRef("appointment__starts_at"))
    rows = Occupation.objects.filter(Exists(closed), appointment__in=[visit.pk for visit in visits])
    return set(rows.values_list("appointment", flat=True))


def _lacking(visits: Collection[Appointment]) -> set[UUID]:
    """Those of some visits that do not have all that their kind needs, or lost the room that was chosen.

    Two queries, and those of each kind and way that occurs.
    """
    rows = list(Appointment.objects.filter(pk__in=[visit.pk for visit in visits]).select_related("visit_type"))
    wanted = {(row.visit_type_id, row.mode): row for row in rows}
    needs = {way: kinds.wanted_by(row.visit_type, row.mode) for way, row in wanted.items()}
    has: dict[UUID, set[UUID]] = defaultdict(set)
    for visit, resource in Occupation.objects.filter(appointment__in=rows).values_list("appointment", "resource"):
        has[visit].add(resource)
    return {row.pk for row in rows if _lacks(row, needs[row.visit_type_id, row.mode], has[row.pk])}


def _lacks(visit: Appointment, needs: list[kinds.Wanted], has: set[UUID]) -> bool:
    lost_its_room = visit.room_id is not None and visit.room_id not in has
    return lost_its_room or kinds.unmet(needs, visit.location_id, lambda row: row.pk in has) is not None
