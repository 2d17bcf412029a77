"""Whether the visits of one chain leave each other room: lanes where their buffers meet, and places of the day."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cached_property
from types import SimpleNamespace
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from scheduling import groups, kinds, taking
from scheduling.fitting import Fit
from scheduling.intervals import FIVE
from scheduling.models import Occupation
from scheduling.openings import Opening, window
from scheduling.search import Search

FIVE_MINUTES = timedelta(seconds=FIVE)


class Following:
    """Asked with a chain and the opening that may follow it. At most a query for lanes, and those of limits for each kind.

    `reached` are the sentences of limits that one more visit of the chain would have gone beyond.
    """

    def __init__(self, searches: Sequence[Search], now: datetime) -> None:
        self.searches, self.now = searches, now
        self.reached: dict[str, None] = {}
        known: dict[Any, Fit] = {}
        self._fits = [self._fit(search, known) for search in searches]

    def _fit(self, search: Search, known: dict[Any, Fit]) -> Fit:
        """Of parts that ask the same, one reading."""
        asks = search.visit_type.pk, search.providers, search.new_patient
        if asks not in known:
            known[asks] = Fit(search)
            known[asks].count(*window(search))
        return known[asks]

    def leaves_room(self, chain: Sequence[Opening], one: Opening) -> bool:
        """Whether an opening can still be booked when those of the chain are."""
        return self._has_lane(chain, one) and self._has_place(chain, one)

    def ends_before(self, chain: Sequence[Opening], one: Opening) -> bool:
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


def _day(one: Opening) -> Any:
    return one.starts_at.astimezone(ZoneInfo(one.location.time_zone)).date()
