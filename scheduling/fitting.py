"""Whether a time that a provider has free also finds its room and machine, and a place among the day's visits."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from uuid import UUID

from compliance.models import Location
from scheduling import kinds
from scheduling.intervals import Stretch
from scheduling.local import at
from scheduling.models import DailyLimit, Provider, Resource
from scheduling.search import Search
from scheduling.week import Open

Busy = Callable[[list[Resource]], dict[UUID, list[Stretch]]]


class Fit:
    """What a kind needs and which limits it counts towards: three queries at most, for any number of providers."""

    def __init__(self, search: Search) -> None:
        self.search = search
        self.wanted = kinds.wanted_by(search.visit_type)
        self.limits = kinds.limits_of(search.visit_type, search.providers, new_patient=search.new_patient)
        self.reached: dict[UUID, DailyLimit] = {}
        self.lacked: dict[UUID, kinds.Wanted] = {}
        self._counted: dict[UUID, dict[UUID, list[int]]] = {}
        self._taken: dict[UUID, list[Stretch]] = {}

    def look(self, start: datetime, end: datetime, busy: Busy) -> None:
        """Read what stands between two moments; `busy` says when resources are full."""
        self._taken = busy([row for one in self.wanted for row in one.candidates]) if self.wanted else {}
        self.count(start, end)

    def count(self, start: datetime, end: datetime) -> None:
        """Read what the limits count between two moments."""
        for limit in self.limits:
            rows: dict[UUID, list[int]] = defaultdict(list)
            for provider, begins in kinds.counted(limit, self.search.providers, start, end, leaving=self.search.leaving):
                rows[provider].append(int(begins.timestamp()))
            self._counted[limit.pk] = {provider: sorted(seconds) for provider, seconds in rows.items()}

    def has_place(self, provider: Provider, piece: Open) -> bool:
        """Whether one more visit on the day of a piece stays within every limit."""
        for limit in self.limits_for(provider):
            if self.left(limit, provider, piece.day, piece.location) <= 0:
                self.reached.setdefault(provider.pk, limit)
                return False
        return True

    def limits_for(self, provider: Provider) -> list[DailyLimit]:
        """Those that hold for a provider."""
        return [limit for limit in self.limits if limit.provider_id in (None, provider.pk)]

    def left(self, limit: DailyLimit, provider: Provider, day: date, location: Location) -> int:
        """How many more a limit allows on a local day."""
        begun = self._counted[limit.pk].get(provider.pk, [])
        start, end = _day(day, location.time_zone)
        return limit.most - (bisect_left(begun, end) - bisect_left(begun, start))

    def finds_all(self, provider: Provider, location: Location, start: int, end: int) -> bool:
        """Whether each need is met by something else that is free for the whole stretch."""
        unmet = kinds.unmet(self.wanted, location, lambda row: self._is_free(row, start, end))
        if unmet:
            self.lacked.setdefault(provider.pk, unmet)
        return unmet is None

    def why(self, provider: Provider) -> str:
        """The sentence that says what, apart from her own time, stood in the way; empty where nothing did."""
        if provider.pk in self.reached:
            return kinds.full(provider, self.reached[provider.pk])
        if provider.pk in self.lacked:
            need = self.lacked[provider.pk].need
            lacking = f"no {need.group} is free" if need.group else f"{need} is not"
            return f"{provider} has time, but {lacking}."
        return ""

    def _is_free(self, row: Resource, start: int, end: int) -> bool:
        taken = self._taken.get(row.pk, [])
        place = bisect_left(taken, (end, 0))
        return place == 0 or taken[place - 1][1] <= start


def _day(day: date, zone: str) -> Stretch:
    return at(day, time.min, zone), at(day + timedelta(days=1), time.min, zone)
