"""Visits that follow each other: soon, at one place, and with room for each: lanes where buffers meet, limits of a day."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cached_property
from types import SimpleNamespace
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from scheduling import groups, kinds, openings, taking
from scheduling.fitting import Fit
from scheduling.intervals import FIVE
from scheduling.models import Occupation
from scheduling.openings import Opening, window
from scheduling.search import Search

FIVE_MINUTES = timedelta(seconds=FIVE)
LONGEST_WAIT = timedelta(minutes=15)  # between one visit and the next


class Following:
    """The openings of several parts, and those of each that may follow a chain of those before it.

    They are worked out a day at a time, as far as they are asked for. `reached` are the sentences of limits that one more
    visit of a chain would have gone beyond. Queries: those of one search for the first part and of two for each other that
    asks something else, one for lanes, and those of limits for each kind.
    """

    def __init__(self, searches: Sequence[Search], now: datetime, *, one_provider: bool = False) -> None:
        self.searches, self.now, self.one_provider = searches, now, one_provider
        self.reached: dict[str, None] = {}
        known: dict[Any, Any] = {}
        self._fits = [self._fit(search, known) for search in searches]
        self._usual = [self._ahead(search, known) for search in searches]
        self._closer = [self._ahead(replace(search, closely=True), known) for search in searches]

    def begun(self) -> Iterator[Opening]:
        """Of the first part, all there are."""
        return iter(self._usual[0])

    def after(self, chain: Sequence[Opening]) -> list[Opening]:
        """Of the next part, those soon after a chain at the same place that can still be booked when it is, by time."""
        last, nth = chain[-1], len(chain)
        soon = last.ends_at, last.ends_at + LONGEST_WAIT
        usual, closer = (
            [one for one in ahead[nth].between(*soon) if self._is_beside(one, last)] for ahead in (self._usual, self._closer)
        )
        new = [one for one in closer if one not in usual and self._will_be_offered(chain, one)]
        return [one for one in sorted([*usual, *new], key=_begins) if self._leaves_room(chain, one)]

    def _ahead(self, search: Search, known: dict[Any, Any]) -> "_Ahead":
        """Of parts that ask the same, one search."""
        asks = search.visit_type.pk, search.providers, search.new_patient, search.closely
        return known.setdefault(asks, _Ahead(search, self.now))

    def _is_beside(self, one: Opening, last: Opening) -> bool:
        return one.location == last.location and (not self.one_provider or one.provider == last.provider)

    def _fit(self, search: Search, known: dict[Any, Any]) -> Fit:
        """Of parts that ask the same, one reading."""
        asks = search.visit_type.pk, search.providers, search.new_patient
        if asks not in known:
            known[asks] = Fit(search)
            known[asks].count(*window(search))
        return known[asks]

    def _leaves_room(self, chain: Sequence[Opening], one: Opening) -> bool:
        """Whether an opening can still be booked when those of the chain are."""
        return self._has_lane(chain, one) and self._has_place(chain, one)

    def _will_be_offered(self, chain: Sequence[Opening], one: Opening) -> bool:
        """Whether an opening is the next five minutes after its provider's time is full with the visits of the chain.

        When they are booked it will be the beginning of a gap, and offered like every other (`intervals.grid`).
        """
        if all(before.provider != one.provider for before in chain):
            return False
        start, end = taking.span(one.starts_at, one.visit_type)
        rows = [*_beside(chain, one, start - FIVE_MINUTES, end), *self._near(one, start - FIVE_MINUTES, end)]
        ends = {row.ends_at for row in rows if start - FIVE_MINUTES < row.ends_at <= start}
        return any(
            sum(row.starts_at < ended <= row.ends_at for row in rows) >= one.provider.resource.capacity for ended in ends
        )

    def _has_lane(self, chain: Sequence[Opening], one: Opening) -> bool:
        """By the rule that books, among what is taken and what the chain will have taken."""
        start, end = taking.span(one.starts_at, one.visit_type)
        beside = _beside(chain, one, start, end)
        if not beside:
            return True
        rows = [*self._near(one, start, end), *beside]
        return taking.has_lane(rows, one.provider.resource, one.visit_type, one.starts_at)

    def _near(self, one: Opening, start: datetime, end: datetime) -> list[Occupation]:
        """What is taken of its provider's calendar."""
        return [row for row in self._there.get(one.provider.resource_id, ()) if row.starts_at < end and row.ends_at > start]

    def _has_place(self, chain: Sequence[Opening], one: Opening) -> bool:
        fit = self._fits[len(chain)]
        day = _day(one)
        before = [(n, each) for n, each in enumerate(chain) if each.provider == one.provider and _day(each) == day]
        for limit in fit.limits_for(one.provider):
            counted = sum(kinds.counts(limit, each.visit_type, new=self.searches[n].new_patient) for n, each in before)
            if counted and fit.left(limit, one.provider, day, one.location) <= counted:
                self.reached[kinds.full(one.provider, limit)] = None
                return False
        return True

    @cached_property
    def _there(self) -> dict[UUID, list[Occupation]]:
        """What is taken on all calendars, read when it is first asked for."""
        calendars = {one.resource_id for search in self.searches for one in search.providers}
        return groups.taken(calendars, window(self.searches[0]), self.searches[0], self.now)


def _beside(chain: Sequence[Opening], one: Opening, start: datetime, end: datetime) -> list[Any]:
    """What the chain will have taken of the same provider's calendar."""
    rows = [_taken(before) for before in chain if before.provider == one.provider]
    return [row for row in rows if row.starts_at < end and row.ends_at > start]


def _taken(one: Opening) -> Any:
    """What an opening will take, as `taking.lane_among` reads it; of the lane it only matters that it is another."""
    start, end = taking.span(one.starts_at, one.visit_type)
    group = {"kind": one.visit_type.pk, "begins": one.starts_at, "appointment_id": one}
    return SimpleNamespace(lane=None, starts_at=start, ends_at=end, hold_until=None, **group)


class _Ahead:
    """Openings of a search in order, looked for as far as they are asked for."""

    def __init__(self, search: Search, now: datetime) -> None:
        self._rows, self._known = _rows(search, now), list[Opening]()

    def __iter__(self) -> Iterator[Opening]:
        """All of them. What is asked for meanwhile is not lost."""
        n = 0
        while n < len(self._known) or self._one_more():
            yield self._known[n]
            n += 1

    def between(self, start: datetime, end: datetime) -> list[Opening]:
        """Those that begin between two moments, both included."""
        while (not self._known or self._known[-1].starts_at <= end) and self._one_more():
            pass
        return self._known[bisect_left(self._known, start, key=_begins) : bisect_right(self._known, end, key=_begins)]

    def _one_more(self) -> bool:
        found = next(self._rows, None)
        if found:
            self._known.append(found)
        return found is not None


def _rows(search: Search, now: datetime) -> Iterator[Opening]:
    """What `by_time` answers; unlike it, this asks nothing before the first row is taken."""
    yield from openings.by_time(search, now=now)


def _begins(one: Opening) -> datetime:
    return one.starts_at


def _day(one: Opening) -> Any:
    return one.starts_at.astimezone(ZoneInfo(one.location.time_zone)).date()
