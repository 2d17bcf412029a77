"""What the clock of a place does to a local time on the two days on which it changes."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo


def oddity(day: date, wall: time, zone: ZoneInfo) -> str:
    """A sentence where a local time does not exist on a day, or comes twice; else nothing."""
    first = datetime.combine(day, wall, zone)
    second = first.replace(fold=1)
    if first.utcoffset() == second.utcoffset():
        return ""
    there = first.astimezone(UTC).astimezone(zone)
    if there.time() != wall:
        return f"The clock jumps over {clock(wall)} on this day: it is {clock(there.time())}."
    return f"{clock(wall)} comes twice on this day: the first is meant."


def clock(wall: time) -> str:
    """9:15 AM."""
    return f"{wall:%I:%M %p}".lstrip("0")
