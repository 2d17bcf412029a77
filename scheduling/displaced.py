"""Visits that stand where there are no visits any more. Each is a piece of work, a Case of kind rebook, for as long.

The list is asked of the visits themselves, so it can be left and found again, and what is done is never half done:
a visit is moved by `booking.move`, or its work stands.
"""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from compliance import cases, clock
from compliance.enums import CASE_STANDING, CaseStatus, Priority
from compliance.models import Case, User
from compliance.roles import Role
from scheduling import kept_out
from scheduling.enums import TAKES_TIME, UPCOMING, Status
from scheduling.models import Appointment, Closure, Occupation, Rebooking, Transition

KIND = "rebook"


def within(closure: Closure, *, now: datetime) -> QuerySet[Appointment]:
    """The visits to come that stand in a closed time, by time."""
    return _touching(closure).filter(status__in=UPCOMING, ends_at__gt=now).order_by("starts_at", "pk")


def came_of(closure: Closure) -> dict[str, int]:
    """How many of the visits that were work because they stood there were moved, and how many cancelled."""
    counted = _were_work(closure).aggregate(
        moved=Count("pk", filter=Q(status=Status.RESCHEDULED)), cancelled=Count("pk", filter=Q(status=Status.CANCELLED))
    )
    return dict(counted)


def moved_out_of(closure: Closure) -> QuerySet[Appointment]:
    """The visits that were work because they stood there, and were moved."""
    return _were_work(closure).filter(status=Status.RESCHEDULED)


def _were_work(closure: Closure) -> QuerySet[Appointment]:
    return _touching(closure).filter(pk__in=_own().values("about_id"))


def still_full(*, now: datetime) -> QuerySet[Closure]:
    """Closed times in which visits stand, each with their number as `standing`."""
    rows = with_standing(Closure.objects.filter(ends_at__gt=now), now=now)
    return rows.filter(standing__gt=0).select_related("provider", "location", "resource").order_by("starts_at", "pk")


def with_standing(closures: QuerySet[Closure], *, now: datetime) -> QuerySet[Closure]:
    """Closed times, each with the number of visits to come that stand in it as `standing`."""
    inside = Appointment.objects.filter(status__in=UPCOMING, ends_at__gt=now, starts_at__lt=OuterRef("ends_at"))
    inside = inside.filter(ends_at__gt=OuterRef("starts_at"))
    inside = inside.filter(provider=Coalesce(OuterRef("provider"), F("provider")))
    inside = inside.filter(location=Coalesce(OuterRef("location"), F("location")))
    theirs = Occupation.objects.filter(appointment=OuterRef("pk"))
    inside = inside.filter(Exists(theirs.filter(resource=Coalesce(OuterRef(OuterRef("resource")), F("resource")))))
    number = inside.order_by().values("practice").annotate(number=Count("pk")).values("number")
    return closures.annotate(standing=Coalesce(Subquery(number), 0))


def _touching(closure: Closure) -> QuerySet[Appointment]:
    """Whatever visits lie in a closed time, by its provider or place, or by what they take or took; else of everybody."""
    rows = Appointment.objects.filter(starts_at__lt=closure.ends_at, ends_at__gt=closure.starts_at)
    if closure.resource_id:
        has, had = _takes(closure.resource_id), _gave_back(closure.resource_id)
        return rows.filter(Q(pk__in=has) | Q(pk__in=had) & ~Q(status__in=TAKES_TIME))
    if closure.provider_id:
        return rows.filter(provider=closure.provider_id)
    return rows.filter(location=closure.location_id) if closure.location_id else rows


def _takes(resource: UUID) -> QuerySet[Any]:
    """Visits that take a room or machine."""
    return Occupation.objects.filter(resource=resource, appointment__isnull=False).values("appointment")


def _gave_back(resource: UUID) -> QuerySet[Any]:
    """Visits that took a room or machine and left it: gone, moved, or given another one."""
    return Transition.objects.filter(before__occupations__contains=[[str(resource)]]).values("appointment")


def is_work(visit: Appointment) -> bool:
    """Whether a visit stands where nobody is seen any more, and waits to be moved. Nobody is reminded to come to it."""
    return _standing([visit]).exists()


def at_work() -> QuerySet[Any]:
    """The ids of all of them, as a column."""
    return _own().filter(status__in=CASE_STANDING, about_id__isnull=False).values("about_id")


def give_work(visits: Iterable[Appointment], *, why: str, by: User | None, now: datetime) -> int:
    """Open a piece of work for each visit to come that has none; answers how many visits there are.

    They are locked: of one that is called off at that moment the work would stay.
    """
    rows = Appointment.objects.filter(pk__in=[visit.pk for visit in visits], status__in=UPCOMING)
    rows = rows.select_related("provider", "location").order_by("starts_at", "pk")
    found = list(rows.select_for_update(no_key=True, of=("self",)))
    known = set(_standing(found).values_list("about_id", flat=True))
    calendar = clock.calendar_here()
    for visit in found:
        if visit.pk not in known:
            _open(visit, why, calendar, by=by, now=now)
    return len(found)


def let_stay(visits: Collection[Appointment], *, now: datetime) -> None:
    """End the work of visits, except of those that cannot stay for another reason (`kept_out`)."""
    outside = kept_out.out_of_hours(visits)
    take_work_back([visit for visit in visits if visit.pk not in outside], now=now)


def take_work_back(visits: Iterable[Appointment], *, now: datetime) -> None:
    """Visits whose hours are open: their work ends, but of those that want for a room or machine. Closed by the portal."""
    wanting = kept_out.wanting(visits := list(visits))
    stay = [visit for visit in visits if visit.pk not in wanting]
    for case in _standing(stay).select_for_update(no_key=True):
        cases.move(case, CaseStatus.CANCELLED, by=None, now=now, note="The time is open again: the visit stays.")


def follow(visit: Appointment, *, came_from: str, now: datetime) -> None:
    """A visit that was moved, cancelled, or took place after all, is not displaced any more; undone, it is again.

    Of one that was cancelled or missed, booking it again is other work (`rebooking`).
    """
    if not came_from or (came_from in UPCOMING) == (visit.status in UPCOMING):
        return
    case = _own().filter(about_id=visit.pk).order_by("-opened_at", "-pk").select_for_update(no_key=True).first()
    if visit.status in UPCOMING:
        _stands_again(visit, case, now=now)
    elif case is not None and case.status in CASE_STANDING:
        done = CaseStatus.COMPLETED if visit.status == Status.RESCHEDULED else CaseStatus.CANCELLED
        cases.move(case, done, by=None, now=now, note=f"The visit: {visit.get_status_display().lower()}.")


def _stands_again(visit: Appointment, case: Case | None, *, now: datetime) -> None:
    """It is work where it cannot stay, also where that came about while it was away; not one that never lay in hours."""
    if (case is not None and case.status in CASE_STANDING) or not kept_out.among([visit]):
        return
    if case is not None:
        cases.move(case, CaseStatus.IN_PROGRESS, by=None, now=now, note="The visit stands there again.")
    elif not visit.overbook_reason:
        give_work([visit], why="nobody is seen then any more", by=None, now=now)


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
