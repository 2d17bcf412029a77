"""One appointment as another system's file says it."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from functools import lru_cache
from zoneinfo import ZoneInfo

from django.utils.crypto import salted_hmac

DATES = ("%Y-%m-%d", "%m/%d/%Y", "%m/%d/%y", "%Y%m%d")
TIMES = ("%H:%M", "%H:%M:%S", "%I:%M %p", "%I:%M%p", "%H%M")


class Unusable(ValueError):
    """The file or the mapping as a whole cannot be taken; nothing was written. The text says why."""


class Unreadable(ValueError):
    """One line cannot be taken. The text finishes the sentence "The line …" and repeats nothing of it."""


@dataclass(frozen=True)
class Whose:
    """How the file names the patient: by a number, else by name and birth date."""

    mrn: str = ""
    system: str = ""
    value: str = ""
    family: str = ""
    given: str = ""
    birth_date: str = ""


@dataclass(frozen=True)
class Row:
    """One appointment. `starts_at` is in UTC, None only where it is cancelled; `key` knows it again in a later file."""

    line: int
    id: str
    starts_at: datetime | None
    whose: Whose
    provider: str
    kind: str
    place: str = ""
    reason: str = ""
    status: str = ""
    is_cancelled: bool = False

    @property
    def key(self) -> str:
        """HMAC of the other system's id: nobody without the portal's key finds out by trying."""
        return salted_hmac("brought.key", self.id, algorithm="sha256").hexdigest()

    @property
    def said(self) -> str:
        """HMAC of what a change of would be a change here."""
        parts = (str(self.starts_at), self.provider, self.kind, self.place, str(self.is_cancelled), str(self.whose))
        return salted_hmac("brought.said", "\x1f".join(parts), algorithm="sha256").hexdigest()


@dataclass
class Rows:
    """What a file holds: the rows that can be read, and (line, why) of those that cannot."""

    rows: list[Row] = field(default_factory=list)
    refused: list[tuple[int, str]] = field(default_factory=list)


def moment(day: date, wall: time, zone: ZoneInfo) -> datetime:
    """The moment of a local time. Raises Unreadable for one that does not exist, or that comes twice: nothing is guessed."""
    first = datetime.combine(day, wall, zone)
    try:
        if first.utcoffset() == first.replace(fold=1).utcoffset():
            return first
        is_jumped = datetime.fromtimestamp(first.timestamp(), zone).time() != wall
    except (OverflowError, ValueError) as error:
        raise Unreadable("has a day beyond the calendar") from error
    raise Unreadable("has a time that the clock jumps over" if is_jumped else "has a time that comes twice on its day")


@lru_cache(maxsize=2048)
def read_day(text: str) -> date:
    """2026-11-30, 11/30/2026, 11/30/26 or 20261130. Raises Unreadable."""
    return _first(text, DATES, "has a date that cannot be read").date()


@lru_cache(maxsize=2048)
def read_time(text: str) -> time:
    """13:30, 1:30 PM or 1330. Raises Unreadable."""
    return _first(text.upper().replace(".", ""), TIMES, "has a time that cannot be read").time()


def read_moment(text: str, zone: ZoneInfo) -> datetime:
    """A day and a time in one text; with an offset it is meant as it stands, else in the zone. In UTC. Raises Unreadable."""
    if _is_day(text.strip()):
        raise Unreadable("is a whole day")
    try:
        written = datetime.fromisoformat(text.strip())
    except ValueError:
        day, _, wall = text.strip().partition(" ")
        return in_utc(moment(read_day(day), read_time(wall), zone))
    return in_utc(written if written.tzinfo else moment(written.date(), written.time(), zone))


def _is_day(text: str) -> bool:
    try:
        return bool(read_day(text))
    except Unreadable:
        return False


def in_utc(written: datetime) -> datetime:
    """The moment in UTC, by whole minutes. Raises Unreadable."""
    if written.second or written.microsecond:
        raise Unreadable("has a time with seconds")
    try:
        return written.astimezone(UTC)
    except OverflowError as error:
        raise Unreadable("has a day beyond the calendar") from error


def _first(text: str, forms: tuple[str, ...], why: str) -> datetime:
    """By the first form that fits. Digits that run together are taken in full length only: 130 may be 1:30 or 13:00."""
    if text.strip().isdigit() and len(text.strip()) not in (4, 8):
        raise Unreadable(why)
    for form in forms:
        try:
            return datetime.strptime(text.strip(), form)  # noqa: DTZ007  # a day or a wall-clock time has no zone
        except ValueError:
            continue
    raise Unreadable(why)
