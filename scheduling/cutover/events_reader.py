"""Reads the occurrences of an iCalendar file, in a process of its own that may die (as `outside_reader`, for its reasons).

Run as `python -m scheduling.cutover.events_reader START END`; the file on standard input, the events or a problem as JSON.
"""

import json
import resource
import sys
from datetime import datetime
from typing import Any

LARGEST = 20_000_000  # bytes of a file
MOST = 50_000  # occurrences
SECONDS = 60  # of a processor
MEMORY = 1024 * 1024 * 1024  # bytes


class _Unreadable(Exception):
    pass


def events(text: bytes, *, start: datetime, end: datetime) -> list[dict[str, str]]:
    """Occurrences that begin in [start, end), by time. A cancelled one is among them, a whole day is not."""
    import icalendar
    import recurring_ical_events
    from icalendar import Component

    try:
        calendar = icalendar.Calendar.from_ical(text)
        if not isinstance(calendar, Component) or calendar.name != "VCALENDAR":
            raise _Unreadable("This is not a calendar file (iCalendar).")
        found = recurring_ical_events.of(calendar, skip_bad_series=False).between(start, end)
        rows = [_said(event) for event in found if isinstance(event.start, datetime)]
    except (ValueError, IndexError, KeyError, TypeError, OverflowError, AttributeError) as error:
        raise _Unreadable("The calendar has an event that cannot be read.") from error
    except recurring_ical_events.InvalidCalendar as error:
        raise _Unreadable("The calendar has an event that cannot be read.") from error
    if len(rows) > MOST:
        raise _Unreadable(f"The calendar has more than {MOST:,} appointments. Split it into several.")
    return sorted(rows, key=lambda row: row["start"])


def _said(event: Any) -> dict[str, str]:
    """An occurrence is known by its series' UID and the date that the rule gives it, however it was moved."""
    recurrence = event.get("RECURRENCE-ID")
    which = recurrence.dt.isoformat() if recurrence is not None else event.start.isoformat()
    is_series = recurrence is not None or "RRULE" in event
    organizer = event.get("ORGANIZER")
    categories = event.get("CATEGORIES")
    return {
        "id": f"{event.get('UID', '')}|{which}" if is_series else str(event.get("UID", "")),
        "start": event.start.isoformat(),
        "summary": str(event.get("SUMMARY", "")),
        "location": str(event.get("LOCATION", "")),
        "status": str(event.get("STATUS", "")),
        "organizer": str(getattr(organizer, "params", {}).get("CN", "") if organizer is not None else ""),
        "categories": str(categories.cats[0]) if getattr(categories, "cats", None) else "",
    }


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
