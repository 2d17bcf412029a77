"""The one writer of providers, rooms and equipment, working hours, visit types and closures."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Q

from compliance import rows
from compliance.audit import events
from compliance.models import Location, User
from scheduling import taking
from scheduling.enums import ResourceKind
from scheduling.models import Closure, DailyLimit, Need, Occupation, Provider, Resource, VisitType, WorkingHours
from scheduling.room import StillBooked, enough_for

Plain = Resource | VisitType | WorkingHours | Need | DailyLimit


class HoursOverlap(Exception):
    """The provider works then already; `other` says when and where."""

    def __init__(self, other: WorkingHours) -> None:
        self.other = other
        super().__init__("Two stretches of working hours overlap.")


__all__ = ["HoursOverlap", "StillBooked"]


def add(row: Plain, *, by: User) -> Plain:
    """Add a room, a visit type or working hours. Raises HoursOverlap."""
    if isinstance(row, WorkingHours):
        _refuse_overlap(row)
    return rows.add(row, by=by)


def change(row: Plain, values: Mapping[str, Any], *, version: int, by: User, now: datetime) -> Plain:
    """Change one of them. Raises Stale, HoursOverlap, StillBooked."""
    for name, value in values.items():
        setattr(row, name, value)
    if isinstance(row, WorkingHours):
        _refuse_overlap(row)
    with transaction.atomic():
        if "capacity" in values:
            enough_for(row, values["capacity"], now=now)
        return rows.change(row, values, version=version, by=by, now=now)


def remove(row: Plain, *, by: User) -> None:
    """Remove one that nothing refers to. Raises Referenced."""
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
    """Change a provider; her resource keeps her name and whether she sees patients. Raises Stale, StillBooked."""
    with transaction.atomic():
        if capacity not in (None, provider.resource.capacity):
            change(provider.resource, {"capacity": capacity}, version=provider.resource.version, by=by, now=now)
        changed = rows.change(provider, values, version=version, by=by, now=now)
        resource = changed.resource
        if (resource.name, resource.is_active) != (changed.short_name, changed.is_active):
            resource.name, resource.is_active = changed.short_name, changed.is_active
            resource.version += 1
            resource.save(update_fields=["name", "is_active", "version", "updated_at"])
    return changed


def remove_provider(provider: Provider, *, by: User) -> None:
    """Remove a provider whom nothing refers to, with her resource. Raises Referenced."""
    resource = provider.resource
    with transaction.atomic():
        rows.remove(provider, by=by)
        if rows.is_referenced(resource):
            raise rows.Referenced
        resource.delete()


def close_time(
    *,
    starts_at: datetime,
    ends_at: datetime,
    reason: str,
    by: User,
    now: datetime,
    provider: Provider | None = None,
    location: Location | None = None,
) -> Closure:
    """Close a stretch for one provider, one place, or (both None) the practice; nothing new can be booked in it.

    The time is taken around the visits that stand in it: they stay until somebody moves them (`visits_within`).
    """
    closure = Closure(starts_at=starts_at, ends_at=ends_at, reason=reason, provider=provider, location=location)
    with transaction.atomic():
        rows.add(closure, by=by)
        _take(closure, now)
    return closure


def change_closure(closure: Closure, values: Mapping[str, Any], *, version: int, by: User, now: datetime) -> Closure:
    """Change a closure, and the time that it takes with it. Raises Stale."""
    with transaction.atomic():
        changed = rows.change(closure, values, version=version, by=by, now=now)
        taking.open_again(changed)
        _take(changed, now)
    return changed


def open_time(closure: Closure, *, by: User) -> None:
    """Take a closure back; its time is free again."""
    rows.remove(closure, by=by)


def visits_within(closure: Closure) -> int:
    """How many visits stand in a closure's time and have to be moved."""
    inside = Occupation.objects.overlapping(closure.starts_at, closure.ends_at).filter(resource__in=_resources(closure))
    return inside.filter(appointment__isnull=False).values("appointment").distinct().count()


def _take(closure: Closure, now: datetime) -> None:
    resources = list(_resources(closure).values_list("pk", flat=True))
    stretches = taking.close(closure, resources, now=now)
    events.record("time.closed", closure, body={"resources": len(resources), "stretches": stretches})


def _resources(closure: Closure) -> Any:
    """A provider's own; of a place its rooms and who works nowhere else; of the practice everything in use."""
    in_use = Resource.objects.filter(is_active=True)
    if closure.provider_id:
        return in_use.filter(provider=closure.provider_id)
    if closure.location:
        day = closure.starts_at.astimezone(ZoneInfo(closure.location.time_zone)).date()
        hours = WorkingHours.objects.filter(Q(valid_until__isnull=True) | Q(valid_until__gte=day))
        elsewhere = hours.exclude(location=closure.location_id).values("provider")
        here = hours.filter(location=closure.location_id).exclude(provider__in=elsewhere).values("provider__resource")
        return in_use.filter(Q(location=closure.location_id) | Q(pk__in=here))
    return in_use


def _refuse_overlap(hours: WorkingHours) -> None:
    same_day = WorkingHours.objects.filter(provider=hours.provider, weekday=hours.weekday).exclude(pk=hours.pk)
    at_once = same_day.filter(starts__lt=hours.ends, ends__gt=hours.starts)
    until = hours.valid_until or date.max
    other = (
        at_once.filter(valid_from__lte=until)
        .filter(Q(valid_until__isnull=True) | Q(valid_until__gte=hours.valid_from))
        .first()
    )
    if other is not None:
        raise HoursOverlap(other)
