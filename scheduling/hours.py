"""When providers work, over some days: four queries for any number of them. What the days are made of is in `week`."""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q

from compliance.models import Location
from scheduling.intervals import Stretch
from scheduling.local import at, moment
from scheduling.models import Closure, DayException, Provider, WorkingHours
from scheduling.week import Open, Week

TEMPLATE = (
    *("pk", "provider_id", "location_id", "weekday", "starts", "ends", "valid_from", "valid_until"),
    *("every_weeks", "anchor_on"),
)
PART = tuple(f"parts__{name}" for name in ("kind", "name", "starts", "ends", "visit_types", "release_hours"))


class Hours:
    """Working hours and closures of some providers over some days: four queries for any number of them.

    Without those at places that are out of use, unless `left_too`.
    """

    def __init__(self, providers: Sequence[Provider], first: date, last: date, *, left_too: bool = False) -> None:
        self.providers = providers
        self.first, self.last = first, last
        self._places = Location.objects.in_bulk()
        self._ids = [one.pk for one in providers]
        self._weeks = {pk: Week(self._places, left_too=left_too) for pk in self._ids}
        for row in self._hours():
            self._weeks[row.provider_id].add(row)
        for one in self._different():
            self._weeks[one.provider_id].exceptions[one.day].append(one)
        for closure in self._closed():
            ends = closure.starts_at.timestamp(), closure.ends_at.timestamp()
            for pk in self._ids if closure.provider_id is None else [closure.provider_id]:
                self._weeks[pk].closed.append((*ends, closure))

    def of(self, provider: Provider) -> Week:
        """What her days are made of."""
        return self._weeks[provider.pk]

    def within(self, first: date, last: date) -> tuple[datetime, datetime]:
        """From the first midnight to the last, over the zones of all places."""
        zones = {place.time_zone for place in self._places.values()} or {"UTC"}
        end = last + timedelta(days=1)
        return moment(min(at(first, time.min, zone) for zone in zones)), moment(
            max(at(end, time.min, zone) for zone in zones)
        )

    def _hours(self) -> Iterable[Any]:
        """Templates as named tuples, each once for every part of it; of two hundred providers there are a thousand."""
        rows = WorkingHours.objects.filter(provider__in=self._ids, valid_from__lte=self.last)
        valid = rows.filter(Q(valid_until__isnull=True) | Q(valid_until__gte=self.first))
        return valid.order_by("starts", "pk", "parts__starts", "parts__pk").values_list(*TEMPLATE, *PART, named=True)

    def _different(self) -> Iterable[DayException]:
        rows = DayException.objects.filter(provider__in=self._ids, day__gte=self.first, day__lte=self.last)
        return rows.order_by("starts", "pk")

    def _closed(self) -> Iterable[Closure]:
        day = timedelta(days=1)
        start = datetime.combine(self.first, time.min, UTC) - day
        end = datetime.combine(self.last, time.min, UTC) + day * 2
        rows = Closure.objects.filter(starts_at__lt=end, ends_at__gt=start, resource__isnull=True)
        return rows.filter(Q(provider__isnull=True) | Q(provider__in=self._ids)).order_by("starts_at", "pk")

    def worked(self, provider: Provider, day: date) -> list[Open]:
        """`Week.worked` of a provider."""
        return self.of(provider).worked(day)

    def open(self, provider: Provider, day: date) -> list[Open]:
        """`Week.open` of a provider."""
        return self.of(provider).open(day)

    def closures(self, provider: Provider, location: UUID | None, stretch: Stretch) -> list[Closure]:
        """`Week.closures` of a provider."""
        return self.of(provider).closures(location, stretch)
