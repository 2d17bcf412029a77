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
TOO_FAR = "A series reaches 3 years ahead at most. Or choose one without an end."
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
        """Raises BadPattern with the first thing that is wrong."""
        for field, why in (self.wrong() or self.wrong_together()).items():
            raise BadPattern(field, why)

    def wrong(self) -> dict[str, str]:
        """What is wrong by itself, whatever the rest says: sentences by field."""
        found = {}
        if not 1 <= self.every <= MOST_BETWEEN:
            found["every"] = f"Choose 1 to {MOST_BETWEEN}."
        if self.frequency == Frequency.WEEKLY and not self.weekdays:
            found["weekdays"] = "Choose at least one weekday."
        if self.count is not None and not 1 <= self.count <= MOST:
            found["count"] = f"A series has 1 to {MOST} visits, not {self.count:,}. Or choose one without an end."
        if self.until_on is not None and self.until_on < self.first_on:
            found["until_on"] = "The last day is before the first visit."
        elif self.until_on is not None and self.until_on > self._furthest:
            found["until_on"] = TOO_FAR
        return found

    def wrong_together(self) -> dict[str, str]:
        """What is wrong of an end with how often the visits come, where neither is wrong by itself."""
        if self.count is not None and len(self.dates(self._furthest)) < self.count:
            return {"count": TOO_FAR}
        if self.until_on is not None and len(self.dates(self._furthest)) > MOST:
            return {"until_on": f"A series has at most {MOST} visits. Choose an earlier last day."}
        return {}

    @property
    def _furthest(self) -> date:
        return self.first_on + timedelta(days=REACH)

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
        often = f"Every {self.unit}" if self.every == 1 else f"Every {self.every} {self.unit}"
        if self.frequency == Frequency.WEEKLY:
            names = [OfficeHours.Weekday(number).label for number in sorted(self.weekdays)]
            return f"{often} on " + " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
        if self.frequency == Frequency.MONTHLY_DATE and self.first_on.day > 28:
            return f"{often}, or the last day of a shorter month"
        return often

    @property
    def unit(self) -> str:
        """What comes after "every" and the number: week, months on the fourth Tuesday."""
        unit = UNITS[Frequency(self.frequency)] + ("" if self.every == 1 else "s")
        if self.frequency == Frequency.MONTHLY_DATE:
            return f"{unit} on day {self.first_on.day}"
        if self.frequency == Frequency.MONTHLY_WEEKDAY:
            return f"{unit} on the {NTH[self._nth()]} {self.first_on:%A}"
        return unit

    def _end(self) -> str:
        if self.count is not None:
            return f", {self.count} time{'' if self.count == 1 else 's'}"
        return (
            f", until {self.until_on:%b} {self.until_on.day}, {self.until_on.year}" if self.until_on else ", without an end"
        )


def ending(pattern: Pattern, before: date) -> Pattern:
    """The same rule without the dates from a day on."""
    return replace(pattern, count=None, until_on=before - timedelta(days=1))
