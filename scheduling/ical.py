"""A resource's time as iCalendar (RFC 5545, RFC 7986): pure, from rows to bytes.

Every visit is an event of its own in UTC, with no recurrence and no VTIMEZONE: zoned feeds put a visit at the repeated
hour of a November night at the wrong instant in some readers, and recurring ones double what was moved.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event
from icalendar.prop import vDuration

REFRESH = timedelta(minutes=15)
PRODUCT = "-//Secretary Portal//Schedule//EN"


@dataclass(frozen=True)
class Entry:
    """One event. `uid` stays for the life of what it stands for; `sequence` grows with each change."""

    uid: str
    sequence: int
    starts_at: datetime
    ends_at: datetime
    changed_at: datetime
    summary: str
    place: str = ""
    is_gone: bool = False


def calendar(name: str, entries: Iterable[Entry], *, zone: ZoneInfo) -> bytes:
    """The file. Whole local days of `zone` become dates; everything else UTC instants."""
    answer = Calendar()
    for key, value in (("prodid", PRODUCT), ("version", "2.0"), ("calscale", "GREGORIAN"), ("method", "PUBLISH")):
        answer.add(key, value)
    answer.add("name", name)
    answer.add("x-wr-calname", name)
    answer.add("refresh-interval", vDuration(REFRESH), parameters={"VALUE": "DURATION"})
    answer.add("x-published-ttl", vDuration(REFRESH))
    for entry in entries:
        answer.add_component(_event(entry, zone))
    return answer.to_ical()


def _event(entry: Entry, zone: ZoneInfo) -> Event:
    event = Event()
    event.add("uid", entry.uid)
    event.add("dtstamp", entry.changed_at)
    event.add("last-modified", entry.changed_at)
    event.add("sequence", entry.sequence)
    starts, ends = (moment.astimezone(zone) for moment in (entry.starts_at, entry.ends_at))
    is_days = starts.timetz().replace(tzinfo=None) == ends.timetz().replace(tzinfo=None) == time.min
    event.add("dtstart", starts.date() if is_days else entry.starts_at)
    event.add("dtend", ends.date() if is_days else entry.ends_at)
    event.add("summary", entry.summary)
    if entry.place:
        event.add("location", entry.place)
    event.add("status", "CANCELLED" if entry.is_gone else "CONFIRMED")
    event.add("transp", "TRANSPARENT" if entry.is_gone else "OPAQUE")
    return event
