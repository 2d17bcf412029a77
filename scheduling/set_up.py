"""The one writer of providers, rooms and equipment, working hours, visit types and closures."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from compliance import rows
from compliance.audit import events
from compliance.models import Location, User
from scheduling import consequences, displaced, taking, working
from scheduling.enums import ResourceKind
from scheduling.models import (
    Appointment,
    Closure,
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
from scheduling.waitlist import freed
from scheduling.working import DoesNotFit, HoursOverlap

__all__ = ["DoesNotFit", "HoursOverlap", "StillBooked"]

Plain = Resource | VisitType | WorkingHours | HoursPart | DayException | Need | DailyLimit


class NotSeen(Exception):
    """Visits stand in the time that were not shown before; `visits` are all that stand there now."""

    def __init__(self, visits: list[Appointment]) -> None:
        self.visits = visits
        super().__init__("Visits were booked meanwhile.")


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
        return rows.change(row, values, version=version, by=by, now=now)


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
        out = displaced.outside(provider, now=now)
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


def close_time(
    *,
    starts_at: datetime,
    ends_at: datetime,
    reason: str,
    by: User,
    now: datetime,
    provider: Provider | None = None,
    location: Location | None = None,
    seen: Collection[UUID] | None = None,
    holiday: date | None = None,
) -> Closure:
    """Close a stretch for one provider, one place, or (both None) the practice; nothing new can be booked in it.

    The time is taken around the visits that stand in it. They stay until somebody moves them, and each becomes a piece
    of work in the same transaction. `seen` are those that were shown before: raises NotSeen when there are others.
    """
    whose: dict[str, Any] = {"provider": provider, "location": location, "holiday": holiday}
    closure = Closure(starts_at=starts_at, ends_at=ends_at, reason=reason, **whose)
    with transaction.atomic():
        taking.one_at_a_time(*_who_books_in(closure))
        visits = list(displaced.within(closure, now=now).select_related("provider", "location"))
        if seen is not None and {visit.pk for visit in visits} - set(seen):
            raise NotSeen(visits)
        rows.add(closure, by=by)
        _take(closure, now)
        displaced.give_work(visits, why=reason, by=by, now=now)
    return closure


def follow_outside(
    provider: Provider, gone: Sequence[Closure], new: Sequence[Closure], *, by: User | None, now: datetime
) -> None:
    """Open what a provider's calendar elsewhere says is busy no more and close what is. `by` None: the clock.

    What is free is looked at last: an event that only grew frees nothing on the way. A booked visit in the way is work.
    """
    with transaction.atomic():
        taking.one_at_a_time(provider.resource_id)
        before = displaced.outside(provider, now=now)
        visits = {visit for row in gone for visit in displaced.within(row, now=now)}
        for row in gone:
            rows.remove(row, by=by)
        for row in new:
            rows.add(row, by=by)
            _take(row, now)
        _let_stay(visits, now)
        stranded = [visit for pk, visit in displaced.outside(provider, now=now).items() if pk not in before]
        displaced.give_work(stranded, why=f"{provider} is busy elsewhere then", by=by, now=now)
        hers = list(Provider.objects.working().filter(pk=provider.pk).select_related("resource"))
        for row in gone:
            freed.note_opened(row, hers, by=by, now=now)


def change_closure(closure: Closure, values: Mapping[str, Any], *, version: int, by: User, now: datetime) -> Closure:
    """Change a closure, and the time that it takes with it; the work of its visits follows. Raises Stale."""
    closed = Closure.objects.get(pk=closure.pk)
    with transaction.atomic():
        before = list(displaced.within(closed, now=now))
        changed = rows.change(closure, values, version=version, by=by, now=now)
        taking.one_at_a_time(*_who_books_in(changed))
        taking.open_again(changed)
        _take(changed, now)
        after = list(displaced.within(changed, now=now).select_related("provider", "location"))
        displaced.give_work(after, why=changed.reason, by=by, now=now)
        _let_stay(set(before) - set(after), now)
        freed.note_opened(closed, _people_of(closed), by=by, now=now)
    return changed


def open_time(closure: Closure, *, by: User | None, now: datetime) -> None:
    """Take a closure back; the visits in it stay, and its time is offered to whoever waits for such a one."""
    people = list(_people_of(closure))
    with transaction.atomic():
        visits = list(displaced.within(closure, now=now))
        rows.remove(closure, by=by)
        _let_stay(visits, now)
        freed.note_opened(closure, people, by=by, now=now)


def _people_of(closure: Closure) -> Any:
    """Whose time it was: hers, everybody's who works at the place, or everybody's."""
    hers = Q(pk=closure.provider_id) if closure.provider_id else Q()
    if closure.location_id:
        there = Q(location=closure.location_id)
        hers = Q(pk__in=WorkingHours.objects.filter(there).values("provider"))
        hers |= Q(pk__in=DayException.objects.filter(there).values("provider"))
    return Provider.objects.working().filter(hers).select_related("resource")


def _let_stay(visits: Collection[Appointment], now: datetime) -> None:
    """End the work of visits, except of those that another closed time or a day off keeps out of hours."""
    outside = displaced.still_outside(visits)
    displaced.take_work_back([visit for visit in visits if visit.pk not in outside], now=now)


def _who_books_in(closure: Closure) -> list[UUID]:
    """The resources whose bookings have to wait: hers; else everybody's, and whatever else the closure takes."""
    if closure.provider is not None:
        return [closure.provider.resource_id]
    everybody = Resource.objects.filter(kind=ResourceKind.PROVIDER).values_list("pk", flat=True)
    return [*everybody, *_resources(closure).values_list("pk", flat=True)]


def _take(closure: Closure, now: datetime) -> None:
    resources = list(_resources(closure).values_list("pk", flat=True))
    stretches = taking.close(closure, resources, now=now)
    events.record("time.closed", closure, body={"resources": len(resources), "stretches": stretches})


def _resources(closure: Closure) -> Any:
    """A provider's own; of a place its rooms; of the practice everything in use.

    Whoever works at a place that is closed may see patients at another one: her hours say that she is not here.
    """
    in_use = Resource.objects.filter(is_active=True)
    if closure.provider_id:
        return in_use.filter(provider=closure.provider_id)
    if closure.location_id:
        return in_use.filter(location=closure.location_id)
    return in_use
