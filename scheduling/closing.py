"""The one writer of closures: time is closed for a provider, a place, a room or machine or all, and opened again."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from compliance import rows
from compliance.audit import events
from compliance.models import Location, User
from scheduling import displaced, kept_out, needing, taking
from scheduling.enums import ResourceKind
from scheduling.models import Appointment, Closure, DayException, Provider, Resource, WorkingHours
from scheduling.waitlist import freed


class NotSeen(Exception):
    """Visits stand in the time that were not shown before; `visits` are all that stand there now."""

    def __init__(self, visits: list[Appointment]) -> None:
        self.visits = visits
        super().__init__("Visits were booked meanwhile.")


def close_time(
    *,
    starts_at: datetime,
    ends_at: datetime,
    reason: str,
    by: User,
    now: datetime,
    provider: Provider | None = None,
    location: Location | None = None,
    resource: Resource | None = None,
    seen: Collection[UUID] | None = None,
    holiday: date | None = None,
) -> Closure:
    """Close a stretch for one provider, one place, one room or machine, or (all None) the practice.

    Nothing new can be booked in it. The time is taken around the visits that stand in it. They stay until somebody moves
    them, and each becomes a piece of work in the same transaction; of a room or machine those for which no other one is
    free. `seen` are those that were shown before: raises NotSeen when there are others.
    """
    whose: dict[str, Any] = {"provider": provider, "location": location, "resource": resource, "holiday": holiday}
    closure = Closure(starts_at=starts_at, ends_at=ends_at, reason=reason, **whose)
    with transaction.atomic():
        taking.one_at_a_time(*_who_books_in(closure))
        visits = _within(closure, now)
        if seen is not None and {visit.pk for visit in visits} - set(seen):
            raise NotSeen(visits)
        rows.add(closure, by=by)
        _take(closure, now)
        _displace(closure, visits, by=by, now=now)
    return closure


def follow_outside(
    provider: Provider, gone: Sequence[Closure], new: Sequence[Closure], *, by: User | None, now: datetime
) -> None:
    """Open what a provider's calendar elsewhere says is busy no more and close what is. `by` None: the clock.

    What is free is looked at last: an event that only grew frees nothing on the way. A booked visit in the way is work.
    """
    with transaction.atomic():
        taking.one_at_a_time(provider.resource_id)
        before = kept_out.outside(provider, now=now)
        visits = {visit for row in gone for visit in displaced.within(row, now=now)}
        for row in gone:
            rows.remove(row, by=by)
        for row in new:
            rows.add(row, by=by)
            _take(row, now)
        displaced.let_stay(visits, now=now)
        stranded = [visit for pk, visit in kept_out.outside(provider, now=now).items() if pk not in before]
        displaced.give_work(stranded, why=f"{provider} is busy elsewhere then", by=by, now=now)
        hers = list(Provider.objects.working().filter(pk=provider.pk).select_related("resource"))
        for row in gone:
            freed.note_opened(row, hers, by=by, now=now)


def change_closure(closure: Closure, values: Mapping[str, Any], *, version: int, by: User, now: datetime) -> Closure:
    """Change a closure, and the time that it takes with it; the work of its visits follows. Raises Stale."""
    closed, wanted = (Closure.objects.get(pk=closure.pk) for _ in range(2))
    for name, value in values.items():
        setattr(wanted, name, value)
    with transaction.atomic():
        taking.one_at_a_time(*_who_books_in(closed), *_who_books_in(wanted))
        before = _within(closed, now)
        changed = rows.change(closure, values, version=version, by=by, now=now)
        taking.open_again(changed)
        _take(changed, now)
        after = _within(changed, now)
        _displace(changed, after, by=by, now=now)
        displaced.let_stay(set(before) - set(after), now=now)
        freed.note_opened(closed, _people_of(closed), by=by, now=now)
    return changed


def open_time(closure: Closure, *, by: User | None, now: datetime) -> None:
    """Take a closure back; the visits in it stay, and its time is offered to whoever waits for such a one."""
    people = list(_people_of(closure))
    with transaction.atomic():
        taking.one_at_a_time(*_who_books_in(closure))  # who closes it anew meanwhile would find its work, which ends here
        visits = _within(closure, now)
        rows.remove(closure, by=by)
        displaced.let_stay(visits, now=now)
        freed.note_opened(closure, people, by=by, now=now)


def take_anew(resource: Resource, *, now: datetime) -> None:
    """Close a locked room or machine that has more lanes now, or fewer, in all of them, for as long as it is closed."""
    for closure in Closure.objects.filter(resource=resource, ends_at__gt=now):
        taking.open_again(closure)
        taking.shut(closure, now=now)


def lock_all() -> None:
    """Lock whatever closures may take, before many are written in one act: one after the other, others would wait crosswise.

    What stands closed is looked at afterwards, so that who closes the same at that moment closes it once.
    """
    taking.one_at_a_time(*Resource.objects.values_list("pk", flat=True))


def _within(closure: Closure, now: datetime) -> list[Appointment]:
    """The visits in it, locked against who calls one off: what is done about it here would outlive it."""
    shown = ("provider", "location", "visit_type", "room")
    return list(displaced.within(closure, now=now).select_related(*shown).select_for_update(no_key=True, of=("self",)))


def _displace(closure: Closure, visits: list[Appointment], *, by: User, now: datetime) -> None:
    """Make visits work; of a room or machine only those that no other one can take."""
    if closure.resource is None:
        displaced.give_work(visits, why=closure.reason, by=by, now=now)
        return
    stranded = needing.go_elsewhere(closure.resource, visits, by=by, now=now)
    displaced.give_work(stranded, why=f"{closure.resource} is closed then, {closure.reason}", by=by, now=now)
    displaced.let_stay(set(visits) - set(stranded), now=now)


def _people_of(closure: Closure) -> Any:
    """Whose time it was: hers, everybody's who works at the place, or everybody's."""
    hers = Q(pk=closure.provider_id) if closure.provider_id else Q()
    if closure.location_id:
        there = Q(location=closure.location_id)
        hers = Q(pk__in=WorkingHours.objects.filter(there).values("provider"))
        hers |= Q(pk__in=DayException.objects.filter(there).values("provider"))
    return Provider.objects.working().filter(hers).select_related("resource")


def _who_books_in(closure: Closure) -> list[UUID]:
    """The resources whose bookings have to wait: hers; else everybody's, and whatever else the closure takes."""
    if closure.provider is not None:
        return [closure.provider.resource_id]
    if closure.resource_id:  # whatever a visit in it may take instead
        return list(Resource.objects.values_list("pk", flat=True))
    everybody = Resource.objects.filter(kind=ResourceKind.PROVIDER).values_list("pk", flat=True)
    return [*everybody, *_resources(closure).values_list("pk", flat=True)]


def _take(closure: Closure, now: datetime) -> None:
    if closure.resource_id:
        events.record("time.closed", closure, body={"resources": 1, "stretches": taking.shut(closure, now=now)})
        return
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
