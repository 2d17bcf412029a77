"""Why nothing is free, as sentences that say what stands in the way."""

from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime
from itertools import chain, islice
from zoneinfo import ZoneInfo

from compliance.models import OfficeHours
from scheduling.hours import Hours
from scheduling.intervals import both
from scheduling.local import days, half
from scheduling.models import Provider
from scheduling.presence import kept_words
from scheduling.search import Search
from scheduling.week import Kept, Open


def why_none(search: Search, hours: Hours, now: datetime, besides: Callable[[Provider], str]) -> list[str]:
    """One sentence for each provider, each sentence once; no query is asked. `besides` is what her own time is not."""
    if not search.providers:
        return ["No provider was chosen."]
    return list(dict.fromkeys(besides(provider) or _why(search, hours, provider, now) for provider in search.providers))


def _why(search: Search, hours: Hours, provider: Provider, now: datetime) -> str:
    wanted = [day for day in days(search.from_day, search.last_day) if search.wants(day)]
    worked = _Lazy(piece for day in wanted for piece in hours.worked(provider, day))
    if worked.is_empty():
        return f"{provider} does not work {_when(search)}."
    there = _Lazy(piece for piece in worked if not search.locations or piece.location.pk in search.locations)
    if there.is_empty():
        return f"{provider} does not work at this place {_when(search)}."
    fitting = _Lazy(piece for piece in there if not search.part or any(_in_part(search, piece)))
    if fitting.is_empty():
        return f"{provider} does not work in the {search.part} {_when(search)}."
    seen: list[Open] = []
    left = _Lazy(piece for one in _each(fitting, seen) for piece in hours.open(provider, one.day))
    if left.is_empty():
        return _closed(hours, provider, seen)
    if not hours.of(provider).keeps_sessions:
        return _taken(search, provider, left, now)
    return _taken_or_kept(search, hours, provider, list(left), now)


def _taken_or_kept(search: Search, hours: Hours, provider: Provider, left: list[Open], now: datetime) -> str:
    """Where hours of hers are kept for some kinds of visit: what is kept, and whether the rest is taken."""
    kind, at = search.visit_type.pk, now.timestamp()
    kept = _kept([(piece, one) for piece in left for one in piece.kept if one.keeps_out(kind, at)])
    if not any(hours.of(provider).open_to(day, kind, at) for day in {piece.day for piece in left}):
        return kept
    return " ".join(filter(None, [_taken(search, provider, left, now), kept]))


def _kept(sessions: list[tuple[Open, Kept]]) -> str:
    """The first of the sessions that are kept for other kinds."""
    if not sessions:
        return ""
    piece, one = sessions[0]
    return kept_words(one, ZoneInfo(piece.location.time_zone))


def _each(pieces: Iterable[Open], seen: list[Open]) -> Iterator[Open]:
    """The pieces, kept in `seen` as they pass."""
    for piece in pieces:
        seen.append(piece)
        yield piece


class _Lazy:
    """What is worked out only as far as somebody looks: for most providers the first day decides."""

    def __init__(self, rows: Iterable[Open]) -> None:
        self.rows = iter(rows)

    def is_empty(self) -> bool:
        """Looks at the first one and keeps it."""
        first = list(islice(self.rows, 1))
        self.rows = chain(first, self.rows)
        return not first

    def __iter__(self) -> Iterator[Open]:
        return self.rows


def _in_part(search: Search, piece: Open) -> Iterator[tuple[int, int]]:
    return both([(piece.start, piece.end)], [half(piece.day, search.part, piece.location.time_zone)])


def _closed(hours: Hours, provider: Provider, worked: list[Open]) -> str:
    rows = [row for piece in worked for row in hours.closures(provider, piece.location.pk, (piece.start, piece.end))]
    names = ", ".join(dict.fromkeys(row.reason for row in rows))
    whose = f"{provider} is away" if all(row.provider_id for row in rows) else "Closed"
    return f"{whose}: {names}."


def _taken(search: Search, provider: Provider, left: Iterable[Open], now: datetime) -> str:
    earliest = now.timestamp() + search.visit_type.lead_hours * 3600
    if all(piece.end - search.visit_type.minutes * 60 < earliest for piece in left):
        if search.visit_type.lead_hours:
            return f"{search.visit_type.name} is booked at least {search.visit_type.lead_hours} hours ahead."
        return f"{provider}'s hours {_when(search)} have passed."
    part = f" in the {search.part}" if search.part else ""
    if search.from_day == search.last_day:
        return f"Every time of {provider}{part} on {_short(search.last_day)} is taken."
    return f"Every time of {provider}{part} until {_short(search.last_day)} is taken."


def _when(search: Search) -> str:
    if search.weekdays:
        names = [f"{OfficeHours.Weekday(number).label}s" for number in sorted(search.weekdays)]
        return "on " + " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
    if search.from_day == search.last_day:
        return f"on {OfficeHours.Weekday(search.from_day.weekday()).label}, {_short(search.from_day)}"
    return f"between {_short(search.from_day)} and {_short(search.last_day)}"


def _short(day: date) -> str:
    return f"{day:%b} {day.day}"
