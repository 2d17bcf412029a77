"""Where a provider is at a moment, and why she is nowhere."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils import timezone

from compliance.models import Location
from scheduling.hours import Hours, moment
from scheduling.models import Provider, VisitType


class OutsideHours(Exception):
    """The provider does not see patients then. The text says why."""


def where_open(provider: Provider, starts_at: datetime, visit_type: VisitType) -> Location:
    """The place where a provider sees patients for the whole of a visit. Raises OutsideHours."""
    day = starts_at.date()
    return place_among(Hours([provider], day - timedelta(days=1), day + timedelta(days=1)), provider, starts_at, visit_type)


def place_among(hours: Hours, provider: Provider, starts_at: datetime, visit_type: VisitType) -> Location:
    """The same among hours that were read before, of the days around the visit."""
    ends_at = starts_at + timedelta(minutes=visit_type.minutes)
    day = starts_at.date()
    span = (starts_at.timestamp(), ends_at.timestamp())
    near = [day + timedelta(days=n) for n in (-1, 0, 1)]
    for piece in (piece for one in near for piece in hours.open(provider, one)):
        if piece.start <= span[0] and span[1] <= piece.end:
            return piece.location
    raise OutsideHours(_why_closed(hours, provider, near, span))


def _why_closed(hours: Hours, provider: Provider, near: list[date], span: tuple[float, float]) -> str:
    worked = [p for day in near for p in hours.worked(provider, day) if p.start < span[1] and p.end > span[0]]
    for piece in worked:
        for closure in hours.closures(provider, piece.location.pk, (int(span[0]), int(span[1]))):
            return f"Closed then: {closure.reason}."
    if worked:
        end = timezone.localtime(moment(worked[-1].end), ZoneInfo(worked[-1].location.time_zone))
        return f"The visit does not fit into {provider}'s hours, which end at {end:%-I:%M %p}."
    return f"{provider} does not see patients at that time."
