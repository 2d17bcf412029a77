"""Visits that stand where there are no visits any more. Each is a piece of work, a Case of kind rebook, for as long.

The list is asked of the visits themselves, so it can be left and found again, and what is done is never half done:
a visit is moved by `booking.move`, or its work stands.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from compliance import cases, clock
from compliance.enums import CASE_STANDING, CaseStatus, Priority
from compliance.models import Case, Location, User
from compliance.roles import Role
from scheduling.enums import UPCOMING, Status
from scheduling.hours import Hours
from scheduling.models import Appointment, Closure, Provider, Rebooking

KIND = "rebook"


def within(closure: Closure, *, now: datetime) -> QuerySet[Appointment]:
    """The visits to come that stand in a closed time, by time."""
    return _touching(closure).filter(status__in=UPCOMING, ends_at__gt=now).order_by("starts_at", "pk")


def came_of(closure: Closure) -> dict[str, int]:
    """How many of the visits that were work because they stood there were moved, and how many cancelled."""
    were_work = _touching(closure).filter(pk__in=_own().values("about_id"))
    counted = were_work.aggregate(
        moved=Count("pk", filter=Q(status=Status.RESCHEDULED)), cancelled=Count("pk", filter=Q(status=Status.CANCELLED))
    )
    return dict(counted)


def still_full(*, now: datetime) -> QuerySet[Closure]:
    """Closed times in which visits stand, each with their number as `standing`."""
    inside = Appointment.objects.filter(status__in=UPCOMING, ends_at__gt=now, starts_at__lt=OuterRef("ends_at"))
    inside = inside.filter(ends_at__gt=OuterRef("starts_at"))
    inside = inside.filter(provider=Coalesce(OuterRef("provider"), F("provider")))
    inside = inside.filter(location=Coalesce(OuterRef("location"), F("location")))
    number = inside.order_by().values("practice").annotate(number=Count("pk")).values("number")
    rows = Closure.objects.filter(ends_at__gt=now).annotate(standing=Coalesce(Subquery(number), 0))
    return rows.filter(standing__gt=0).select_related("provider", "location").order_by("starts_at", "pk")


def _touching(closure: Closure) -> QuerySet[Appointment]:
    """Whatever visits lie in a closed time, by its provider or place; without both of everybody."""
    rows = Appointment.objects.filter(starts_at__lt=closure.ends_at, ends_at__gt=closure.starts_at)
    if closure.provider_id:
        return rows.filter(provider=closure.provider_id)
    return rows.filter(location=closure.location_id) if closure.location_id else rows


def is_work(visit: Appointment) -> bool:
    """Whether a visit stands where nobody is seen any more, and waits to be moved. Nobody is reminded to come to it."""
    return _standing([visit]).exists()


def at_work() -> QuerySet[Any]:
    """The ids of all of them, as a column."""
    return _own().filter(status__in=CASE_STANDING, about_id__isnull=False).values("about_id")


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


def still_outside(visits: Iterable[Appointment]) -> set[UUID]:
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


def give_work(visits: Iterable[Appointment], *, why: str, by: User | None, now: datetime) -> int:
    """Open a piece of work for each visit that has none; answers how many visits there are."""
    found = list(visits)
    known = set(_standing(found).values_list("about_id", flat=True))
    calendar = clock.calendar_here()
    for visit in found:
        if visit.pk not in known:
            _open(visit, why, calendar, by=by, now=now)
    return len(found)


def take_work_back(visits: Iterable[Appointment], *, now: datetime) -> None:
    """Visits that may stay where they are: their work ends. The portal itself closes it."""
    for case in _standing(list(visits)).select_for_update(no_key=True):
        cases.move(case, CaseStatus.CANCELLED, by=None, now=now, note="The time is open again: the visit stays.")


def follow(visit: Appointment, *, came_from: str, now: datetime) -> None:
    """A visit that was moved, cancelled, or took place after all, is not displaced any more; undone, it is again.

    Of one that was cancelled or missed, booking it again is other work (`rebooking`).
    """
    if not came_from or (came_from in UPCOMING) == (visit.status in UPCOMING):
        return
    case = _own().filter(about_id=visit.pk).order_by("-opened_at", "-pk").select_for_update(no_key=True).first()
    if case is None:
        return
    if visit.status in UPCOMING and case.status not in CASE_STANDING:
        cases.move(case, CaseStatus.IN_PROGRESS, by=None, now=now, note="The visit stands there again.")
    elif visit.status not in UPCOMING and case.status in CASE_STANDING:
        done = CaseStatus.COMPLETED if visit.status == Status.RESCHEDULED else CaseStatus.CANCELLED
        cases.move(case, done, by=None, now=now, note=f"The visit: {visit.get_status_display().lower()}.")


def _own() -> QuerySet[Case]:
    """Without the cases of visits that were lost, which are of the same kind and have a row of their own."""
    return Case.objects.filter(kind=KIND).exclude(pk__in=Rebooking.objects.values("case"))


def _standing(visits: list[Appointment]) -> QuerySet[Case]:
    return _own().filter(about_id__in=[visit.pk for visit in visits], status__in=CASE_STANDING)


def _open(visit: Appointment, why: str, calendar: clock.OfficeCalendar, *, by: User | None, now: datetime) -> None:
    priority, due_at = due_before(visit.starts_at, calendar, now=now)
    cases.open_case(
        kind=KIND,
        summary=f"Find another time for the visit on {when(visit)} with {visit.provider}: {why}.",
        patient=visit.patient_id,
        team=Role.SECRETARY,
        priority=priority,
        due_at=due_at,
        about=visit,
        by=by,
        now=now,
    )


def due_before(starts_at: datetime, calendar: clock.OfficeCalendar, *, now: datetime) -> tuple[Priority, datetime]:
    """How soon work about a visit is due: by the close of the business day before it.

    Where that is past: urgent, within an hour of office time, and before the visit begins.
    """
    due = clock.business_day_end_before(starts_at, days=1, hours=calendar)
    if due and due > now:
        return Priority.ROUTINE, due
    try:
        soon = clock.respond_by(Priority.URGENT, opened=now, calendar=calendar)
    except clock.NeverOpen:
        soon = now + timedelta(hours=1)
    return Priority.URGENT, min(soon, max(starts_at, now))


def when(visit: Appointment) -> str:
    """Mon, Nov 30, 10:00 AM, on the clock of the visit's place."""
    here = visit.starts_at.astimezone(ZoneInfo(visit.location.time_zone))
    return f"{here:%a, %b} {here.day}, {here:%-I:%M %p}"
