"""Somebody stands at the desk without an appointment: she is booked for today and is here, in one act."""

from copy import copy
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils import timezone

from compliance.models import User
from patients.models import Patient
from scheduling import booking, openings, taking, visits
from scheduling.enums import IN_HOUSE, UPCOMING, Source
from scheduling.models import Appointment, Provider, VisitType
from scheduling.openings import Result, Search

SHOWN = 12


class NotToday(Exception):
    """She is here now; another day is booked as any visit."""


def first(search: Search, *, now: datetime) -> Result:
    """The first free times of today, without the time that this kind is usually booked ahead."""
    kind = at_once(search.visit_type)
    today = timezone.localtime(now).date()
    return openings.first(replace(search, visit_type=kind, from_day=today, until_day=today), now=now, limit=SHOWN)


def today_of(patient: Patient, user: User, *, now: datetime) -> list[Appointment]:
    """Her visits of today that are still to be: she may be here for one of them."""
    rows = Appointment.objects.visible_to(user).filter(patient=patient, status__in=[*UPCOMING, *IN_HOUSE])
    today = rows.on(timezone.localtime(now).date(), timezone.get_current_timezone())
    return list(today.select_related("provider", "location").order_by("starts_at", "pk"))


def at_once(kind: VisitType) -> VisitType:
    """The same kind, not booked ahead. Never saved."""
    bookable = copy(kind)
    bookable.lead_hours = 0
    return bookable


def take_in(
    patient: Patient,
    provider: Provider,
    visit_type: VisitType,
    starts_at: datetime,
    *,
    by: User,
    now: datetime,
    reason: str = "",
    overbook_reason: str = "",
    despite_overlap: bool = False,
) -> Appointment:
    """Book her for a time of today and write down that she is here. Raises NotToday, and what `booking.book` raises."""
    with taking.all_or_taken():
        visit = booking.book(
            patient=patient,
            provider=provider,
            starts_at=starts_at,
            visit_type=visit_type,
            mode=visit_type.usual_mode,
            reason=reason,
            overbook_reason=overbook_reason,
            despite_overlap=despite_overlap,
            source=Source.WALK_IN,
            by=by,
            now=now,
        )
        zone = ZoneInfo(visit.location.time_zone)
        if starts_at.astimezone(zone).date() != now.astimezone(zone).date():
            raise NotToday
        visits.arrive(visit, by=by, now=now)
        return visit
