"""What can be booked, minute by minute, from the rows of a practice: slow, plain, and by no other code."""

from collections.abc import Iterator
from copy import copy
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from compliance.models import Location
from scheduling.enums import TAKES_TIME
from scheduling.models import Appointment, Closure, DailyLimit, Need, Occupation, Provider, Resource, VisitType
from scheduling.search import Search
from tests.scheduling.plain_hours import PlainHours, in_part, minute, runs

STEP, FIVE = 15, 5
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Taken:
    """One lane of a resource from `start` to `end`: of a group of a kind that begins at `begins`, where there is one."""

    resource: UUID
    start: int
    end: int
    kind: UUID | None
    begins: int | None
    is_held: bool

    @classmethod
    def of(cls, row: Occupation) -> "Taken":
        visit = row.appointment
        kind, begins = (visit.visit_type_id, minute(visit.starts_at)) if visit else (None, None)
        return cls(row.resource_id, minute(row.starts_at), minute(row.ends_at), kind, begins, bool(row.hold_until))

    def joins(self, kind: VisitType, begins: int, start: int, end: int) -> bool:
        """Whether it is of the same group; what is held of that very span counts as such."""
        return (self.start, self.end) == (start, end) if self.is_held else (self.kind, self.begins) == (kind.pk, begins)


class Plain:
    """A practice as it stands now, at a moment, as somebody sees it who looks as `like` says; each kind may be asked."""

    def __init__(self, hours: PlainHours, like: Search, now: datetime) -> None:
        self.hours, self.like, self.now = hours, like, now
        self.days = list(days_of(like))
        rows = Occupation.objects.filter(closure__location=None, closure__resource=None).select_related("appointment")
        self.taken = [Taken.of(row) for row in rows if self.counts(row)]
        self.visits = list(Appointment.objects.filter(status__in=TAKES_TIME).select_related("location"))
        self.limits, self.rooms = list(DailyLimit.objects.all()), list(Resource.objects.order_by("name"))
        self.shut = list(Closure.objects.exclude(resource=None))
        self.needs = list(Need.objects.order_by("group", "pk"))

    def counts(self, row: Occupation) -> bool:
        """Whether it stands in the way: holds that ran out do not, nor one's own of this call or of no call."""
        by = self.like.by and self.like.by.pk
        if row.hold_until:
            return row.hold_until > self.now and (row.held_by_id, row.held_for) != (by, self.like.held_for)
        return True

    def bookable(self, kind: VisitType) -> set[tuple[Provider, int]]:
        """With whom and when a visit may begin; `kind` has the minutes that the patient takes."""
        asked = ((who, day) for who in self.like.providers for day in self.days)
        begun = ((who, day, m, place) for who, day in asked for m, place in self.beginnings(who, kind, day))
        free = [one for one in begun if self.is_free(one[0], kind, one[2])]
        full = {one: not self.has_place(kind, *one) for one in {(who, day, place) for who, day, _, place in free}}
        left = [(who, m, place) for who, day, m, place in free if not full[who, day, place]]
        return {(who, m) for who, m, place in left if self.has_rooms(kind, m, place)}

    def beginnings(
        self, who: Provider, kind: VisitType, day: date, now: datetime | None = None
    ) -> Iterator[tuple[int, Location]]:
        """Where a visit fits into hours that are open to it, and is not too early."""
        earliest = (now or self.now).timestamp() + kind.lead_hours * 3600
        groups = {row.begins for row in self.taken if row.kind == kind.pk and row.resource == who.resource_id}
        for run in runs(self.hours.open_to(who, kind, day, self.now)):
            first, last, place = min(run), max(run) + 1, next(iter(run.values()))
            begun = {*range(first, last, min(STEP, kind.minutes)), *(groups if kind.capacity > 1 else ())}
            begun |= set(self.gaps(who, kind, [m for m in range(first, last) if self.is_asked(m, place)]))
            fitting = (m for m in begun if first <= m and m + kind.minutes <= last and m * 60 >= earliest)
            yield from (
                (m, place) for m in fitting if self.is_asked(m, place) and self.is_asked(m + kind.minutes - 1, place)
            )

    def gaps(self, who: Provider, kind: VisitType, asked: list[int]) -> Iterator[int]:
        """The next five minutes after the beginning of each stretch of a run in which the provider has a lane."""
        free = {m for m in asked if self.is_idle(who, m - kind.buffer_before, m + 1 + kind.buffer_after)}
        yield from (-(-m // FIVE) * FIVE for m in free if m - 1 not in free)

    def is_idle(self, who: Provider, start: int, end: int) -> bool:
        """Whether a lane is left all the time, whatever is joined."""
        rows = [row for row in self.taken if row.resource == who.resource_id and row.start < end and row.end > start]
        return all(sum(row.start <= m < row.end for row in rows) < who.resource.capacity for m in range(start, end))

    def is_asked(self, m: int, place: Location) -> bool:
        """Whether place and part of the day are those that are looked for."""
        return (not self.like.locations or place.pk in self.like.locations) and in_part(m, self.like.part, place)

    def is_free(self, who: Provider, kind: VisitType, begins: int) -> bool:
        """Whether the provider has a lane, buffers included."""
        span = begins - kind.buffer_before, begins + kind.minutes + kind.buffer_after
        return self.has_lane(who.resource, kind, begins, *span)

    def has_lane(self, resource: Resource, kind: VisitType, begins: int, start: int, end: int) -> bool:
        """Whether one more can be taken all the time, or joins its group."""
        rows = [row for row in self.taken if row.resource == resource.pk and row.start < end and row.end > start]
        deepest = max(sum(row.start <= m < row.end for row in rows) for m in range(start, end)) if rows else 0
        is_group = all(row.joins(kind, begins, start, end) for row in rows) and not all(row.is_held for row in rows)
        return deepest < resource.capacity or (is_group and len(rows) < kind.capacity)

    def has_rooms(self, kind: VisitType, begins: int, place: Location) -> bool:
        """Whether each need finds something of its own."""
        used: set[UUID] = set()
        for need in (one for one in self.needs if one.visit_type_id == kind.pk):
            meets = (room for room in self.rooms if room.pk == need.resource_id or (need.group and room.group == need.group))
            there = (room for room in meets if room.location_id in (None, place.pk) and room.pk not in used)
            end = begins + kind.minutes
            left = (room for room in there if not self.is_shut(room, begins, end))
            free = next((room for room in left if self.has_lane(room, kind, begins, begins, end)), None)
            if free is None:
                return False
            used.add(free.pk)
        return True

    def is_shut(self, room: Resource, start: int, end: int) -> bool:
        """Whether a room or machine is closed for some of the time."""
        return any(
            row.resource_id == room.pk and minute(row.starts_at) < end and minute(row.ends_at) > start for row in self.shut
        )

    def has_place(self, kind: VisitType, who: Provider, day: date, place: Location) -> bool:
        """Whether no daily limit is reached."""
        zone, new = ZoneInfo(place.time_zone), self.like.new_patient
        there = [one for one in self.visits if one.provider_id == who.pk and one.starts_at.astimezone(zone).date() == day]
        limits = (one for one in self.limits if one.provider_id in (None, who.pk) and counted(one, kind.pk, is_new=new))
        return all(
            sum(counted(limit, one.visit_type_id, is_new=one.is_new_patient) for one in there) < limit.most
            for limit in limits
        )

    def why_none(self, who: Provider, kind: VisitType) -> str:
        """What leaves nothing over, as words of the sentence about it."""
        worked = [(m, place) for day in self.days for m, place in self.hours.worked(who, day).items()]
        there = [(m, place) for m, place in worked if not self.like.locations or place.pk in self.like.locations]
        asked = {m for m, place in there if in_part(m, self.like.part, place)}
        opened = {m for day in self.days for m in self.hours.opened(who, day)} & asked
        kept = {m for day in self.days for m in self.hours.open_to(who, kind, day, self.now)} & opened
        return first_empty(
            (worked, "does not work [ob]"),
            (there, "does not work at this place"),
            (asked, "does not work in the"),
            (opened, "^Closed: |is away: "),
            (kept, "is kept for"),
            *self.why_no_time(who, kind),
        )

    def why_no_time(self, who: Provider, kind: VisitType) -> list[tuple[Any, str]]:
        """The same among hours that are open: too short, over, too early, taken, a full day or no room."""
        at_once = copy(kind)
        at_once.lead_hours = 0
        ever, later, in_time = (
            [row for day in self.days for row in self.beginnings(who, one, day, now)]
            for one, now in ((at_once, LONG_AGO), (at_once, self.now), (kind, self.now))
        )
        free = [m for m, _ in in_time if self.is_free(who, kind, m)]
        steps = (ever, "does not fit into"), (later, "have passed"), (in_time, "hours ahead"), (free, "is taken")
        return [*steps, ([], "sees at most|has time, but")]


def days_of(like: Search) -> Iterator[date]:
    """The days that are looked at."""
    return (date.fromordinal(n) for n in range(like.from_day.toordinal(), like.last_day.toordinal() + 1))


def first_empty(*steps: tuple[Any, str]) -> str:
    """The words of the first step at which nothing is left."""
    return next(words for left, words in steps if not left)


def counted(limit: DailyLimit, kind: UUID, *, is_new: bool) -> bool:
    """Whether a limit counts a visit."""
    return limit.visit_type_id in (None, kind) and (is_new or not limit.new_only)
