"""How full the days of some providers are: for the week and the month, where a day is one figure.

Four queries for any number of providers, days and visits.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Count, DurationField, ExpressionWrapper, F, Q, Sum
from django.db.models.functions import TruncDate

from scheduling.enums import TAKES_TIME
from scheduling.hours import Hours
from scheduling.local import days
from scheduling.models import Appointment, Provider


@dataclass(frozen=True)
class Load:
    """One provider's day: visits that take time, their minutes, the minutes open, and what closes the day."""

    day: date
    visits: int = 0
    overbooked: int = 0
    minutes: int = 0
    open_minutes: int = 0
    closed: tuple[str, ...] = ()

    @property
    def share(self) -> float | None:
        """How much of the open time is taken; None on a day without any."""
        return self.minutes / self.open_minutes if self.open_minutes else None

    @property
    def width(self) -> int:
        """The share as a length of 0 to 100."""
        return min(round((self.share or 0) * 100), 100)

    @property
    def is_full(self) -> bool:
        """Nothing worth offering is left."""
        return self.share is not None and self.share >= 0.95

    @property
    def marks(self) -> str:
        """The classes of its cell, each after a space."""
        is_off = not self.visits and not self.open_minutes
        return " full" * self.is_full + " none" * (not self.visits) + " off" * is_off


def of(providers: Sequence[Provider], first: date, last: date, *, zone: ZoneInfo) -> dict[UUID, list[Load]]:
    """The load of each provider on each local day, both included. The caller chose whom she may see."""
    hours = Hours(providers, first, last)
    counted = _counted(providers, first, last, zone)
    return {one.pk: [_load(one, day, hours, counted) for day in days(first, last)] for one in providers}


def _load(provider: Provider, day: date, hours: Hours, counted: dict[tuple[UUID, date], tuple[int, int, int]]) -> Load:
    visits, overbooked, minutes = counted.get((provider.pk, day), (0, 0, 0))
    worked, left = hours.worked(provider, day), hours.open(provider, day)
    closed = {
        row.reason for piece in worked for row in hours.closures(provider, piece.location.pk, (piece.start, piece.end))
    }
    open_minutes = sum(piece.end - piece.start for piece in left) // 60
    return Load(day, visits, overbooked, minutes, open_minutes, tuple(sorted(closed)) if not left else ())


def _counted(
    providers: Sequence[Provider], first: date, last: date, zone: ZoneInfo
) -> dict[tuple[UUID, date], tuple[int, int, int]]:
    start = datetime.combine(first, time.min, zone).astimezone(UTC)
    end = datetime.combine(last + timedelta(days=1), time.min, zone).astimezone(UTC)
    rows = Appointment.objects.filter(provider__in=providers, status__in=TAKES_TIME, starts_at__gte=start, starts_at__lt=end)
    lasts = ExpressionWrapper(F("ends_at") - F("starts_at"), output_field=DurationField())
    found = (
        rows.order_by()
        .annotate(on=TruncDate("starts_at", tzinfo=zone))
        .values_list("provider", "on")
        .annotate(visits=Count("pk"), over=Count("pk", filter=Q(overbook_reason__isnull=False)), length=Sum(lasts))
    )
    return {(pk, on): (visits, over, int(length.total_seconds() // 60)) for pk, on, visits, over, length in found}
