"""Reads the occurrences of an iCalendar file, in a process of its own that may die (as `outside_reader`, for its reasons).

Run as `python -m scheduling.cutover.events_reader START END`; the file on standard input, the events or a problem as JSON.
"""

import json
import resource
import sys
from collections import Counter
from datetime import datetime
from typing import Any

LARGEST = 20_000_000  # bytes of a file
MOST = 50_000  # occurrences
SECONDS = 60  # of a processor
NAMES = ("id", "start", "zone", "summary", "location", "status", "organizer", "categories", "problem")
MEMORY = 1024 * 1024 * 1024  # bytes


class _Unreadable(Exception):
    pass


def events(text: bytes, *, start: datetime, end: datetime) -> list[dict[str, str]]:
    """Occurrences that begin in [start, end), all other single events, and what cannot be read, with its `problem`."""
    import icalendar
    import recurring_ical_events
    from icalendar import Component

    try:
        calendar = icalendar.Calendar.from_ical(text)
        if not isinstance(calendar, Component) or calendar.name != "VCALENDAR":
            raise _Unreadable("This is not a calendar file (iCalendar).")
        aside = _set_aside(calendar, start, end)
        zones = _zones(calendar)
        found = recurring_ical_events.of(calendar, skip_bad_series=False).between(start, end)
        rows = sorted((_said(event, zones.get(str(event.get("UID")))) for event in found), key=lambda row: row["start"])
    except (ValueError, IndexError, KeyError, TypeError, OverflowError, AttributeError) as error:
        raise _Unreadable("The calendar has an event that cannot be read.") from error
    except recurring_ical_events.InvalidCalendar as error:
        raise _Unreadable("The calendar has an event that cannot be read.") from error
    if len(rows) + len(aside) > MOST:
        raise _Unreadable(f"The calendar has more than {MOST:,} appointments. Split it into several.")
    return [*aside, *_counted(rows)]


def _zones(calendar: Any) -> dict[str, Any]:
    """In which zone each series is written."""
    masters = (one for one in calendar.walk("VEVENT") if "RECURRENCE-ID" not in one)
    return {str(one["UID"]): one["DTSTART"].dt.tzinfo for one in masters}


def _set_aside(calendar: Any, start: datetime, end: datetime) -> list[dict[str, str]]:
    """Take out what is no occurrence to come: what cannot be read, whole days, single events outside [start, end)."""
    aside, kept = [], []
    for one in calendar.subcomponents:
        problem = _problem(one) if one.name == "VEVENT" else ""
        is_outside = one.name == "VEVENT" and not problem and not _repeats(one) and _is_outside(one, start, end)
        if problem or is_outside:
            aside.append(_said(one, None) if is_outside else dict.fromkeys(NAMES, "") | {"problem": problem})
        else:
            kept.append(one)
    calendar.subcomponents = kept
    return aside


def _problem(event: Any) -> str:
    if not str(event.get("UID", "")):
        return "has no id"
    try:
        begins = event["DTSTART"].dt
    except (KeyError, AttributeError, ValueError):
        return "has a start that cannot be read"
    return "" if isinstance(begins, datetime) else "is a whole day"


def _repeats(event: Any) -> bool:
    """By a rule, or by dates that are listed."""
    return "RRULE" in event or "RDATE" in event


def _is_outside(event: Any, start: datetime, end: datetime) -> bool:
    begins = event["DTSTART"].dt
    moment = begins if begins.tzinfo else begins.replace(tzinfo=start.tzinfo)
    return "RECURRENCE-ID" not in event and not start <= moment < end


def _said(event: Any, zone: Any) -> dict[str, str]:
    """An occurrence is known by its series' UID and the local day that the rule gives it, whatever its hour became.

    A local time goes as it is written, with its zone: whether it exists is seen where it is read.
    """
    recurrence = event.get("RECURRENCE-ID")
    begins = event["DTSTART"].dt
    which = recurrence.dt if recurrence is not None else begins
    is_series = recurrence is not None or _repeats(event)
    if isinstance(which, datetime) and which.tzinfo and zone:
        which = which.astimezone(zone)
    organizer, categories = event.get("ORGANIZER"), event.get("CATEGORIES")
    key = getattr(begins.tzinfo, "key", "")
    return {
        "id": f"{event['UID']}|{which:%Y-%m-%d}" if is_series else str(event["UID"]),
        "start": (begins.replace(tzinfo=None) if key else begins).isoformat(),
        "zone": key,
        "summary": str(event.get("SUMMARY", "")),
        "location": str(event.get("LOCATION", "")),
        "status": str(event.get("STATUS", "")),
        "organizer": str(getattr(organizer, "params", {}).get("CN", "") if organizer is not None else ""),
        "categories": str(categories.cats[0]) if getattr(categories, "cats", None) else "",
        "problem": "",
    }


def _counted(rows: list[dict[str, str]]) -> list[dict[str, str]]:
    """A rule that gives a day several times: each further one of the day has its number."""
    seen: Counter[str] = Counter()
    for row in rows:
        seen[row["id"]] += 1
        if seen[row["id"]] > 1 and "|" in row["id"]:
            row["id"] += f"|{seen[row['id']]}"
    return rows


def main() -> int:
    """See the module."""
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    start, end = (datetime.fromisoformat(text) for text in sys.argv[1:3])
    text = sys.stdin.buffer.read(LARGEST + 1)
    try:
        answer: dict[str, Any] = {"events": events(text, start=start, end=end)}
    except _Unreadable as problem:
        answer = {"problem": str(problem)}
    except MemoryError:
        answer = {"problem": "The calendar repeats too much to be read."}
    sys.stdout.write(json.dumps(answer))
    return 0


if __name__ == "__main__":
    sys.exit(main())
