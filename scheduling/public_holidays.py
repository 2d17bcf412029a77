"""Public holidays of the states in which a practice has places, as closed times that its admin chooses.

The dates are those of the library `holidays`, by state, observed days included; it needs no network.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import holidays
from django.db import transaction
from django.db.models import QuerySet

from compliance.models import Location, Practice, User
from scheduling import set_up
from scheduling.models import Closure

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
        """As a form carries it."""
        return f"{self.day:%Y-%m-%d}|{self.name}"

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


def closed(year: int, listed: Iterable[Holiday], practice: Practice) -> set[str]:
    """The keys of the holidays that are closed already, all of each."""
    there = set(_closures(year).values_list("starts_at", "location", "reason"))
    return {one.key for one in listed if {_row(one, *each) for each in _stretches(one, practice)} <= there}


def choose(keys: Collection[str], year: int, *, practice: Practice, by: User, now: datetime) -> tuple[int, int]:
    """Close the chosen holidays from today on and open the others; answers (closed, opened). Again: (0, 0)."""
    today = now.astimezone(ZoneInfo(practice.time_zone)).date()
    numbers = [0, 0]
    with transaction.atomic():
        for one in (one for one in of_year(year, practice) if one.day >= today):
            if one.key in keys:
                numbers[0] += _close(one, practice, by=by, now=now)
            else:
                numbers[1] += _open(one, practice, by=by, now=now)
    return numbers[0], numbers[1]


def _close(one: Holiday, practice: Practice, *, by: User, now: datetime) -> bool:
    is_new = False
    for place, start, end in _stretches(one, practice):
        known = Closure.objects.filter(provider=None, location=place, starts_at=start, reason=one.name)
        if not known.exists():
            set_up.close_time(starts_at=start, ends_at=end, reason=one.name, location=place, by=by, now=now)
            is_new = True
    return is_new


def _open(one: Holiday, practice: Practice, *, by: User, now: datetime) -> bool:
    was_there = False
    for place, start, _ in _stretches(one, practice):
        for row in Closure.objects.filter(provider=None, location=place, starts_at=start, reason=one.name):
            set_up.open_time(row, by=by, now=now)
            was_there = True
    return was_there


def _closures(year: int) -> "QuerySet[Closure]":
    return Closure.objects.filter(provider=None, starts_at__year__gte=year - 1, starts_at__year__lte=year + 1)


def _row(one: Holiday, place: Location | None, start: datetime, _: datetime) -> tuple:
    return start, place.pk if place else None, one.name


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
