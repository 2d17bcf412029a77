"""Providers, their hours, kinds of visit, and visits booked the way everybody books."""

from datetime import UTC, date, datetime, time
from itertools import count
from typing import Any

from compliance.models import Location, User
from patients.models import HumanName, Patient
from scheduling import booking
from scheduling.enums import DayKind, Mode, PartKind, ResourceKind
from scheduling.models import (
    Appointment,
    Closure,
    DayException,
    HoursPart,
    Provider,
    Resource,
    VisitType,
    WorkingHours,
)

_number = count(1)
LONG_AGO = date(2020, 1, 1)
NOW = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)  # a Monday, 8 AM in Chicago
MONDAY = date(2026, 11, 23)
WORKDAYS = range(5)


def patient(*, family: str = "Walker", given: str = "Ada", **fields: Any) -> Patient:
    """A patient with an official name, in the practice being acted in."""
    made = Patient.objects.create(**fields)
    HumanName.objects.create(patient=made, family=family, given=given)
    return made


def provider(name: str = "", *, hours: bool = True, capacity: int = 1, user: User | None = None, **fields: Any) -> Provider:
    """Somebody who sees patients from 9 to 5, Monday to Friday, at the practice's one location."""
    name = name or f"Dr. Okafor {next(_number)}"
    resource = Resource.objects.create(kind=ResourceKind.PROVIDER, name=name, capacity=capacity)
    made = Provider.objects.create(name=name, short_name=name, resource=resource, user=user, **fields)
    if hours:
        for weekday in WORKDAYS:
            works(made, weekday)
    return made


def works(who: Provider, weekday: int, starts: str = "09:00", ends: str = "17:00", **fields: Any) -> WorkingHours:
    """One stretch of one weekday."""
    fields.setdefault("location", fields.get("location") or Location.objects.order_by("created_at")[0])
    fields.setdefault("valid_from", LONG_AGO)
    return WorkingHours.objects.create(
        provider=who, weekday=weekday, starts=time.fromisoformat(starts), ends=time.fromisoformat(ends), **fields
    )


def pause(hours: WorkingHours, starts: str = "12:00", ends: str = "13:00", name: str = "Lunch") -> HoursPart:
    """A break of a template."""
    return HoursPart.objects.create(
        hours=hours, kind=PartKind.BREAK, name=name, starts=time.fromisoformat(starts), ends=time.fromisoformat(ends)
    )


def kept(
    hours: WorkingHours, kind: VisitType, starts: str = "09:00", ends: str = "11:00", release: int | None = None
) -> HoursPart:
    """A session of a template for one kind of visit."""
    span = {"starts": time.fromisoformat(starts), "ends": time.fromisoformat(ends)}
    return HoursPart.objects.create(
        hours=hours, kind=PartKind.KEPT, name=f"{kind}s", visit_types=[kind.pk], release_hours=release, **span
    )


def different(who: Provider, day: date, starts: str = "", ends: str = "", kind: str = DayKind.OTHER) -> DayException:
    """A day at the practice's one location that differs from the template; without hours: she does not work."""
    if not starts:
        return DayException.objects.create(provider=who, day=day, kind=DayKind.OFF)
    span = {"starts": time.fromisoformat(starts), "ends": time.fromisoformat(ends)}
    place = Location.objects.order_by("created_at")[0]
    return DayException.objects.create(provider=who, day=day, kind=kind, location=place, **span)


def visit_type(name: str = "", *, minutes: int = 30, **fields: Any) -> VisitType:
    """A kind of visit in the office, by video or by phone, without buffers."""
    fields.setdefault("modes", list(Mode.values))
    return VisitType.objects.create(name=name or f"Follow-up {next(_number)}", minutes=minutes, **fields)


def closure(starts_at: datetime, ends_at: datetime, *, reason: str = "Vacation", **fields: Any) -> Closure:
    """Closes one provider or place; without either, the practice."""
    return Closure.objects.create(starts_at=starts_at, ends_at=ends_at, reason=reason, **fields)


def visit(
    *,
    by: User,
    who: Provider | None = None,
    whose: Patient | None = None,
    kind: VisitType | None = None,
    starts_at: datetime = datetime(2026, 11, 23, 16, 0, tzinfo=UTC),
    now: datetime = NOW,
    **details: Any,
) -> Appointment:
    """A visit, booked; Monday, November 23, 10 AM in Chicago unless said otherwise."""
    return booking.book(
        patient=whose or patient(),
        provider=who or provider(),
        starts_at=starts_at,
        visit_type=kind or visit_type(),
        by=by,
        now=now,
        **details,
    )
