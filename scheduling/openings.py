"""Free times: of one provider, and the first over several; with the reason when there is none.

Queries: one each for places, hours, different days and closures, one or two for what is taken, for any number of
providers and days.
"""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from heapq import merge
from itertools import islice, takewhile
from math import ceil
from typing import Any
from uuid import UUID

from django.db import connection

from compliance.models import Location
from compliance.tenancy import current_practice_id
from scheduling import reasons
from scheduling.fitting import Fit
from scheduling.groups import Groups
from scheduling.hours import Hours
from scheduling.intervals import Stretch, both, crowded, fives, grid, minus
from scheduling.local import days, half, moment
from scheduling.models import Provider, Resource, VisitType
from scheduling.models.occupation import LONGEST
from scheduling.search import Search
from scheduling.week import Open

Found = tuple[int, int, Provider, Location]  # the Unix second, and the place of the provider in the search

FIRST_LOOK = 7  # days that are looked at before the rest: most searches end there
AT_ONCE = 200  # days of calendars in the first look, of all providers together: many of them fill a page with one day
WIDER = 2  # times as many days in each further look

# The ends of unbroken runs of taken time, lane by lane, in Unix seconds: a calendar that is full answers few rows.
# The practice is named although the wall names it too: of a known practice the planner knows how many rows it has.
RUNS = """
SELECT resource_id,
       CASE WHEN before IS DISTINCT FROM starts_at THEN extract(epoch FROM starts_at)::bigint END,
       CASE WHEN after IS DISTINCT FROM ends_at THEN extract(epoch FROM ends_at)::bigint END
  FROM (SELECT resource_id, lane, starts_at, ends_at, lag(ends_at) OVER run AS before, lead(starts_at) OVER run AS after
          FROM scheduling_occupation
         WHERE practice_id = %(practice)s AND resource_id = ANY(%(resources)s)
           AND (appointment_id IS NULL OR appointment_id <> ALL(%(leaving)s::uuid[]))
           AND starts_at < %(end)s AND ends_at > %(start)s AND ends_at < %(ended)s
           AND (hold_until IS NULL OR hold_until > %(now)s
                AND NOT (held_for IS NOT DISTINCT FROM %(call)s::uuid AND held_by_id IS NOT DISTINCT FROM %(by)s::uuid))
        WINDOW run AS (PARTITION BY resource_id, lane ORDER BY starts_at)) AS taken
 WHERE before IS DISTINCT FROM starts_at OR after IS DISTINCT FROM ends_at
 ORDER BY resource_id, lane, starts_at
"""


@dataclass(frozen=True)
class Opening:
    """A time that can be booked."""

    provider: Provider
    location: Location
    starts_at: datetime
    ends_at: datetime
    visit_type: VisitType


@dataclass(frozen=True)
class Result:
    """Openings by time; where there are none, why, as sentences."""

    openings: list[Opening]
    reasons: list[str] = field(default_factory=list)


def free_times(
    provider: Provider,
    day: date,
    visit_type: VisitType,
    *,
    now: datetime,
    until: date | None = None,
    **more: Any,
) -> list[Opening]:
    """Every time that can be booked with one provider on a day, or up to and including `until`; `more` as of Search."""
    search = Search(visit_type, [provider], day, until or day, **more)
    return first(search, now=now, limit=None).openings


def first(search: Search, *, now: datetime, limit: int | None = 20, whole: bool = False) -> Result:
    """The first times that fit, by time and then by the providers' order. `limit` None: all of them.

    `whole`: and all others of the last moment, so that whoever asks for what comes `after` it misses none.
    """
    hours, fit = Hours(search.providers, search.from_day, search.last_day), Fit(search)
    looks = (replace(search, from_day=first_day, until_day=last) for first_day, last in _looks(search, limit))
    by_day = (one for look in looks for one in _days(look, hours, fit, now))
    found = _as_many(_openings(search, by_day, hours), limit, whole=whole)
    return Result(found, [] if found else reasons.why_none(search, hours, now, fit.why))


def first_of(searches: Sequence[Search], *, now: datetime, limit: int = 20) -> Result:
    """The first times over several kinds of visit, by time and then by the order of the searches: one search for each.

    The last moment is told whole, as by `first`.
    """
    results = [first(search, now=now, limit=limit, whole=True) for search in searches]
    if len(results) == 1:
        return results[0]
    found = merge(*(result.openings for result in results), key=lambda one: one.starts_at)
    pairs = zip(searches, results, strict=True)
    why = [f"{search.visit_type}: {reason}" for search, result in pairs for reason in result.reasons]
    return Result(_as_many(found, limit, whole=True), why)


def _as_many(found: Iterable[Opening], limit: int | None, *, whole: bool) -> list[Opening]:
    rows = iter(found)
    answer = list(islice(rows, limit))
    if whole and answer:
        answer += takewhile(lambda one: one.starts_at == answer[-1].starts_at, rows)
    return answer


def by_time(search: Search, *, now: datetime) -> Iterator[Opening]:
    """Openings one after another, for as long as the caller asks."""
    hours = Hours(search.providers, search.from_day, search.last_day)
    return _openings(search, _days(search, hours, Fit(search), now), hours)


def _looks(search: Search, limit: int | None) -> Iterator[tuple[date, date]]:
    """First and last day of each look: few days of many providers, more and more where nothing was found."""
    if limit is None:
        yield search.from_day, search.last_day
        return
    day, size = search.from_day, min(FIRST_LOOK, max(AT_ONCE // max(len(search.providers), 1), 1))
    while day <= search.last_day:
        last = min(day + timedelta(days=size - 1), search.last_day)
        yield day, last
        day, size = last + timedelta(days=1), size * WIDER


def _openings(search: Search, by_day: Iterable[tuple[date, list[Found]]], hours: Hours) -> Iterator[Opening]:
    length, kind = search.visit_type.minutes * 60, search.visit_type
    for second, _, provider, location in _in_order(by_day, hours):
        yield Opening(provider, location, moment(second), moment(second + length), kind)


def _in_order(found: Iterable[tuple[date, list[Found]]], hours: Hours) -> Iterator[Found]:
    """By time, over places in several zones: what begins when the next day has begun somewhere waits for that day."""
    waiting: list[Found] = []
    for day, rows in found:
        waiting = sorted(waiting + rows, key=_when)
        tomorrow = day + timedelta(days=1)
        ready = bisect_left(waiting, hours.within(tomorrow, tomorrow)[0].timestamp(), key=_begins)
        yield from waiting[:ready]
        waiting = waiting[ready:]
    yield from waiting


def _when(row: Found) -> tuple[int, int]:
    """By time, then by the providers' order."""
    return row[:2]


def _begins(row: Found) -> int:
    return row[0]


def _days(search: Search, hours: Hours, fit: Fit, now: datetime) -> Iterator[tuple[date, list[Found]]]:
    """What is free on one local day after another."""
    buffer = timedelta(minutes=max(search.visit_type.buffer_before, search.visit_type.buffer_after))
    start, end = hours.within(search.from_day, search.last_day)
    near = start - buffer, end + buffer
    busy = _busy(search, [provider.resource for provider in search.providers], near, now)
    groups = Groups(search, fit.wanted, window(search), now)
    fit.look(*window(search), lambda rows: _busy(search, rows, near, now))
    kind, moment_now = search.visit_type.pk, now.timestamp()
    calendars = [(n, one, hours.of(one), busy[one.resource_id]) for n, one in enumerate(search.providers)]
    for day in days(search.from_day, search.last_day):
        if search.wants(day):
            yield (
                day,
                [
                    (second, order, provider, piece.location)
                    for order, provider, week, taken in calendars
                    for piece in week.open_to(day, kind, moment_now)
                    for second in _fitting(search, provider, piece, taken, groups, fit, now)
                ],
            )


def _fitting(
    search: Search,
    provider: Provider,
    piece: Open,
    busy: list[Stretch],
    groups: Groups,
    fit: Fit,
    now: datetime,
) -> Iterable[int]:
    """Beginnings at which also rooms are free and the day has a place."""
    found = _beginnings(search, provider, piece, busy, groups, now)
    if not found or not fit.has_place(provider, piece):
        return []
    if not fit.wanted:
        return found
    length, place = search.visit_type.minutes * 60, piece.location
    return [
        s for s in found if (s in groups.starts and groups.meet(place, s)) or fit.finds_all(provider, place, s, s + length)
    ]


def _beginnings(
    search: Search,
    provider: Provider,
    piece: Open,
    busy: list[Stretch],
    groups: Groups,
    now: datetime,
) -> Iterable[int]:
    """Buffers widen what is taken instead of the visit: its own minutes only must lie within the hours."""
    kind = search.visit_type
    if search.locations and piece.location.pk not in search.locations:
        return []
    before, after = kind.buffer_before * 60, kind.buffer_after * 60
    whole: Iterable[Stretch] = [(piece.start, piece.end)]
    if search.part:
        whole = both(whole, [half(piece.day, search.part, piece.location.time_zone)])
    whole = list(whole)
    length, left = kind.minutes * 60, minus(whole, _widened(busy, piece, before, after)) if busy else whole
    gaps = [gap for gap in left if gap[1] - gap[0] >= length]
    earliest = ceil(now.timestamp()) + kind.lead_hours * 3600
    if search.after:
        earliest = max(earliest, int(search.after.timestamp()) + 1)
    free = {s for gap in gaps for s in grid(gap, piece.start, kind.minutes, earliest=earliest)}
    if search.closely:
        free.update(s for gap in gaps for s in fives(gap, kind.minutes, earliest=earliest))
    return free | {s for s in groups.of(provider) if s >= earliest and any(a <= s and s + length <= b for a, b in whole)}


def _widened(busy: list[Stretch], piece: Open, before: int, after: int) -> list[Stretch]:
    """`busy` is merged and in order, so that what lies near is one slice of it."""
    first = bisect_right(busy, piece.start - before, key=_ends)
    near = busy[first : bisect_left(busy, (piece.end + after, 0))]
    return crowded([(start - after, end + before) for start, end in near], 1) if before or after else near


def _ends(stretch: Stretch) -> int:
    return stretch[1]


def window(search: Search) -> tuple[datetime, datetime]:
    """The days that are looked at, in UTC, wide enough for every zone and buffer."""
    spare = timedelta(days=1)
    start = datetime.combine(search.from_day, time.min, UTC) - spare
    return start, datetime.combine(search.last_day, time.min, UTC) + spare * 2


def _busy(
    search: Search, resources: list[Resource], within: tuple[datetime, datetime], now: datetime
) -> dict[UUID, list[Stretch]]:
    """What is full between two moments, by resource."""
    asked: dict[str, Any] = {
        "practice": current_practice_id(),
        "start": within[0],
        "end": within[1],
        "ended": within[1] + LONGEST,
        "now": now,
        "call": search.held_for,
        "by": search.by.pk if search.by else None,
        "leaving": list(search.leaving),
    }
    runs: dict[UUID, list[Stretch]] = defaultdict(list)
    begun = 0
    with connection.cursor() as cursor:
        cursor.execute(RUNS, {**asked, "resources": [row.pk for row in resources]})
        for resource, begins, ends in cursor.fetchall():
            begun = begins or begun
            if ends:
                runs[resource].append((begun, ends))
    most = {row.pk: row.capacity for row in resources}
    return defaultdict(list, {resource: crowded(taken, most[resource]) for resource, taken in runs.items()})
