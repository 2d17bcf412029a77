"""Reads the busy time out of somebody else's iCalendar file, in a process of its own that may die.

A file from outside can be made to cost any amount of time or memory: a rule that repeats each second, a million rules,
a rule that never comes true. So it is read by `python -m scheduling.outside_reader`, which limits its own processor
time and memory before it looks at the first byte; without Django, without the database, without the ring.
"""

import json
import resource
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

LARGEST = 2 * 1024 * 1024  # bytes of a file
MOST = 2500  # busy stretches ahead
DAY = timedelta(days=1)  # more than any zone lies off UTC, in which the expander takes what has none
SECONDS = 5  # of a processor
MEMORY = 512 * 1024 * 1024  # bytes


class Unreadable(Exception):
    """The file cannot be used. The text says why."""


def busy(text: bytes, *, start: datetime, end: datetime, zone: ZoneInfo) -> list[tuple[int, int]]:
    """Busy stretches in [start, end), in Unix seconds, merged and in order. Raises Unreadable.

    Floating times and whole days are those of `zone`. What is cancelled, transparent or a reminder takes no time.
    """
    import icalendar
    import recurring_ical_events
    from icalendar import Component

    try:
        calendar = icalendar.Calendar.from_ical(text)
    except (ValueError, IndexError, KeyError, TypeError) as error:
        raise Unreadable("This is not a calendar file (iCalendar).") from error
    if not isinstance(calendar, Component) or calendar.name != "VCALENDAR":
        raise Unreadable("This is not a calendar file (iCalendar).")
    try:
        found = recurring_ical_events.of(calendar, skip_bad_series=False).between(start - DAY, end + DAY)
        return _merged(_stretches(found, zone), start, end)
    except (ValueError, TypeError, OverflowError, KeyError, AttributeError) as error:
        raise Unreadable("The calendar has an event whose times cannot be read.") from error
    except recurring_ical_events.InvalidCalendar as error:
        raise Unreadable("The calendar has an event whose times cannot be read.") from error


def _stretches(events: list, zone: ZoneInfo) -> Iterator[tuple[int, int]]:
    for event in events:
        if str(event.get("STATUS", "")).upper() == "CANCELLED" or str(event.get("TRANSP", "")).upper() == "TRANSPARENT":
            continue
        start, end = _moment(event.start, zone), _moment(event.end, zone)
        if end > start:
            yield start, end


def _moment(value: date | datetime, zone: ZoneInfo) -> int:
    if not isinstance(value, datetime):
        value = datetime.combine(value, time.min, zone)
    return int((value if value.tzinfo else value.replace(tzinfo=zone)).timestamp())


def _merged(stretches: Iterator[tuple[int, int]], start: datetime, end: datetime) -> list[tuple[int, int]]:
    first, last = int(start.timestamp()), int(end.timestamp())
    answer: list[tuple[int, int]] = []
    for begins, ends in sorted(stretches):
        begins, ends = max(begins, first), min(ends, last)
        if answer and begins <= answer[-1][1]:
            answer[-1] = (answer[-1][0], max(ends, answer[-1][1]))
        elif begins < ends:
            answer.append((begins, ends))
    if len(answer) > MOST:
        raise Unreadable(f"The calendar has more than {MOST} busy times in that period.")
    return answer


def main() -> int:
    """`start end zone` as arguments (ISO 8601, IANA), the file on standard input, the stretches or a problem as JSON."""
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    start, end = (datetime.fromisoformat(text).astimezone(UTC) for text in sys.argv[1:3])
    text = sys.stdin.buffer.read(LARGEST + 1)
    try:
        if len(text) > LARGEST:
            raise Unreadable("The calendar is larger than 2 MB.")
        answer: dict = {"busy": busy(text, start=start, end=end, zone=ZoneInfo(sys.argv[3]))}
    except Unreadable as problem:
        answer = {"problem": str(problem)}
    except MemoryError:
        answer = {"problem": "The calendar repeats too much to be read."}
    sys.stdout.write(json.dumps(answer))
    return 0


if __name__ == "__main__":
    sys.exit(main())
