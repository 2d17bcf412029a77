"""What of providers' time nobody takes: open hours without visits, closures and holds. Writes nothing.

A visit may have stood in closed time, outside of hours, or beside another one, so that what it gives back is looked at.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from compliance.models import Location
from scheduling.hours import Hours
from scheduling.intervals import Stretch, both, crowded, merged, minus
from scheduling.local import days, moment
from scheduling.models import FreedTime, Occupation, Provider, Resource, VisitType
from scheduling.week import Kept


@dataclass(frozen=True)
class Free:
    """A stretch of one provider at one place that nobody takes. `kept` are the sessions for some kinds that touch it.

    `parts` are what of it is free, in Unix seconds and in order; None: the whole. `given_back_by` is the patient whose
    visit stood there.
    """

    provider: Provider
    location: Location
    starts_at: datetime
    ends_at: datetime
    kept: tuple[Kept, ...] = ()
    parts: tuple[Stretch, ...] | None = None
    given_back_by: UUID | None = None

    @property
    def zone(self) -> ZoneInfo:
        """Of the place."""
        return ZoneInfo(self.location.time_zone)

    @property
    def day(self) -> date:
        """The local day on which it begins."""
        return self.starts_at.astimezone(self.zone).date()

    @property
    def stretch(self) -> Stretch:
        """From its beginning to its end, in Unix seconds."""
        return int(self.starts_at.timestamp()), int(self.ends_at.timestamp())

    def kept_from(self, visit_type: VisitType, now: datetime) -> list[Kept]:
        """The sessions that a kind of visit cannot be booked in at a moment."""
        return [one for one in self.kept if one.keeps_out(visit_type.pk, now.timestamp())]

    def open_to(self, visit_type: VisitType, now: datetime) -> "Iterator[Free]":
        """What of it a kind of visit can be booked in at a moment."""
        away = merged((one.start, one.end) for one in self.kept_from(visit_type, now))
        there = [self.stretch] if self.parts is None else self.parts
        spans = minus(there, away)
        return (replace(self, starts_at=moment(start), ends_at=moment(end), parts=None) for start, end in spans)


def free_of(freed: FreedTime, *, now: datetime, despite_holds: bool = False) -> Free:
    """A freed time as it is now: what of it is free still, with the sessions that are kept then.

    `despite_holds`: what somebody on the phone holds for a while is not taken yet.
    """
    found = between(freed.starts_at, freed.ends_at, [freed.provider], now=now, despite_holds=despite_holds)
    here = [one for one in found if one.location == freed.location and freed.provider.is_active]
    return Free(
        freed.provider,
        freed.location,
        freed.starts_at,
        freed.ends_at,
        kept=tuple(dict.fromkeys(kept for one in here for kept in one.kept)),
        parts=tuple(one.stretch for one in here),
        given_back_by=freed.visit.patient_id if freed.visit else None,
    )


def between(
    start: datetime,
    end: datetime,
    providers: Sequence[Provider],
    *,
    now: datetime,
    despite_holds: bool = False,
    of: Resource | None = None,
) -> list[Free]:
    """What of the providers' open hours nobody takes between two moments, `of` a room or machine neither. Five queries."""
    first, last = (start - timedelta(days=1)).date(), (end + timedelta(days=1)).date()
    resources = [*(who.resource for who in providers), *([of] if of else ())]
    hours, full = Hours(providers, first, last), _full(start, end, resources, now=now, despite_holds=despite_holds)
    asked = list(minus([(int(start.timestamp()), int(end.timestamp()))], full[of.pk] if of else []))
    return [
        Free(who, piece.location, moment(begins), moment(ends), piece.kept)
        for who in providers
        for day in days(first, last)
        for piece in hours.open(who, day)
        for begins, ends in minus(both(asked, [(piece.start, piece.end)]), full[who.resource_id])
    ]


def _full(
    start: datetime, end: datetime, resources: Sequence[Resource], *, now: datetime, despite_holds: bool
) -> dict[UUID, list[Stretch]]:
    """When as much is taken at once as a resource can take; one query."""
    taken: dict[UUID, list[Stretch]] = defaultdict(list)
    rows = Occupation.objects.filter(resource__in=[one.pk for one in resources]).in_force(now)
    rows = rows.filter(hold_until__isnull=True) if despite_holds else rows
    for resource, begins, ends in rows.overlapping(start, end).values_list("resource", "starts_at", "ends_at"):
        taken[resource].append((int(begins.timestamp()), int(ends.timestamp())))
    return {one.pk: crowded(taken[one.pk], one.capacity) for one in resources}
