"""Local times of a place and the moments they are, also on the two days on which its clock changes."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from scheduling.intervals import Stretch

NOON = time(12)


@lru_cache(maxsize=4096)
def at(day: date, wall: time, zone: str) -> int:
    """The Unix second of a wall-clock time: the first where it comes twice; the jump where the clock jumps over it."""
    second = int(datetime.combine(day, wall, ZoneInfo(zone)).timestamp())
    if datetime.fromtimestamp(second, ZoneInfo(zone)).time() == wall:
        return second
    return _jump(second, ZoneInfo(zone))


def _jump(after: int, zone: ZoneInfo) -> int:
    """The second at which the clock jumped forward, shortly before `after`."""
    before = after - 2 * 3600
    offset = moment(after).astimezone(zone).utcoffset()
    while after - before > 1:
        middle = (before + after) // 2
        is_after = moment(middle).astimezone(zone).utcoffset() == offset
        before, after = (before, middle) if is_after else (middle, after)
    return after


def moment(second: int) -> datetime:
    """The aware UTC moment of a Unix second."""
    return datetime.fromtimestamp(second, UTC)


def days(first: date, last: date) -> Iterable[date]:
    """Each day from `first` to `last`, both included."""
    return (first + timedelta(days=n) for n in range((last - first).days + 1))


def half(day: date, part: str, zone: str) -> Stretch:
    """The morning or the afternoon of a local day, split at noon; anything else is the whole day."""
    start, noon, end = at(day, time.min, zone), at(day, NOON, zone), at(day + timedelta(days=1), time.min, zone)
    return {"morning": (start, noon), "afternoon": (noon, end)}.get(part, (start, end))


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


def hours_long(number: int) -> str:
    """1 hour, 2 hours."""
    return f"{number} hour{'' if number == 1 else 's'}"
