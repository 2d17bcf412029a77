"""When somebody works, minute by minute, from the rows of a practice: slow, plain, and by no other code.

A moment here is a whole minute since 1970; days are local days of each place.
"""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from functools import cache
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from compliance.models import Location
from scheduling.enums import DayKind, PartKind
from scheduling.models import Closure, DayException, HoursPart, Provider, VisitType, WorkingHours

Minutes = dict[int, Location]
NOON = time(12)


def minute(moment: datetime) -> int:
    """Of a moment."""
    return int(moment.timestamp()) // 60


@cache
def wall_clock(day: date, zone: str) -> tuple[tuple[int, time], ...]:
    """Every minute of a local day, and what the clock on the wall shows."""
    first, last = (minute(datetime.combine(day + timedelta(days=n), time.min, ZoneInfo(zone))) for n in (0, 1))
    return tuple((m, datetime.fromtimestamp(m * 60, ZoneInfo(zone)).time()) for m in range(first, last))


@cache
def when(day: date, wall: time, zone: str) -> int:
    """The first minute of a day at which the clock shows a time, or has jumped over it."""
    return next(m for m, shown in wall_clock(day, zone) if shown >= wall)


class PlainHours:
    """Everybody's working time as it stood when this was made."""

    def __init__(self) -> None:
        self.templates = list(WorkingHours.objects.select_related("location"))
        self.parts = list(HoursPart.objects.select_related("hours__location"))
        self.different = list(DayException.objects.select_related("location"))
        self.closures = [(minute(row.starts_at), minute(row.ends_at), row) for row in Closure.objects.filter(resource=None)]
        self.known: dict[Any, Minutes] = {}

    def open_to(self, who: Provider, kind: VisitType, day: date, now: datetime) -> Minutes:
        """The open minutes of a day without what is kept for other kinds."""
        kept = [row for row in self.parts_on(who, day, PartKind.KEPT) if keeps_out(row, kind, day, now)]
        away = {m for row in kept for m in span_of(row, day)}
        return {m: place for m, place in self.opened(who, day).items() if m not in away}

    def opened(self, who: Provider, day: date) -> Minutes:
        """The minutes of a day that are worked and not closed."""
        if (who.pk, day) not in self.known:
            hours = self.worked(who, day)
            self.known[who.pk, day] = {m: at for m, at in hours.items() if not self.is_closed(who, m, at)}
        return self.known[who.pk, day]

    def is_closed(self, who: Provider, m: int, place: Location) -> bool:
        """Whether she, the place or the practice is."""
        return any(
            start <= m < end and row.provider_id in (None, who.pk) and row.location_id in (None, place.pk)
            for start, end, row in self.closures
        )

    def worked(self, who: Provider, day: date) -> Minutes:
        """The minutes of a day that her templates and different days give."""
        breaks = {m for row in self.parts_on(who, day, PartKind.BREAK) for m in span_of(row, day)}
        usual = {m: row.location for row in self.templates_on(who, day) for m in span_of(row, day) if m not in breaks}
        different = [row for row in self.different_on(who, day) if row.kind != DayKind.OFF]
        return usual | {m: row.location for row in different for m in span_of(row, day)}

    def templates_on(self, who: Provider, day: date) -> list[WorkingHours]:
        """Those that hold on a day, unless it is another one altogether."""
        if any(row.kind != DayKind.EXTRA for row in self.different_on(who, day)):
            return []
        rows = [row for row in self.templates if (row.provider_id, row.weekday) == (who.pk, day.weekday())]
        return [row for row in rows if row.valid_from <= day and weeks_since(row, day) % row.every_weeks == 0]

    def parts_on(self, who: Provider, day: date, kind: str) -> list[HoursPart]:
        """Breaks or sessions of a day."""
        hours = {row.pk for row in self.templates_on(who, day)}
        return [row for row in self.parts if row.kind == kind and row.hours_id in hours]

    def different_on(self, who: Provider, day: date) -> list[DayException]:
        """How a day differs."""
        return [row for row in self.different if (row.provider_id, row.day) == (who.pk, day)]


def weeks_since(row: WorkingHours, day: date) -> int:
    """Whole weeks from the one that a template is counted from."""
    first, last = (one - timedelta(days=one.weekday()) for one in (row.anchor_on or row.valid_from, day))
    return (last - first).days // 7


def keeps_out(row: HoursPart, kind: VisitType, day: date, now: datetime) -> bool:
    """Whether a session is for others still."""
    begins = when(day, row.starts, row.hours.location.time_zone) * 60
    is_over = row.release_hours is not None and now.timestamp() >= begins - row.release_hours * 3600
    return kind.pk not in row.visit_types and not is_over


def span_of(row: Any, day: date) -> range:
    """The minutes of hours, of a part of them, or of a different day."""
    zone = (row.hours if isinstance(row, HoursPart) else row).location.time_zone
    return range(when(day, row.starts, zone), when(day, row.ends, zone))


def runs(minutes: Minutes) -> Iterator[Minutes]:
    """Unbroken stretches at one place."""
    rows = enumerate(sorted(minutes.items(), key=lambda one: one[0]))
    for _, run in groupby(rows, key=lambda row: (row[1][0] - row[0], row[1][1].pk)):
        yield dict(pair for _, pair in run)


def in_part(m: int, part: str, place: Location) -> bool:
    """Whether a minute is in the part of the day."""
    shown = datetime.fromtimestamp(m * 60, ZoneInfo(place.time_zone)).time()
    return {"morning": shown < NOON, "afternoon": shown >= NOON}.get(part, True)
