"""Visits that come again and again."""

from datetime import date, datetime, time
from typing import Any

from compliance.models import Location, User
from scheduling import series
from scheduling.enums import Frequency
from scheduling.models import Appointment, Occurrence, Series
from scheduling.series import SKIP, Choice
from tests.factories import scheduling as make
from tests.factories.scheduling import NOW

__all__ = ["SKIP", "Choice"]
MONDAY = date(2026, 11, 30)


def unsaved(**fields: Any) -> Series:
    """Ten o'clock on Mondays, four times, from November 30; nothing is saved."""
    fields.setdefault("patient", fields.get("patient") or make.patient())
    fields.setdefault("provider", fields.get("provider") or make.provider())
    fields.setdefault("visit_type", fields.get("visit_type") or make.visit_type())
    fields.setdefault("location", Location.objects.order_by("created_at")[0])
    fields.setdefault("first_on", MONDAY)
    said = {"frequency": Frequency.WEEKLY, "weekdays": [fields["first_on"].weekday()], "starts": time(10)}
    if "count" not in fields and "until_on" not in fields:
        fields["count"] = 4
    return Series(**{**said, **fields})


def booked(*, by: User, now: datetime = NOW, choices: Any = None, **fields: Any) -> Series:
    """The same, booked."""
    return series.make(unsaved(**fields), by=by, now=now, choices=choices)


def rows(of: Series) -> list[Occurrence]:
    """Its occurrences, in the order of the rule."""
    return list(Occurrence.objects.filter(series=of).select_related("visit").order_by("original_on"))


def visits(of: Series) -> list[Appointment]:
    """What stands for its dates now."""
    return [row.visit for row in rows(of) if row.visit]


def local(of: Series) -> list[str]:
    """When its visits begin, on the clock of its place."""
    return [f"{visit.starts_at.astimezone(of.zone):%Y-%m-%d %H:%M}" for visit in visits(of)]
