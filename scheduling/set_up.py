"""The one writer of providers, rooms and equipment, working hours and visit types; of closures it is `closing`."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from compliance import rows
from compliance.models import User
from scheduling import closing, consequences, displaced, kept_out, working
from scheduling.closing import NotSeen, change_closure, close_time, follow_outside, lock_all, open_time
from scheduling.enums import ResourceKind
from scheduling.models import (
    Appointment,
    DailyLimit,
    DayException,
    HoursPart,
    Need,
    Provider,
    Resource,
    VisitType,
    WorkingHours,
)
from scheduling.room import StillBooked, enough_for
from scheduling.working import DoesNotFit, HoursOverlap

__all__ = [
    "DoesNotFit",
    "HoursOverlap",
    "NotSeen",
    "StillBooked",
    "change_closure",
    "close_time",
    "follow_outside",
    "lock_all",
    "open_time",
]

Plain = Resource | VisitType | WorkingHours | HoursPart | DayException | Need | DailyLimit


def add(row: Plain, *, by: User, now: datetime | None = None) -> Plain:
    """Add a room, a visit type, a template, a part of one, or a different day. Raises HoursOverlap, DoesNotFit.

    Visits that lie outside of hours by it become work, `row.displaced` says how many: a part or a day needs `now` for that.
    """
    with consequences.of_row(row, by=by, now=now):
        working.check(row)
        return rows.add(row, by=by)


def change(row: Plain, values: Mapping[str, Any], *, version: int, by: User, now: datetime) -> Plain:
    """Change one of them, visits as in `add`. Raises Stale, HoursOverlap, DoesNotFit, StillBooked."""
    for name, value in values.items():
        setattr(row, name, value)
    with consequences.of_row(row, by=by, now=now):
        working.check(row)
        if "capacity" in values:
            enough_for(row, values["capacity"], now=now)
        changed = rows.change(row, values, version=version, by=by, now=now)
        if "capacity" in values and isinstance(row, Resource):
            closing.take_anew(row, now=now)
        return changed


def remove(row: Plain, *, by: User, now: datetime | None = None) -> None:
    """Remove one that nothing refers to, visits as in `add`. Raises Referenced."""
    if isinstance(row, VisitType) and HoursPart.objects.filter(visit_types__contains=[row.pk]).exists():
        raise rows.Referenced
    with consequences.of_row(row, by=by, now=now):
        rows.remove(row, by=by)


def add_provider(provider: Provider, *, by: User, capacity: int = 1) -> Provider:
    """Add a provider, and the resource that her time is."""
    with transaction.atomic():
        own = {"name": provider.short_name, "capacity": capacity}
        provider.resource = Resource.objects.create(kind=ResourceKind.PROVIDER, **own)
        return rows.add(provider, by=by)


def change_provider(
    provider: Provider, values: Mapping[str, Any], *, version: int, by: User, now: datetime, capacity: int | None = None
) -> Provider:
    """Change a provider; her resource keeps her name and whether she sees patients. Raises Stale, StillBooked.

    Who sees no patients any more leaves her visits to come as work; they are shown for as long as they stand.
    """
    saw = Provider.objects.get(pk=provider.pk).is_active
    with transaction.atomic():
        if capacity not in (None, provider.resource.capacity):
            change(provider.resource, {"capacity": capacity}, version=provider.resource.version, by=by, now=now)
        changed = rows.change(provider, values, version=version, by=by, now=now)
        resource = changed.resource
        if (resource.name, resource.is_active) != (changed.short_name, changed.is_active):
            resource.name, resource.is_active = changed.short_name, changed.is_active
            resource.version += 1
            resource.save(update_fields=["name", "is_active", "version", "updated_at"])
        if saw != changed.is_active:
            _visits_of(changed, by=by, now=now)
    return changed


def _visits_of(provider: Provider, *, by: User, now: datetime) -> None:
    """Of one who sees no patients any more they are work; of one who does again those within her hours stay."""
    rows = Appointment.objects.upcoming().filter(provider=provider, ends_at__gt=now).select_related("provider", "location")
    if provider.is_active:
        out = kept_out.outside(provider, now=now)
        displaced.take_work_back([visit for visit in rows if visit.pk not in out], now=now)
    else:
        displaced.give_work(rows, why=f"{provider} no longer sees patients", by=by, now=now)


def remove_provider(provider: Provider, *, by: User) -> None:
    """Remove a provider whom nothing refers to, with her resource. Raises Referenced."""
    resource = provider.resource
    with transaction.atomic():
        rows.remove(provider, by=by)
        if rows.is_referenced(resource):
            raise rows.Referenced
        resource.delete()
