"""On which days a series falls: plain arithmetic of local dates, without clocks, places and the database.

A month without a 31st has its last day instead, and one without a fifth Tuesday its last Tuesday: no month is left out.
"""

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import count as numbers
from itertools import islice, takewhile

from compliance.models import OfficeHours
from scheduling.enums import Frequency

MOST = 366  # visits of one series; a day each for a year
REACH = 3 * 366  # days from the first to the last visit
HORIZON = 182  # days that an open-ended series is booked ahead
MOST_BETWEEN = 52  # days, weeks or months from one visit to the next
NTH = {1: "first", 2: "second", 3: "third", 4: "fourth", 5: "last"}
UNITS = {
    Frequency.DAILY: "day",
    Frequency.WEEKLY: "week",
    Frequency.MONTHLY_DATE: "month",
    Frequency.MONTHLY_WEEKDAY: "month",
}


class BadPattern(Exception):
    """There can be no such series. The text says why, `field` where."""

    def __init__(self, field: str, why: str) -> None:
        self.field = field
        super().__init__(why)


@dataclass(frozen=True)
class Pattern:
    """A rule. `weekdays` as `date.weekday()`, of a weekly one; without `count` and `until_on` it goes on for ever."""

    frequency: str
    first_on: date
    every: int = 1
    weekdays: tuple[int, ...] = ()
    count: int | None = None
    until_on: date | None = None

    @property
    def is_rolling(self) -> bool:
        """Without an end."""
        return self.count is None and self.until_on is None

    def dates(self, through: date) -> list[date]:
        """Its dates up to and including a day, in order."""
        last = min(through, self.until_on or through)
        found = takewhile(lambda day: day <= last, self._for_ever())
        return list(islice(found, self.count))

    def check(self) -> None:
        """Raises BadPattern."""
        if not 1 <= self.every <= MOST_BETWEEN:
            raise BadPattern("every", f"Choose 1 to {MOST_BETWEEN}.")
        if self.frequency == Frequency.WEEKLY and not self.weekdays:
            raise BadPattern("weekdays", "Choose at least one weekday.")
        if self.count is not None and not 1 <= self.count <= MOST:
            raise BadPattern("count", f"A series has 1 to {MOST} visits, not {self.count:,}. Or choose one without an end.")
        if self.until_on is not None and self.until_on < self.first_on:
            raise BadPattern("until_on", "The last day is before the first visit.")
        self._reaches()

    def _reaches(self) -> None:
        furthest = self.first_on + timedelta(days=REACH)
        too_far = "A series reaches 3 years ahead at most. Or choose one without an end."
        if self.until_on is not None and self.until_on > furthest:
            raise BadPattern("until_on", too_far)
        if self.count is not None and len(self.dates(furthest)) < self.count:
            raise BadPattern("count", too_far)
        if self.until_on is not None and len(self.dates(furthest)) > MOST:
            raise BadPattern("until_on", f"A series has at most {MOST} visits. Choose an earlier last day.")

    def __str__(self) -> str:
        return f"{self._how_often()}{self._end()}"

    def _for_ever(self) -> Iterator[date]:
        if self.frequency == Frequency.DAILY:
            return (self.first_on + timedelta(days=n * self.every) for n in numbers())
        if self.frequency == Frequency.WEEKLY:
            return self._weekly()
        return (self._in_month(n * self.every) for n in numbers())

    def _weekly(self) -> Iterator[date]:
        monday = self.first_on - timedelta(days=self.first_on.weekday())
        for week in numbers(step=self.every):
            days = (monday + timedelta(weeks=week, days=weekday) for weekday in sorted(self.weekdays))
            yield from (day for day in days if day >= self.first_on)

    def _in_month(self, later: int) -> date:
        years, month = divmod(self.first_on.month - 1 + later, 12)
        first = date(self.first_on.year + years, month + 1, 1)
        length = monthrange(first.year, first.month)[1]
        if self.frequency == Frequency.MONTHLY_DATE:
            return first.replace(day=min(self.first_on.day, length))
        day = 1 + (self.first_on.weekday() - first.weekday()) % 7 + 7 * (self._nth() - 1)
        return first.replace(day=day if day <= length else day - 7)

    def _nth(self) -> int:
        return (self.first_on.day - 1) // 7 + 1

    def _how_often(self) -> str:
        unit = UNITS.get(Frequency(self.frequency), "month")
        often = f"Every {unit}" if self.every == 1 else f"Every {self.every} {unit}s"
        if self.frequency == Frequency.WEEKLY:
            names = [OfficeHours.Weekday(number).label for number in sorted(self.weekdays)]
            return f"{often} on " + " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
        if self.frequency == Frequency.MONTHLY_DATE:
            last = ", or the last day of a shorter month" if self.first_on.day > 28 else ""
            return f"{often} on day {self.first_on.day}{last}"
        if self.frequency == Frequency.MONTHLY_WEEKDAY:
            return f"{often} on the {NTH[self._nth()]} {self.first_on:%A}"
        return often

    def _end(self) -> str:
        if self.count is not None:
            return f", {self.count} time{'' if self.count == 1 else 's'}"
        return (
            f", until {self.until_on:%b} {self.until_on.day}, {self.until_on.year}" if self.until_on else ", without an end"
        )


def ending(pattern: Pattern, before: date) -> Pattern:
    """The same rule without the dates from a day on."""
    return replace(pattern, count=None, until_on=before - timedelta(days=1))
