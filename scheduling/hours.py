"""When providers work: wall-clock hours of each place as stretches of time, and what closes them.

A stretch is worked out from its two ends in the place's own zone. So it is an hour shorter or longer when the clock
changes inside it, and Arizona, Hawaii and Indiana need no rule of their own.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Q

from compliance.models import Location
from scheduling.intervals import Stretch, merged, minus
from scheduling.models import Closure, Provider, WorkingHours

NOON = time(12)


@dataclass(frozen=True)
class Open:
    """A stretch in which a provider sees patients at a place, on one local day. Ends in Unix seconds, UTC."""

    start: int
    end: int
    day: date
    location: Location


@lru_cache(maxsize=4096)
def at(day: date, wall: time, zone: str) -> int:
    """The Unix second of a wall-clock time. A time that the clock jumps over is read by the rule before the jump."""
    return int(datetime.combine(day, wall, ZoneInfo(zone)).timestamp())


def moment(second: int) -> datetime:
    """The aware UTC moment of a Unix second."""
    return datetime.fromtimestamp(second, UTC)


def days(first: date, last: date) -> Iterable[date]:
    """Each day from `first` to `last`, both included."""
    return (first + timedelta(days=n) for n in range((last - first).days + 1))


class Hours:
    """Working hours and closures of some providers over some days: three queries for any number of them."""

    def __init__(self, providers: Sequence[Provider], first: date, last: date) -> None:
        self.providers = providers
        self.first, self.last = first, last
        self._places = Location.objects.in_bulk()
        self._rows: dict[UUID, list[tuple]] = defaultdict(list)
        for provider, *row in self._hours():
            self._rows[provider].append(tuple(row))
        self._closures = list(self._closed())

    def within(self, first: date, last: date) -> tuple[datetime, datetime]:
        """From the first midnight to the last, over the zones of all places."""
        zones = {place.time_zone for place in self._places.values()}
        end = last + timedelta(days=1)
        return moment(min(at(first, time.min, zone) for zone in zones)), moment(
            max(at(end, time.min, zone) for zone in zones)
        )

    def _hours(self) -> Iterable[tuple]:
        rows = WorkingHours.objects.filter(provider__in=self.providers, valid_from__lte=self.last)
        valid = rows.filter(Q(valid_until__isnull=True) | Q(valid_until__gte=self.first)).order_by("starts", "pk")
        return valid.values_list("provider_id", "weekday", "starts", "ends", "valid_from", "valid_until", "location_id")

    def _closed(self) -> Iterable[Closure]:
        day = timedelta(days=1)
        start = datetime.combine(self.first, time.min, UTC) - day
        end = datetime.combine(self.last, time.min, UTC) + day * 2
        rows = Closure.objects.filter(starts_at__lt=end, ends_at__gt=start)
        return rows.filter(Q(provider__isnull=True) | Q(provider__in=self.providers)).order_by("starts_at", "pk")

    def worked(self, provider: Provider, day: date) -> list[Open]:
        """Her hours on one day, before anything is closed."""
        answer = []
        for weekday, starts, ends, valid_from, valid_until, place in self._rows[provider.pk]:
            if weekday == day.weekday() and valid_from <= day and (valid_until is None or valid_until >= day):
                location = self._places[place]
                zone = location.time_zone
                answer.append(Open(at(day, starts, zone), at(day, ends, zone), day, location))
        return answer

    def closures(self, provider: Provider, location: UUID | None, stretch: Stretch) -> list[Closure]:
        """What closes a provider at a place during a stretch. `location` None: only what closes her everywhere."""
        return [
            row
            for row in self._closures
            if row.provider_id in (None, provider.pk)
            and row.location_id in (None, location)
            and row.starts_at.timestamp() < stretch[1]
            and row.ends_at.timestamp() > stretch[0]
        ]

    def open(self, provider: Provider, day: date) -> list[Open]:
        """Her hours on one day without what is closed."""
        answer = []
        for piece in self.worked(provider, day):
            closed = merged(
                (int(row.starts_at.timestamp()), int(row.ends_at.timestamp()))
                for row in self.closures(provider, piece.location.pk, (piece.start, piece.end))
            )
            left = minus([(piece.start, piece.end)], closed) if closed else [(piece.start, piece.end)]
            answer += [Open(start, end, day, piece.location) for start, end in left]
        return answer


def half(day: date, part: str, zone: str) -> Stretch:
    """The morning or the afternoon of a local day, split at noon; anything else is the whole day."""
    start, noon, end = at(day, time.min, zone), at(day, NOON, zone), at(day + timedelta(days=1), time.min, zone)
    return {"morning": (start, noon), "afternoon": (noon, end)}.get(part, (start, end))
