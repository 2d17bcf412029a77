"""Public holidays of the states in which a practice has places, as closed times that its admin chooses.

The dates are those of the library `holidays`, by state, observed days included; it needs no network.
"""

import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import holidays
from django.db import transaction
from django.db.models import QuerySet

from compliance.models import Location, Practice, User
from scheduling import displaced, set_up
from scheduling.models import Appointment, Closure

LONGEST_NAME = 80


@dataclass(frozen=True)
class Holiday:
    """A day off at some of the practice's places. `is_everywhere`: at all of them."""

    day: date
    name: str
    places: tuple[Location, ...]
    is_everywhere: bool

    @property
    def key(self) -> str:
        """As a form carries it: the day, whatever the states call it."""
        return f"{self.day:%Y-%m-%d}"

    @property
    def where(self) -> str:
        """Nothing where it holds everywhere; else the states."""
        return "" if self.is_everywhere else ", ".join(sorted({place.state for place in self.places}))


def of_year(year: int, practice: Practice) -> list[Holiday]:
    """The holidays of a year at the practice's places in use, by day. A place without a state has the practice's."""
    places = list(Location.objects.filter(is_active=True).order_by("name", "pk"))
    names: dict[date, list[str]] = defaultdict(list)
    there: dict[date, list[Location]] = defaultdict(list)
    for place in places:
        for day, name in _of_state(place.state or practice.state, year):
            names[day] += [part for part in name.split("; ") if part not in names[day]]
            there[day].append(place)
    return [
        Holiday(day, "; ".join(names[day])[:LONGEST_NAME], tuple(there[day]), len(there[day]) == len(places))
        for day in sorted(names)
    ]


def closed(listed: Iterable[Holiday]) -> set[str]:
    """The keys of the holidays that are closed, be it at some of their places: saved as shown, the others follow."""
    days = set(_closures().values_list("holiday", flat=True))
    return {one.key for one in listed if one.day in days}


def edition(listed: Iterable[Holiday]) -> str:
    """What stands closed, in few characters: another answer means that somebody changed it."""
    return hashlib.sha256(" ".join(sorted(closed(listed))).encode()).hexdigest()[:16]


def standing(keys: Collection[str], listed: Iterable[Holiday], practice: Practice, *, now: datetime) -> set[Appointment]:
    """The booked visits that stand in the holidays that would be closed newly."""
    new = [row for one in listed if one.key in keys for row in _missing(one, practice)]
    return {visit for row in new for visit in displaced.within(row, now=now)}


def choose(keys: Collection[str], year: int, *, practice: Practice, by: User, now: datetime) -> tuple[int, int]:
    """Close the chosen holidays from today on and open the others; answers (closed, opened). Again: (0, 0)."""
    today = now.astimezone(ZoneInfo(practice.time_zone)).date()
    numbers = [0, 0]
    with transaction.atomic():
        set_up.lock_all()
        for one in (one for one in of_year(year, practice) if one.day >= today):
            if one.key in keys:
                numbers[0] += _close(one, practice, by=by, now=now)
            else:
                numbers[1] += _open(one, by=by, now=now)
    return numbers[0], numbers[1]


def _close(one: Holiday, practice: Practice, *, by: User, now: datetime) -> bool:
    rows = _missing(one, practice)
    for row in rows:
        span: dict[str, Any] = {"starts_at": row.starts_at, "ends_at": row.ends_at, "location": row.location}
        set_up.close_time(**span, reason=one.name, holiday=one.day, by=by, now=now)
    return bool(rows)


def _open(one: Holiday, *, by: User, now: datetime) -> bool:
    rows = list(_closures().filter(holiday=one.day))
    for row in rows:
        set_up.open_time(row, by=by, now=now)
    return bool(rows)


def _missing(one: Holiday, practice: Practice) -> list[Closure]:
    """What is still to close of a holiday, not saved: a place that has its whole day off already is not closed twice."""
    spans = list(_closures().filter(holiday=one.day).values_list("location", "starts_at", "ends_at"))
    wanted = _stretches(one, practice) if not spans else [(place, *_day(one.day, place.time_zone)) for place in one.places]
    return [
        Closure(location=place, starts_at=start, ends_at=end, reason=one.name)
        for place, start, end in wanted
        if not any(where in (None, place and place.pk) and (since, until) == (start, end) for where, since, until in spans)
    ]


def _closures() -> "QuerySet[Closure]":
    return Closure.objects.filter(provider=None, holiday__isnull=False).select_related("location")


def _stretches(one: Holiday, practice: Practice) -> list[tuple[Location | None, datetime, datetime]]:
    """The whole practice where all its places have the day off on one clock; else place by place."""
    zones = {place.time_zone for place in one.places}
    if one.is_everywhere and zones == {practice.time_zone}:
        return [(None, *_day(one.day, practice.time_zone))]
    return [(place, *_day(one.day, place.time_zone)) for place in one.places]


def _day(day: date, zone: str) -> tuple[datetime, datetime]:
    """One local midnight and the next."""
    first, second = (datetime.combine(day + timedelta(days=n), time.min, ZoneInfo(zone)) for n in (0, 1))
    return first, second


def _of_state(state: str, year: int) -> Sequence[tuple[date, str]]:
    """Of the nation where the state is not known to the library."""
    known = state.upper() in holidays.country_holidays("US").subdivisions
    return sorted(holidays.country_holidays("US", subdiv=state.upper() if known else None, years=year).items())
