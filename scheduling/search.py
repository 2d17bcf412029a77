"""What is looked for when a time is wanted."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from compliance.models import User
from scheduling.models import Provider, VisitType

AHEAD = 30  # days, when no last day is given


@dataclass(frozen=True)
class Search:
    """What is looked for. `weekdays` as `date.weekday()`, empty: any; `part` "morning", "afternoon" or "".

    `visit_type` is of the minutes that the patient takes (`VisitType.as_for`), `new_patient` whether she counts as new.
    `providers` carry their resource (`select_related("resource")`). Days are local days of each place, both included.
    Only times later than `after` count, where it is given.
    Holds of `by` for `held_for` (a call), or without one outside every call, are one's own and do not count as taken.
    Visits `leaving` are moved away: what they take is free, and no limit counts them.
    In another `mode` than the kind's usual one it may need no room.
    `closely`: every five minutes too, for what is to follow a visit that is not booked yet.
    """

    visit_type: VisitType
    providers: Sequence[Provider]
    from_day: date
    until_day: date | None = None
    weekdays: frozenset[int] = frozenset()
    part: str = ""
    locations: frozenset[UUID] = frozenset()
    new_patient: bool = False
    after: datetime | None = None
    held_for: UUID | None = None
    by: User | None = None
    leaving: frozenset[UUID] = frozenset()
    closely: bool = False
    mode: str = ""

    @property
    def last_day(self) -> date:
        """The last day looked at."""
        return self.until_day or self.from_day + timedelta(days=AHEAD)

    def wants(self, day: date) -> bool:
        """Whether the weekday was asked for."""
        return not self.weekdays or day.weekday() in self.weekdays
