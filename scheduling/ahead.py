"""What stands in the way of many visits at once: read once for a stretch of days, then asked for each moment.

The same rules as `booking.book` follows, over rows that were read together: the queries do not grow with the visits.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from math import ceil
from typing import Any, NamedTuple
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from django.contrib.postgres.fields import DateTimeRangeField
from django.db.models import BooleanField, F, Func, Q, Value

from compliance.models import Location
from scheduling import booking, kinds, taking
from scheduling.asking import in_the_way
from scheduling.booking import NotSchedulable, Wish
from scheduling.enums import TAKES_TIME, Skipped
from scheduling.hours import Hours
from scheduling.intervals import grid
from scheduling.kinds import LimitReached
from scheduling.local import moment
from scheduling.models import Appointment, DailyLimit, Occupation, Provider, Resource
from scheduling.presence import OutsideHours, place_among

DAY = timedelta(days=1)
TAKEN = "Another visit has this time."
BUSY = "The patient has another visit then."
ELSEWHERE = "The patient has another visit at another place on that day."


@dataclass(frozen=True)
class Refusal:
    """Why a moment cannot be booked."""

    kind: Skipped
    why: str
    is_of_provider: bool = True  # her time, not that of a room or machine

    @property
    def may_be_overbooked(self) -> bool:
        """Whether double-booking, or booking outside of hours, settles it."""
        return self.is_of_provider and self.kind in (Skipped.TAKEN, Skipped.CLOSED)


class _Reserved(NamedTuple):
    pk: UUID
    resource_id: UUID
    lane: int
    starts_at: datetime
    ends_at: datetime
    appointment_id: UUID
    hold_until: None
    kind: UUID
    begins: datetime


class _Own(NamedTuple):
    """When and where the patient has a visit."""

    starts_at: datetime
    ends_at: datetime
    location_id: UUID | None


class Ahead:
    """The calendar of one provider and the visits of one patient, between two moments.

    `like` says whose and of what kind. What is taken by the visits `leaving`, and by one's own holds, does not count.
    One of them that is of this kind and way already keeps them (`instead_of`), offered or not. `rooms` can be asked about.
    """

    def __init__(
        self,
        like: Wish,
        moments: Sequence[datetime],
        *,
        now: datetime,
        mine_is: Q,
        leaving: Collection[UUID] = (),
        instead_of: Appointment | None = None,
        rooms: Collection[Resource] = (),
    ) -> None:
        as_it_is = Provider.objects.select_related("resource").get(pk=like.provider.pk)  # who waited for her lock knew less
        self.like, self.now, self._instead_of = replace(like.settled(now), provider=as_it_is), now, instead_of
        self._rooms = {room.pk for room in rooms}
        self.wanted = kinds.wanted_by(self.like.visit_type, self.like.mode)
        self._mine, self._leaving = mine_is, leaving
        first, last = min(moments), max(moments)
        self.hours = Hours([like.provider], first.date() - 8 * DAY, last.date() + 8 * DAY)
        self._taken: dict[tuple[UUID, date], list[Any]] = defaultdict(list)
        self.read([taking.span(moment, self.like.visit_type) for moment in moments])
        self._counted = list(self._limits(first - 8 * DAY, last + 9 * DAY))
        self._own = list(self._of_patient(first - 8 * DAY, last + 8 * DAY))
        self._reserved: list[_Own] = []

    def read(self, stretches: Sequence[tuple[datetime, datetime]]) -> None:
        """Read what is taken in further stretches: one query for any number of them."""
        wanted = ", ".join(f"[{start.isoformat()}, {end.isoformat()})" for start, end in stretches)
        first, last = min(start for start, _ in stretches), max(end for _, end in stretches)
        resources = {self.like.provider.resource_id, *kinds.ids(self.wanted), *self._rooms}
        rows = Occupation.objects.filter(_touches(wanted), resource__in=resources)
        there = rows.overlapping(first, last).in_force(self.now).exclude(self._mine)
        if self._leaving:
            there = there.exclude(appointment__in=self._leaving)
        for row in there.with_group().values_list(*_Reserved._fields, named=True):
            self._put(row)

    def refusal(
        self, starts_at: datetime, room: Resource | None = None, before: Appointment | None = None
    ) -> Refusal | None:
        """What stands in the way of a visit at a moment, in a chosen room; None for nothing.

        `before` is the visit that moves there: what it met of her own is not told again.
        """
        wish = replace(self.like, starts_at=starts_at)
        try:
            booking.schedulable(wish, self.now, instead_of=self._instead_of)
            place = self.place(starts_at)
            self._within_limits(starts_at, place)
            self.lane(starts_at)
        except LimitReached as full:
            return Refusal(Skipped.TAKEN, str(full))
        except NotSchedulable as unfit:
            return Refusal(Skipped.PAST if starts_at < self.now else Skipped.UNFIT, str(unfit))
        except OutsideHours as outside:
            return Refusal(Skipped.CLOSED, str(outside))
        except taking.SlotTaken:
            return Refusal(Skipped.TAKEN, TAKEN)
        stretch = starts_at, starts_at + timedelta(minutes=self.like.visit_type.minutes)
        unmet = kinds.unmet(self.wanted, place, lambda row: self._is_free(row, stretch, starts_at))
        if unmet:
            return Refusal(Skipped.TAKEN, unmet.lacking, is_of_provider=False)
        if room and room.location_id in (None, place.pk) and not self._is_free(room, stretch, starts_at):
            return Refusal(Skipped.TAKEN, f"{room} is taken then.", is_of_provider=False)
        busy = self._busy(wish, place, before)
        return Refusal(Skipped.BUSY, busy) if busy else None

    def place(self, starts_at: datetime) -> Any:
        """Where the provider is then. Raises OutsideHours, also for another place than the wished one."""
        found = place_among(self.hours, self.like.provider, starts_at, self.like.visit_type, now=self.now)
        if self.like.location and found.pk != self.like.location.pk:
            raise OutsideHours(f"{self.like.provider} is at {found} then.")
        return found

    def lane(self, starts_at: datetime, *, may_overbook: bool = False) -> int:
        """The lane that a visit takes. Raises SlotTaken."""
        stretch = taking.span(starts_at, self.like.visit_type)
        return self._lane_of(self.like.provider.resource, stretch, starts_at, may_overbook=may_overbook)

    def reserve(self, starts_at: datetime, *, may_overbook: bool = False) -> int:
        """Count a moment as taken from now on, for the next question; answers its lane. Raises SlotTaken."""
        lane = self.lane(starts_at, may_overbook=may_overbook)
        start, end = taking.span(starts_at, self.like.visit_type)
        resource, kind = self.like.provider.resource_id, self.like.visit_type.pk
        self._put(_Reserved(uuid4(), resource, lane, start, end, uuid4(), None, kind, starts_at))
        for _, begun in self._counted:
            begun.append(starts_at)
        here = self.like.location.pk if self.like.location else None
        self._reserved.append(_Own(starts_at, starts_at + timedelta(minutes=self.like.visit_type.minutes), here))
        return lane

    def settled(self, wish: Wish) -> Wish:
        """A wish with what is known of the patient, and the kind of the minutes that follow."""
        return replace(wish, is_new_patient=self.like.is_new_patient, visit_type=self.like.visit_type)

    def read_weeks_of(self, moments: Sequence[datetime]) -> None:
        """Read the weeks around some moments, so that `nearest` knows them."""
        if moments:
            self.read([(one - 7 * DAY, one + 8 * DAY) for one in moments])

    def nearest(
        self, starts_at: datetime, zone: ZoneInfo, room: Resource | None = None, before: Appointment | None = None
    ) -> datetime | None:
        """The free time nearest to a moment: on its local day, else on the nearest day of its week, Monday to Sunday."""
        wanted = starts_at.astimezone(zone)
        monday = wanted.date() - wanted.weekday() * DAY
        week = sorted((monday + n * DAY for n in range(7)), key=lambda day: abs(day - wanted.date()))
        for day in week:
            like = datetime.combine(day, wanted.time(), zone)
            near = sorted(self._beginnings(day), key=lambda one: (abs(one - like), one))
            found = next((one for one in near if self.refusal(one, room, before) is None), None)
            if found:
                return found
        return None

    def _beginnings(self, day: date) -> Iterator[datetime]:
        kind, earliest = self.like.visit_type, ceil(self.now.timestamp())
        for piece in self.hours.of(self.like.provider).open_to(day, kind.pk, self.now.timestamp()):
            found = grid((piece.start, piece.end), piece.start, kind.minutes, earliest=earliest)
            yield from (moment(second) for second in found)

    def _put(self, row: Any) -> None:
        for day in _days(row.starts_at, row.ends_at):
            self._taken[row.resource_id, day].append(row)

    def _lane_of(
        self, resource: Resource, stretch: tuple[datetime, datetime], starts_at: datetime, *, may_overbook: bool = False
    ) -> int:
        start, end = stretch
        near = {row.pk: row for day in _days(start, end) for row in self._taken[resource.pk, day]}
        rows = [row for row in near.values() if row.starts_at < end and row.ends_at > start]
        return taking.lane_among(rows, resource, self.like.visit_type, starts_at, may_overbook=may_overbook)

    def _limits(self, start: datetime, end: datetime) -> Iterator[tuple[DailyLimit, list[datetime]]]:
        """Each daily limit that these visits count towards, with the beginnings that it counts already."""
        kind, provider = self.like.visit_type, self.like.provider
        for limit in kinds.limits_of(kind, [provider], new_patient=bool(self.like.is_new_patient)):
            rows = kinds.counted(limit, [provider], start, end, leaving=self._leaving)
            yield limit, [begins for _, begins in rows]

    def _within_limits(self, starts_at: datetime, place: Location) -> None:
        """Raises LimitReached."""
        start, end = kinds.day_of(starts_at, place)
        for limit, begun in self._counted:
            if sum(start <= one < end for one in begun) >= limit.most:
                raise LimitReached(kinds.full(self.like.provider, limit))

    def _is_free(self, row: Resource, stretch: tuple[datetime, datetime], starts_at: datetime) -> bool:
        try:
            self._lane_of(row, stretch, starts_at)
        except taking.SlotTaken:
            return False
        return True

    def _of_patient(self, start: datetime, end: datetime) -> Iterator[_Own]:
        rows = Appointment.objects.filter(patient=self.like.patient, status__in=TAKES_TIME)
        near = rows.filter(starts_at__lt=end, ends_at__gt=start).exclude(pk__in=self._leaving)
        return (_Own(*row) for row in near.values_list(*_Own._fields))

    def _busy(self, wish: Wish, place: Location, before: Appointment | None) -> str:
        """Her own other visit then, or on that local day at another place, as a sentence; empty for none."""
        found = in_the_way(self._own, wish, place, before) or in_the_way(self._reserved, wish, place, None)
        if found is None:
            return ""
        _, is_elsewhere = found
        return ELSEWHERE if is_elsewhere else BUSY


def _touches(stretches: str) -> Func:
    """Whether an occupation touches one of some stretches (a multirange, which is searched by halves)."""
    span = Func(F("starts_at"), F("ends_at"), function="tstzrange", output_field=DateTimeRangeField())
    wanted = Value(f"{{{stretches}}}")
    return Func(span, wanted, template="(%(expressions)s::tstzmultirange)", arg_joiner=" && ", output_field=BooleanField())


def _days(start: datetime, end: datetime) -> list[date]:
    """The UTC days that a stretch touches."""
    return [start.date() + n * DAY for n in range((end.date() - start.date()).days + 1)]


def holds_of(by: Any, call: UUID | None = None) -> Q:
    """One's own holds, which stand in nobody's own way; without a person there are none."""
    return taking.mine(call, by) if by is not None else Q(pk__in=[])
