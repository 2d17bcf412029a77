"""A practice's hours, and deadlines counted in them: pure functions of moments and a calendar.

Amounts of time are office time: the clock runs while the practice is open, in its own zone, and stands still at
night, on holidays and while somebody outside is waited for (workflows.md, general rules and sections 3(f) and 10).
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import holidays

from compliance.enums import Priority
from compliance.models import OfficeHours, Practice
from compliance.tenancy import current_practice_id

Stretch = tuple[time, time]
Span = tuple[datetime, datetime]

ASSUMED_HOURS: Mapping[int, tuple[Stretch, ...]] = {weekday: ((time(9), time(17)),) for weekday in range(5)}
FARTHEST = timedelta(days=366 * 5)


class NeverOpen(Exception):
    """The calendar has no office hours within five years, so that no deadline can be counted in them."""


@dataclass(frozen=True)
class OfficeCalendar:
    """When a practice works. `hours`: stretches of local time for each weekday (Monday 0); `is_holiday`: closed days.

    `is_assumed` says that the practice set no hours, so that Monday to Friday, 9 to 5, is taken for them; a page that
    shows a deadline says so too.
    """

    zone: ZoneInfo
    hours: Mapping[int, Sequence[Stretch]] = field(default_factory=lambda: ASSUMED_HOURS)
    is_holiday: Callable[[date], bool] = lambda _: False
    is_assumed: bool = False

    def spans(self, day: date) -> list[Span]:
        """The stretches of one local day as moments, in order. Empty on a day that is closed.

        On the day the clocks change a stretch is as long as it really lasts. A time that the clock skips is the
        moment it skips to as much later; one that it shows twice is the first of the two.
        """
        if self.is_holiday(day):
            return []
        spans = [
            (self._moment(day, opens), self._moment(day, closes)) for opens, closes in self.hours.get(day.weekday(), ())
        ]
        return _merged(span for span in spans if span[0] < span[1])

    def is_open_on(self, day: date) -> bool:
        """Whether the practice works on this day at all."""
        return bool(self.spans(day))

    def add(self, moment: datetime, amount: timedelta) -> datetime:
        """The moment when so much office time has passed; the moment itself for none. Raises NeverOpen."""
        moment, left = moment.astimezone(UTC), amount  # in UTC, because adding to a local time ignores the clock change
        if left <= timedelta():
            return moment
        for opens, closes in self._from(moment):
            start = max(opens, moment)
            if closes > start:
                if closes - start >= left:
                    return start + left
                left -= closes - start
        raise NeverOpen

    def between(self, start: datetime, end: datetime) -> timedelta:
        """How much office time lies between two moments; none when the second is not later."""
        passed = timedelta()
        day, last = self._local_day(start), self._local_day(end)
        while day <= last:
            passed += sum((_overlap(span, (start, end)) for span in self.spans(day)), timedelta())
            day += timedelta(days=1)
        return passed

    def _from(self, moment: datetime) -> Iterator[Span]:
        day = self._local_day(moment)
        last = day + FARTHEST
        while day <= last:
            yield from self.spans(day)
            day += timedelta(days=1)

    def _local_day(self, moment: datetime) -> date:
        return moment.astimezone(self.zone).date()

    def _moment(self, day: date, at: time) -> datetime:
        return datetime.combine(day, at, self.zone).astimezone(UTC)


def calendar_here() -> OfficeCalendar:
    """The calendar of the practice being acted in. Two queries."""
    return calendar_of(Practice.objects.get(pk=current_practice_id()))


def calendar_of(practice: Practice) -> OfficeCalendar:
    """The calendar of the practice being acted in: its office hours, its state's public holidays, its zone. One query."""
    hours: dict[int, list[Stretch]] = {}
    for row in OfficeHours.objects.filter(practice=practice).order_by("weekday", "opens"):
        hours.setdefault(row.weekday, []).append((row.opens, row.closes))
    return OfficeCalendar(
        zone=ZoneInfo(practice.time_zone),
        hours=hours or ASSUMED_HOURS,
        is_holiday=_holidays(practice.state.upper()).__contains__,
        is_assumed=not hours,
    )


def due(opened: datetime, *, hours: OfficeCalendar, minutes: int = 0, pauses: Sequence[Span] = ()) -> datetime:
    """When so many minutes of office time have passed since `opened`, pauses left out. Raises NeverOpen.

    A pause that begins after the deadline has passed does not move it.
    """
    opened = opened.astimezone(UTC)
    deadline = hours.add(opened, timedelta(minutes=minutes))
    for start, end in _merged([(start.astimezone(UTC), end.astimezone(UTC)) for start, end in pauses]):
        if start < deadline:
            deadline = hours.add(deadline, hours.between(max(start, opened), end))
    return deadline


def resumed(deadline: datetime, *, paused_at: datetime, now: datetime, hours: OfficeCalendar) -> datetime:
    """A deadline after a pause: the office time that passed meanwhile is given back. Raises NeverOpen."""
    return hours.add(deadline, hours.between(paused_at, now))


def end_of_day(moment: datetime, *, hours: OfficeCalendar) -> datetime:
    """When the practice closes next: today's last closing time, or the next open day's when that is past.

    Raises NeverOpen.
    """
    day = moment.astimezone(hours.zone).date()
    today = hours.spans(day)
    if today and today[-1][1] > moment:
        return today[-1][1]
    return _next_close(day, hours)


def next_business_day_end(moment: datetime, *, hours: OfficeCalendar) -> datetime:
    """When the practice closes on the first open day after this one. Raises NeverOpen."""
    return _next_close(moment.astimezone(hours.zone).date(), hours)


def business_day_end_before(moment: datetime, *, days: int, hours: OfficeCalendar) -> datetime | None:
    """When the practice closes on the n-th open day before the day of a moment, counted back; None within a year."""
    day = moment.astimezone(hours.zone).date()
    for earlier in range(1, 366):
        if spans := hours.spans(day - timedelta(days=earlier)):
            days -= 1
            if not days:
                return spans[-1][1]
    return None


def respond_by(priority: Priority, *, opened: datetime, calendar: OfficeCalendar) -> datetime:
    """The clock of a message (workflows.md section 3(f)). Raises NeverOpen.

    At once: now. Urgent: one hour of office time. As soon as possible: the same day by close. Routine: the next
    business day by close.
    """
    if priority == Priority.STAT:
        return opened
    if priority == Priority.URGENT:
        return due(opened, hours=calendar, minutes=60)
    if priority == Priority.ASAP:
        return end_of_day(opened, hours=calendar)
    return next_business_day_end(opened, hours=calendar)


def _next_close(day: date, hours: OfficeCalendar) -> datetime:
    for later in range(1, FARTHEST.days):
        if spans := hours.spans(day + timedelta(days=later)):
            return spans[-1][1]
    raise NeverOpen


def _overlap(one: Span, other: Span) -> timedelta:
    return max(min(one[1], other[1]) - max(one[0], other[0]), timedelta())


def _merged(spans: Iterator[Span] | Sequence[Span]) -> list[Span]:
    merged: list[Span] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


@lru_cache(maxsize=64)
def _holidays(state: str) -> holidays.HolidayBase:
    """The public holidays of a state; of the nation when none is named."""
    known = state in holidays.country_holidays("US").subdivisions
    return holidays.country_holidays("US", subdiv=state if known else None)
