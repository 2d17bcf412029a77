"""Why nothing is free, as sentences that say what stands in the way."""

from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime
from math import ceil
from zoneinfo import ZoneInfo

from compliance.models import OfficeHours
from scheduling.hours import Hours
from scheduling.intervals import Stretch, both, grid
from scheduling.local import days, half, hours_long
from scheduling.models import Provider
from scheduling.presence import kept_words
from scheduling.search import Search
from scheduling.week import Open


def why_none(search: Search, hours: Hours, now: datetime, besides: Callable[[Provider], str]) -> list[str]:
    """One sentence for each provider, each sentence once; no query is asked. `besides` is what her own time is not."""
    if not search.providers:
        return ["No provider was chosen."]
    return list(dict.fromkeys(besides(provider) or _why(search, hours, provider, now) for provider in search.providers))


def _why(search: Search, hours: Hours, provider: Provider, now: datetime) -> str:
    """The first thing that leaves nothing over. Of each step only the first stretch is looked at, where there is one."""
    if search.after:
        return f"{provider} has no later time until {_short(search.last_day)}."
    of, kind, at = hours.of(provider), search.visit_type.pk, now.timestamp()
    wanted = [day for day in days(search.from_day, search.last_day) if search.wants(day)]
    if not any(of.worked(day) for day in wanted):
        return f"{provider} does not work {_when(search)}."
    if not any(_is_there(search, piece) for day in wanted for piece in of.worked(day)):
        return f"{provider} does not work at this place {_when(search)}."
    if not any(_asked(search, (piece for day in wanted for piece in of.worked(day)))):
        return f"{provider} does not work in the {search.part} {_when(search)}."
    if not any(_asked(search, (piece for day in wanted for piece in of.open(day)))):
        return _closed(hours, provider, _asked(search, (piece for day in wanted for piece in of.worked(day))))
    kept = _kept(search, hours, provider, wanted, at) if of.keeps_sessions else ""
    left = list(_asked(search, (piece for day in wanted for piece in of.open_to(day, kind, at))))
    return " ".join(filter(None, [_taken(search, provider, left, now) if left else "", kept]))


def _is_there(search: Search, piece: Open) -> bool:
    return not search.locations or piece.location.pk in search.locations


def _asked(search: Search, pieces: Iterable[Open]) -> Iterator[tuple[Open, Stretch]]:
    """What of each stretch lies at a place and in the part of the day that were asked for."""
    for piece in pieces:
        if not _is_there(search, piece):
            continue
        if not search.part:
            yield piece, (piece.start, piece.end)
        else:
            part = [half(piece.day, search.part, piece.location.time_zone)]
            yield from ((piece, left) for left in both([(piece.start, piece.end)], part))


def _kept(search: Search, hours: Hours, provider: Provider, wanted: Iterable[date], at: float) -> str:
    """The first session that is kept for other kinds, where hours of hers are."""
    pieces = _asked(search, (piece for day in wanted for piece in hours.open(provider, day)))
    out = (
        (piece, one)
        for piece, (start, end) in pieces
        for one in piece.kept
        if one.keeps_out(search.visit_type.pk, at) and one.start < end and one.end > start
    )
    return next((kept_words(one, ZoneInfo(piece.location.time_zone)) for piece, one in out), "")


def _closed(hours: Hours, provider: Provider, worked: Iterable[tuple[Open, Stretch]]) -> str:
    rows = [row for piece, stretch in worked for row in hours.closures(provider, piece.location.pk, stretch)]
    names = ", ".join(dict.fromkeys(row.reason for row in rows))
    whose = f"{provider} is away" if all(row.provider_id for row in rows) else "Closed"
    return f"{whose}: {names}."


def _taken(search: Search, provider: Provider, left: Iterable[tuple[Open, Stretch]], now: datetime) -> str:
    """What stands against each time that is open: it is too short, too early, or taken."""
    kind, rows = search.visit_type, list(left)

    def fits(earliest: float) -> bool:
        return any(grid(stretch, piece.start, kind.minutes, earliest=ceil(earliest)) for piece, stretch in rows)

    if not fits(0):
        return f"A visit of {kind.minutes} minutes does not fit into {provider}'s open hours {_when(search)}."
    if not fits(now.timestamp()):
        return f"{provider}'s hours {_when(search)} have passed."
    if not fits(now.timestamp() + kind.lead_hours * 3600):
        return f"{kind.name} is booked at least {hours_long(kind.lead_hours)} ahead."
    part = f" in the {search.part}" if search.part else ""
    until = "on" if search.from_day == search.last_day else "until"
    return f"Every time of {provider}{part} {until} {_short(search.last_day)} is taken."


def _when(search: Search) -> str:
    if search.weekdays:
        names = [f"{OfficeHours.Weekday(number).label}s" for number in sorted(search.weekdays)]
        return "on " + " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
    if search.from_day == search.last_day:
        return f"on {OfficeHours.Weekday(search.from_day.weekday()).label}, {_short(search.from_day)}"
    return f"between {_short(search.from_day)} and {_short(search.last_day)}"


def _short(day: date) -> str:
    return f"{day:%b} {day.day}"
