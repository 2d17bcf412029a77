"""Where a provider is at a moment, and why she is nowhere."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils import timezone

from compliance.models import Location
from scheduling.hours import Hours
from scheduling.local import days, moment
from scheduling.models import Provider, VisitType, WorkingHours
from scheduling.week import Kept


class OutsideHours(Exception):
    """The provider does not see patients then, or not for this kind of visit. The text says why."""


def where_open(provider: Provider, starts_at: datetime, visit_type: VisitType, *, now: datetime) -> Location:
    """The place where a provider sees patients for the whole of a visit. Raises OutsideHours."""
    day = starts_at.date()
    hours = Hours([provider], day - timedelta(days=1), day + timedelta(days=1))
    return place_among(hours, provider, starts_at, visit_type, now=now)


def place_among(hours: Hours, provider: Provider, starts_at: datetime, visit_type: VisitType, *, now: datetime) -> Location:
    """The same among hours that were read before, of the days around the visit."""
    ends_at = starts_at + timedelta(minutes=visit_type.minutes)
    day = starts_at.date()
    span = (starts_at.timestamp(), ends_at.timestamp())
    near = [day + timedelta(days=n) for n in (-1, 0, 1)]
    for piece in (piece for one in near for piece in hours.of(provider).open_to(one, visit_type.pk, now.timestamp())):
        if piece.start <= span[0] and span[1] <= piece.end:
            return piece.location
    kept = [one for day in near for one in hours.of(provider).kept_from(day, visit_type.pk, now.timestamp())]
    raise OutsideHours(_why_closed(hours, provider, near, span, kept))


def _why_closed(hours: Hours, provider: Provider, near: list[date], span: tuple[float, float], kept: list[Kept]) -> str:
    worked = [p for day in near for p in hours.worked(provider, day) if p.start < span[1] and p.end > span[0]]
    for piece in worked:
        for closure in hours.closures(provider, piece.location.pk, (int(span[0]), int(span[1]))):
            return f"Closed then: {closure.reason}."
    if worked:
        zone = ZoneInfo(worked[-1].location.time_zone)
        for one in (one for one in kept if one.start < span[1] and one.end > span[0]):
            return kept_words(one, zone)
        end = timezone.localtime(moment(worked[-1].end), zone)
        return f"The visit does not fit into {provider}'s hours, which end at {end:%-I:%M %p}."
    return f"{provider} does not see patients at that time."


def kept_words(kept: Kept, zone: ZoneInfo) -> str:
    """Tuesday, Dec 1, 9:00 – 11:00 AM is kept for New patients until Sun, Nov 29, 9:00 AM."""
    start, end = moment(kept.start).astimezone(zone), moment(kept.end).astimezone(zone)
    first = f"{start:%-I:%M}" if f"{start:%p}" == f"{end:%p}" else f"{start:%-I:%M %p}"
    sentence = f"{start:%A, %b} {start.day}, {first} – {end:%-I:%M %p} is kept for {kept.name}"
    if kept.until is None:
        return f"{sentence}."
    until = moment(kept.until).astimezone(zone)
    return f"{sentence} until {until:%a, %b} {until.day}, {until:%-I:%M %p}."


def place_for(provider: Provider, starts_at: datetime, visit_type: VisitType, *, now: datetime) -> Location:
    """Where a visit takes place that need not lie within hours: where the provider is then, else nearest to it."""
    try:
        return where_open(provider, starts_at, visit_type, now=now)
    except OutsideHours:
        return usual_place(provider, starts_at)


def zone_at(provider: Provider, starts_at: datetime) -> str:
    """The IANA name of the zone in which a provider's clock is read at a moment: one query where all places share one."""
    zones = set(Location.objects.filter(is_active=True).values_list("time_zone", flat=True))
    return zones.pop() if len(zones) == 1 else usual_place(provider, starts_at).time_zone


def usual_place(provider: Provider, starts_at: datetime) -> Location:
    """Where a provider is nearest to a moment outside of her hours: that day, else where she works at all.

    Of one who never works it is the practice's first place.
    """
    day, second = starts_at.date(), starts_at.timestamp()
    hours = Hours([provider], day - timedelta(days=1), day + timedelta(days=1))
    pieces = [piece for one in days(hours.first, hours.last) for piece in hours.worked(provider, one)]
    if pieces:
        return min(pieces, key=lambda one: max(one.start - second, second - one.end)).location
    rows = (
        WorkingHours.objects.filter(provider=provider, location__is_active=True)
        .select_related("location")
        .order_by("-valid_from", "pk")
    )
    row = rows.order_by("-valid_from", "pk").first()
    return row.location if row else Location.objects.filter(is_active=True).order_by("created_at", "pk")[0]
