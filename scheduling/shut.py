"""Rooms and machines that are closed on a day, in words."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from compliance.models import User
from scheduling.local import at, moment
from scheduling.models import Closure, Resource


@dataclass(frozen=True)
class Shut:
    """A room or machine, why it is closed, and how much of the day: all day, until 12:00 PM, 9:00 – 11:00 AM."""

    thing: Resource
    reason: str
    span: str


def on(user: User, day: date, zone: ZoneInfo) -> list[Shut]:
    """Those of a local day, by name and time; one query."""
    start, end = (moment(at(one, time.min, zone.key)) for one in (day, day + timedelta(days=1)))
    rows = Closure.objects.visible_to(user).filter(resource__isnull=False, starts_at__lt=end, ends_at__gt=start)
    found = rows.select_related("resource").order_by("resource__name", "starts_at", "pk")
    return [Shut(row.resource, row.reason, _span(row, start, end, zone)) for row in found if row.resource]


def _span(row: Closure, start: datetime, end: datetime, zone: ZoneInfo) -> str:
    begins, ends = (f"{one.astimezone(zone):%-I:%M %p}" for one in (row.starts_at, row.ends_at))
    if row.starts_at <= start:
        return "all day" if row.ends_at >= end else f"until {ends}"
    return f"from {begins}" if row.ends_at >= end else f"{begins.removesuffix(ends[-3:])} – {ends}"
