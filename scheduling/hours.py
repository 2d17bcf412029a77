"""When providers work: templates of each place as stretches of time, the days that differ, and what closes them.

A stretch is worked out from its two ends in the place's own zone. So it is an hour shorter or longer when the clock
changes inside it, and Arizona, Hawaii and Indiana need no rule of their own.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Q

from compliance.models import Location
from scheduling.enums import DayKind, PartKind
from scheduling.intervals import Stretch, merged, minus
from scheduling.models import Closure, DayException, Provider, WorkingHours

NOON = time(12)
TEMPLATE = (
    *("pk", "provider_id", "location_id", "weekday", "starts", "ends", "valid_from", "valid_until"),
    *("every_weeks", "anchor_on"),
)
PART = tuple(f"parts__{name}" for name in ("kind", "name", "starts", "ends", "visit_types", "release_hours"))


@dataclass(frozen=True)
class Kept:
    """A session for some kinds of visit. From the Unix second `until` on it is open to every kind; None: never."""

    start: int
    end: int
    name: str
    kinds: frozenset[UUID]
    until: int | None

    def keeps_out(self, kind: UUID, now: float) -> bool:
        """Whether a kind of visit cannot be booked in it at a moment."""
        return kind not in self.kinds and (self.until is None or now < self.until)


@dataclass(frozen=True)
class Open:
    """A stretch in which a provider sees patients at a place, on one local day. Ends in Unix seconds, UTC.

    `kept` are the sessions that touch it.
    """

    start: int
    end: int
    day: date
    location: Location
    kept: tuple[Kept, ...] = ()


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


def is_its_week(row: Any, day: date) -> bool:
    """Whether a template of every n weeks holds in the week of a day."""
    return row.every_weeks == 1 or (_week(day) - _week(row.anchor_on or row.valid_from)) % row.every_weeks == 0


def _holds_on(row: Any, day: date) -> bool:
    is_valid = row.valid_from <= day and (row.valid_until is None or day <= row.valid_until)
    return is_valid and is_its_week(row, day)


def _week(day: date) -> int:
    """The number of a day's week; weeks begin on Monday."""
    return (day.toordinal() - 1) // 7


class Hours:
    """Working hours and closures of some providers over some days: four queries for any number of them."""

    def __init__(self, providers: Sequence[Provider], first: date, last: date) -> None:
        self.providers = providers
        self.first, self.last = first, last
        self._places = Location.objects.in_bulk()
        self._rows: dict[tuple[UUID, int], list[Any]] = defaultdict(list)
        self._parts: dict[UUID, list[Any]] = defaultdict(list)
        self._keepers: set[UUID] = set()
        for row in self._hours():
            known = self._rows[row.provider_id, row.weekday]
            if not known or known[-1].pk != row.pk:
                known.append(row)
            if row.parts__kind:
                self._parts[row.pk].append(row)
            if row.parts__kind == PartKind.KEPT:
                self._keepers.add(row.provider_id)
        self._exceptions: dict[tuple[UUID, date], list[DayException]] = defaultdict(list)
        for one in self._different():
            self._exceptions[one.provider_id, one.day].append(one)
        self._closures = [(row.starts_at.timestamp(), row.ends_at.timestamp(), row) for row in self._closed()]

    def within(self, first: date, last: date) -> tuple[datetime, datetime]:
        """From the first midnight to the last, over the zones of all places."""
        zones = {place.time_zone for place in self._places.values()} or {"UTC"}
        end = last + timedelta(days=1)
        return moment(min(at(first, time.min, zone) for zone in zones)), moment(
            max(at(end, time.min, zone) for zone in zones)
        )

    def _hours(self) -> Iterable[Any]:
        """Templates as named tuples, each once for every part of it; of two hundred providers there are a thousand."""
        rows = WorkingHours.objects.filter(provider__in=self.providers, valid_from__lte=self.last)
        valid = rows.filter(Q(valid_until__isnull=True) | Q(valid_until__gte=self.first))
        return valid.order_by("starts", "pk", "parts__starts", "parts__pk").values_list(*TEMPLATE, *PART, named=True)

    def _different(self) -> Iterable[DayException]:
        rows = DayException.objects.filter(provider__in=self.providers, day__gte=self.first, day__lte=self.last)
        return rows.order_by("starts", "pk")

    def _closed(self) -> Iterable[Closure]:
        day = timedelta(days=1)
        start = datetime.combine(self.first, time.min, UTC) - day
        end = datetime.combine(self.last, time.min, UTC) + day * 2
        rows = Closure.objects.filter(starts_at__lt=end, ends_at__gt=start)
        return rows.filter(Q(provider__isnull=True) | Q(provider__in=self.providers)).order_by("starts_at", "pk")

    def worked(self, provider: Provider, day: date) -> list[Open]:
        """Her hours on one day without her breaks, before anything is closed."""
        different = self._exceptions.get((provider.pk, day), ())
        pieces = self.template(provider, day) if self._is_usual(provider, day) else []
        if not different:
            return pieces
        return _joined(pieces + [piece for one in different if one.kind != DayKind.OFF for piece in self._piece(one, day)])

    def template(self, provider: Provider, day: date) -> list[Open]:
        """What her templates give on one day, however different it is."""
        return [piece for row in self._rows.get((provider.pk, day.weekday()), ()) for piece in self._of(row, day)]

    def breaks(self, provider: Provider, day: date) -> list[tuple[int, int, str]]:
        """Her breaks on one day with their names, where the day is as her templates have it. Ends in Unix seconds."""
        rows = self._rows.get((provider.pk, day.weekday()), ()) if self._is_usual(provider, day) else ()
        found = [
            (at(day, part.parts__starts, zone), at(day, part.parts__ends, zone), part.parts__name)
            for row in rows
            if _holds_on(row, day)
            for zone in [self._places[row.location_id].time_zone]
            for part in self._parts.get(row.pk, ())
            if part.parts__kind == PartKind.BREAK
        ]
        return sorted(one for one in found if one[0] < one[1])

    def _is_usual(self, provider: Provider, day: date) -> bool:
        return all(one.kind == DayKind.EXTRA for one in self._exceptions.get((provider.pk, day), ()))

    def _of(self, row: Any, day: date) -> list[Open]:
        if not _holds_on(row, day):
            return []
        pieces = self._piece(row, day)
        parts = self._parts.get(row.pk)
        return _parted(pieces, parts, day) if parts else pieces

    def _piece(self, row: Any, day: date) -> list[Open]:
        """The stretch of a template or of a different day; none where the clock jumps over all of it."""
        location = self._places[row.location_id]
        start, end = at(day, row.starts, location.time_zone), at(day, row.ends, location.time_zone)
        return [Open(start, end, day, location)] if start < end else []

    def closures(self, provider: Provider, location: UUID | None, stretch: Stretch) -> list[Closure]:
        """What closes a provider at a place during a stretch. `location` None: only what closes her everywhere."""
        return [
            row
            for start, end, row in self._closures
            if start < stretch[1]
            and end > stretch[0]
            and row.provider_id in (None, provider.pk)
            and row.location_id in (None, location)
        ]

    def open(self, provider: Provider, day: date) -> list[Open]:
        """Her hours on one day without what is closed."""
        answer = []
        for piece in self.worked(provider, day):
            closed = merged(
                (int(row.starts_at.timestamp()), int(row.ends_at.timestamp()))
                for row in self.closures(provider, piece.location.pk, (piece.start, piece.end))
            )
            answer += _without(piece, closed) if closed else [piece]
        return answer

    def open_to(self, provider: Provider, day: date, kind: UUID, now: float) -> list[Open]:
        """Her open hours on one day without the sessions that are kept from a kind of visit at a moment (Unix seconds)."""
        answer = []
        for piece in self.open(provider, day):
            away = [(one.start, one.end) for one in piece.kept if one.keeps_out(kind, now)] if piece.kept else []
            answer += _without(piece, merged(away)) if away else [piece]
        return answer

    def keeps_sessions(self, provider: Provider) -> bool:
        """Whether some of her hours are kept for some kinds of visit."""
        return provider.pk in self._keepers

    def kept_from(self, provider: Provider, day: date, kind: UUID, now: float) -> list[Kept]:
        """The sessions of one day that are kept from a kind of visit, by time."""
        found = {one for piece in self.open(provider, day) for one in piece.kept if one.keeps_out(kind, now)}
        return sorted(found, key=lambda one: one.start)


def _parted(pieces: list[Open], parts: list[Any], day: date) -> list[Open]:
    """Hours without their breaks, each piece with the sessions that touch it."""
    zone = pieces[0].location.time_zone if pieces else "UTC"
    placed = [(at(day, part.parts__starts, zone), at(day, part.parts__ends, zone), part) for part in parts]
    breaks = merged((start, end) for start, end, part in placed if part.parts__kind == PartKind.BREAK and start < end)
    kept = tuple(
        Kept(start, end, part.parts__name, frozenset(part.parts__visit_types), _released(start, part.parts__release_hours))
        for start, end, part in placed
        if part.parts__kind == PartKind.KEPT and start < end
    )
    return [_touched(one, kept) for piece in pieces for one in _without(piece, breaks)]


def _released(start: int, hours: int | None) -> int | None:
    return None if hours is None else start - hours * 3600


def _touched(piece: Open, kept: Iterable[Kept]) -> Open:
    return replace(piece, kept=tuple(one for one in kept if one.start < piece.end and one.end > piece.start))


def _without(piece: Open, closed: list[Stretch]) -> list[Open]:
    """What is left of a piece, with the sessions that still touch it."""
    left = minus([(piece.start, piece.end)], closed)
    return [_touched(replace(piece, start=start, end=end), piece.kept) for start, end in left]


def _joined(pieces: list[Open]) -> list[Open]:
    """Pieces of one place that touch become one, by time."""
    answer: list[Open] = []
    for piece in sorted(pieces, key=lambda one: (one.start, one.end)):
        last = answer[-1] if answer else None
        if last and last.location.pk == piece.location.pk and piece.start <= last.end:
            answer[-1] = replace(last, end=max(last.end, piece.end), kept=(*last.kept, *piece.kept))
        else:
            answer.append(piece)
    return answer


def half(day: date, part: str, zone: str) -> Stretch:
    """The morning or the afternoon of a local day, split at noon; anything else is the whole day."""
    start, noon, end = at(day, time.min, zone), at(day, NOON, zone), at(day + timedelta(days=1), time.min, zone)
    return {"morning": (start, noon), "afternoon": (noon, end)}.get(part, (start, end))
