"""What stands in the way of many visits at once: read once for a stretch of days, then asked for each moment.

The same rules as `booking.book` follows, over rows that were read together. Five queries for any number of visits.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from django.contrib.postgres.fields import DateTimeRangeField
from django.db.models import BooleanField, F, Func, Q, Value

from scheduling import booking, taking
from scheduling.booking import NotSchedulable, Wish
from scheduling.enums import TAKES_TIME, Skipped
from scheduling.hours import Hours, moment
from scheduling.intervals import starts
from scheduling.models import Appointment, Occupation
from scheduling.openings import STEP, mine
from scheduling.presence import OutsideHours, place_among

DAY = timedelta(days=1)
TAKEN = "Another visit has this time."
BUSY = "The patient has another visit then."


@dataclass(frozen=True)
class Refusal:
    """Why a moment cannot be booked."""

    kind: Skipped
    why: str


class _Reserved(NamedTuple):
    pk: UUID
    lane: int
    starts_at: datetime
    ends_at: datetime
    appointment_id: UUID
    hold_until: None
    kind: UUID
    begins: datetime


class Ahead:
    """The calendar of one provider and the visits of one patient, between two moments.

    `like` says whose and of what kind. What is taken by the visits `leaving`, and by one's own holds, does not count.
    """

    def __init__(
        self, like: Wish, moments: Sequence[datetime], *, now: datetime, mine_is: Q, leaving: Collection[UUID] = ()
    ) -> None:
        self.like, self.now = like, now
        self._mine, self._leaving = mine_is, leaving
        first, last = min(moments), max(moments)
        self.hours = Hours([like.provider], first.date() - 8 * DAY, last.date() + 8 * DAY)
        self._taken: dict[date, list[Any]] = defaultdict(list)
        self.read([taking.span(moment, like.visit_type) for moment in moments])
        self._own = list(self._of_patient(first - 8 * DAY, last + 8 * DAY))

    def read(self, stretches: Sequence[tuple[datetime, datetime]]) -> None:
        """Read what is taken in further stretches: one query for any number of them."""
        wanted = ", ".join(f"[{start.isoformat()}, {end.isoformat()})" for start, end in stretches)
        first, last = min(start for start, _ in stretches), max(end for _, end in stretches)
        rows = Occupation.objects.filter(_touches(wanted), resource=self.like.provider.resource_id)
        there = rows.overlapping(first, last).in_force(self.now).exclude(self._mine)
        if self._leaving:
            there = there.exclude(appointment__in=self._leaving)
        known = there.annotate(kind=F("appointment__visit_type"), begins=F("appointment__starts_at"))
        for row in known.values_list(*_Reserved._fields, named=True):
            self._put(row)

    def refusal(self, starts_at: datetime) -> Refusal | None:
        """What stands in the way of a visit at a moment; None for nothing."""
        wish = replace(self.like, starts_at=starts_at)
        try:
            booking.schedulable(wish, self.now)
            self.place(starts_at)
            self.lane(starts_at)
        except NotSchedulable as unfit:
            return Refusal(Skipped.PAST if starts_at < self.now else Skipped.UNFIT, str(unfit))
        except OutsideHours as outside:
            return Refusal(Skipped.CLOSED, str(outside))
        except taking.SlotTaken:
            return Refusal(Skipped.TAKEN, TAKEN)
        return Refusal(Skipped.BUSY, BUSY) if self._is_busy(wish) else None

    def place(self, starts_at: datetime) -> Any:
        """Where the provider is then. Raises OutsideHours, also for another place than the wished one."""
        found = place_among(self.hours, self.like.provider, starts_at, self.like.visit_type, now=self.now)
        if self.like.location and found.pk != self.like.location.pk:
            raise OutsideHours(f"{self.like.provider} is at {found} then.")
        return found

    def lane(self, starts_at: datetime, *, may_overbook: bool = False) -> int:
        """The lane that a visit takes. Raises SlotTaken."""
        start, end = taking.span(starts_at, self.like.visit_type)
        near = {
            row.pk: row for n in range((end.date() - start.date()).days + 1) for row in self._taken[start.date() + n * DAY]
        }
        rows = [row for row in near.values() if row.starts_at < end and row.ends_at > start]
        provider, kind = self.like.provider, self.like.visit_type
        return taking.lane_among(rows, provider.resource, (start, end), kind, starts_at, may_overbook=may_overbook)

    def reserve(self, starts_at: datetime, *, may_overbook: bool = False) -> int:
        """Count a moment as taken from now on, for the next question; answers its lane. Raises SlotTaken."""
        lane = self.lane(starts_at, may_overbook=may_overbook)
        start, end = taking.span(starts_at, self.like.visit_type)
        row = _Reserved(uuid4(), lane, start, end, uuid4(), None, self.like.visit_type.pk, starts_at)
        self._put(row)
        self._own.append((starts_at, starts_at + timedelta(minutes=self.like.visit_type.minutes)))
        return lane

    def read_weeks_of(self, moments: Sequence[datetime]) -> None:
        """Read the weeks around some moments, so that `nearest` knows them."""
        if moments:
            self.read([(one - 7 * DAY, one + 8 * DAY) for one in moments])

    def nearest(self, starts_at: datetime, zone: ZoneInfo) -> datetime | None:
        """The free time nearest to a moment: on its local day, else on the nearest day of its week, Monday to Sunday."""
        wanted = starts_at.astimezone(zone)
        monday = wanted.date() - wanted.weekday() * DAY
        week = sorted((monday + n * DAY for n in range(7)), key=lambda day: abs(day - wanted.date()))
        for day in week:
            like = datetime.combine(day, wanted.time(), zone)
            near = sorted(self._beginnings(day), key=lambda one: abs(one - like))
            found = next((one for one in near if self.refusal(one) is None), None)
            if found:
                return found
        return None

    def _beginnings(self, day: date) -> Iterator[datetime]:
        length = self.like.visit_type.minutes * 60
        step, earliest = min(STEP, length), int(self.now.timestamp())
        for piece in self.hours.open_to(self.like.provider, day, self.like.visit_type.pk, self.now.timestamp()):
            found = starts((piece.start, piece.end), origin=piece.start, length=length, step=step, earliest=earliest)
            yield from (moment(second) for second in found)

    def _put(self, row: Any) -> None:
        for day in _days(row.starts_at, row.ends_at):
            self._taken[day].append(row)

    def _of_patient(self, start: datetime, end: datetime) -> Any:
        rows = Appointment.objects.filter(patient=self.like.patient, status__in=TAKES_TIME)
        near = rows.filter(starts_at__lt=end, ends_at__gt=start).exclude(pk__in=self._leaving)
        return near.values_list("starts_at", "ends_at")

    def _is_busy(self, wish: Wish) -> bool:
        return any(start < wish.ends_at and end > wish.starts_at for start, end in self._own)


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
    return mine(call, by) if by is not None else Q(pk__in=[])
