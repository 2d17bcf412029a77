"""One provider's working time, day by day: her templates, the days that differ, and what closes them. No query.

A stretch is worked out from its two ends in the place's own zone. So it is an hour shorter or longer when the clock
changes inside it, and Arizona, Hawaii and Indiana need no rule of their own.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

from compliance.models import Location
from scheduling.enums import DayKind, PartKind
from scheduling.intervals import Stretch, merged, minus
from scheduling.local import at
from scheduling.models import Closure, DayException

NOTHING: tuple[Any, ...] = ()


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


class Week:
    """What one provider's days are made of. `closed` are closures of hers, of a place or of all, with their ends.

    A row of a template stands once, with its parts beside it; ends of closures are Unix seconds. A place that is out of
    use has no hours, unless `left_too`: what was open there once is asked by reports.
    """

    def __init__(self, places: Mapping[UUID, Location], *, left_too: bool = False) -> None:
        self.left_too = left_too
        self.places = places
        self.rows: list[list[Any]] = [[] for _ in range(7)]
        self.parts: dict[UUID, list[Any]] = defaultdict(list)
        self.exceptions: dict[date, list[DayException]] = defaultdict(list)
        self.closed: list[tuple[float, float, Closure]] = []
        self.keeps_sessions = False

    def add(self, row: Any) -> None:
        """One row of a template joined with one of its parts, if it has any."""
        known = self.rows[row.weekday]
        if not known or known[-1].pk != row.pk:
            known.append(row)
        if row.parts__kind:
            self.parts[row.pk].append(row)
        self.keeps_sessions |= row.parts__kind == PartKind.KEPT

    def template(self, day: date) -> list[Open]:
        """What her templates give on one day, however different it is."""
        return [piece for row in self.rows[day.weekday()] for piece in self._of(row, day)]

    def worked(self, day: date) -> list[Open]:
        """Her hours on one day without her breaks, before anything is closed. A day off has none, whatever else it has."""
        different = self.exceptions.get(day)
        if not different:
            return _joined(self.template(day))
        if any(one.kind == DayKind.OFF for one in different):
            return []
        pieces = self.template(day) if self._is_usual(day) else []
        return _joined(pieces + [piece for one in different for piece in self._piece(one, day)])

    def open(self, day: date) -> list[Open]:
        """Her hours on one day without what is closed."""
        pieces = self.worked(day)
        return [left for piece in pieces for left in self._left(piece)] if self.closed else pieces

    def open_to(self, day: date, kind: UUID, now: float) -> list[Open]:
        """Her open hours on one day without the sessions that are kept from a kind of visit at a moment (Unix seconds)."""
        pieces = self.open(day)
        return [left for piece in pieces for left in _released_to(piece, kind, now)] if self.keeps_sessions else pieces

    def closures(self, location: UUID | None, stretch: Stretch) -> list[Closure]:
        """What closes her at a place during a stretch. `location` None: only what closes her everywhere."""
        return [
            row
            for start, end, row in self.closed
            if start < stretch[1] and end > stretch[0] and row.location_id in (None, location)
        ]

    def breaks(self, day: date) -> list[tuple[int, int, str]]:
        """Her breaks on one day with their names, where the day is as her templates have it. Ends in Unix seconds."""
        found = [
            (at(day, part.parts__starts, zone), at(day, part.parts__ends, zone), part.parts__name)
            for row in (self.rows[day.weekday()] if self._is_usual(day) else NOTHING)
            if holds_on(row, day) and self._is_used(row.location_id)
            for zone in [self.places[row.location_id].time_zone]
            for part in self.parts.get(row.pk, NOTHING)
            if part.parts__kind == PartKind.BREAK
        ]
        return sorted(one for one in found if one[0] < one[1])

    def kept_from(self, day: date, kind: UUID, now: float) -> list[Kept]:
        """The sessions of one day that are kept from a kind of visit, by time."""
        found = {one for piece in self.open(day) for one in piece.kept if one.keeps_out(kind, now)}
        return sorted(found, key=lambda one: one.start)

    def _is_usual(self, day: date) -> bool:
        return all(one.kind == DayKind.EXTRA for one in self.exceptions.get(day, NOTHING))

    def _of(self, row: Any, day: date) -> list[Open]:
        if not holds_on(row, day):
            return []
        pieces = self._piece(row, day)
        parts = self.parts.get(row.pk)
        return _parted(pieces, parts, day) if parts else pieces

    def _piece(self, row: Any, day: date) -> list[Open]:
        """The stretch of a template or of a different day; none where the clock jumps over all of it, or at a left place."""
        if not self._is_used(row.location_id):
            return []
        location = self.places[row.location_id]
        start, end = at(day, row.starts, location.time_zone), at(day, row.ends, location.time_zone)
        return [Open(start, end, day, location)] if start < end else []

    def _is_used(self, location: UUID) -> bool:
        return self.left_too or self.places[location].is_active

    def _left(self, piece: Open) -> list[Open]:
        closures = self.closures(piece.location.pk, (piece.start, piece.end))
        if not closures:
            return [piece]
        spans = ((int(row.starts_at.timestamp()), int(row.ends_at.timestamp())) for row in closures)
        return _without(piece, merged(spans))


def is_its_week(row: Any, day: date) -> bool:
    """Whether a template of every n weeks holds in the week of a day."""
    return row.every_weeks == 1 or (_week(day) - _week(row.anchor_on or row.valid_from)) % row.every_weeks == 0


def holds_on(row: Any, day: date) -> bool:
    """Whether a template is valid on a day of its weekday and holds in its week."""
    is_valid = row.valid_from <= day and (row.valid_until is None or day <= row.valid_until)
    return is_valid and is_its_week(row, day)


def _week(day: date) -> int:
    """The number of a day's week; weeks begin on Monday."""
    return (day.toordinal() - 1) // 7


def _released_to(piece: Open, kind: UUID, now: float) -> list[Open]:
    away = [(one.start, one.end) for one in piece.kept if one.keeps_out(kind, now)]
    return _without(piece, merged(away)) if away else [piece]


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
    if len(pieces) < 2:
        return pieces
    answer: list[Open] = []
    for piece in sorted(pieces, key=lambda one: (one.start, one.end)):
        last = answer[-1] if answer else None
        if last and last.location.pk == piece.location.pk and piece.start <= last.end:
            answer[-1] = replace(last, end=max(last.end, piece.end), kept=(*last.kept, *piece.kept))
        else:
            answer.append(piece)
    return answer
