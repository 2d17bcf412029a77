"""What a provider's templates give in the weeks to come, in words, for whoever sets them up."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from scheduling.hours import Hours
from scheduling.intervals import merged, minus
from scheduling.local import days, moment
from scheduling.models import Provider, WorkingHours
from scheduling.presence import kept_words
from scheduling.week import Open, holds_on

MOST_WEEKS = 4
AHEAD = 53  # weeks in which a template is looked for


@dataclass
class Day:
    """One day: the times in which visits can be booked, and what else is to know."""

    day: date
    times: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def weeks(provider: Provider, *, now: datetime) -> list[Day]:
    """The days of the weeks to come, each kind of week once, from the first in which a template of the provider holds.

    Four weeks at most. Where none of them holds within a year: next week.
    """
    today = now.date()
    monday = today + timedelta(days=7 - today.weekday())
    rows = list(WorkingHours.objects.filter(provider=provider))
    shown: dict[frozenset[UUID], date] = {}
    for one in (monday + timedelta(weeks=number) for number in range(AHEAD)):
        held = frozenset(row.pk for row in rows if holds_on(row, one + timedelta(days=row.weekday)))
        if held or shown:
            shown.setdefault(held, one)
    chosen = list(shown.values())[:MOST_WEEKS] or [monday]
    hours = Hours([provider], chosen[0], chosen[-1] + timedelta(days=6))
    return [_day(hours, provider, day) for one in chosen for day in days(one, one + timedelta(days=6))]


def _day(hours: Hours, provider: Provider, day: date) -> Day:
    worked = hours.worked(provider, day)
    shown = Day(day, [_span(piece) for piece in hours.open(provider, day)])
    shown.notes += [f"Break {_clock(*gap, worked[0])}" for gap in _breaks(worked)]
    kept = {one: piece for piece in worked for one in piece.kept}
    shown.notes += [kept_words(one, ZoneInfo(piece.location.time_zone)) for one, piece in kept.items()]
    closed = [
        row.reason for piece in worked for row in hours.closures(provider, piece.location.pk, (piece.start, piece.end))
    ]
    shown.notes += [f"Closed: {reason}" for reason in dict.fromkeys(closed)]
    return shown


def _breaks(worked: list[Open]) -> Iterator[tuple[int, int]]:
    """What lies between the pieces of a day."""
    pieces = merged((piece.start, piece.end) for piece in worked)
    return minus([(pieces[0][0], pieces[-1][1])], pieces) if pieces else iter(())


def _span(piece: Open) -> str:
    return f"{_clock(piece.start, piece.end, piece)} at {piece.location}"


def _clock(start: int, end: int, piece: Open) -> str:
    zone = ZoneInfo(piece.location.time_zone)
    first, last = moment(start).astimezone(zone), moment(end).astimezone(zone)
    return f"{first:%-I:%M %p} – {last:%-I:%M %p}"
