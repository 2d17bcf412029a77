"""Groups that gather already, and whether one more may join: asked by the rule that books, among rows read before."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from compliance.models import Location
from scheduling import kinds, taking
from scheduling.enums import TAKES_TIME
from scheduling.kinds import Wanted
from scheduling.local import moment
from scheduling.models import Appointment, Occupation, Provider, Resource
from scheduling.search import Search


class Groups:
    """Those of the kind that is searched, between two moments; `starts` in Unix seconds, whoever gives them.

    Two queries, none for a kind of one patient at once.
    """

    def __init__(self, search: Search, wanted: Sequence[Wanted], within: tuple[datetime, datetime], now: datetime) -> None:
        self.kind, self.wanted, self._leaving = search.visit_type, wanted, search.leaving
        begun = self._begun(within) if self.kind.capacity > 1 else set()
        calendars = {one.resource_id: one.resource for one in search.providers}
        asked = {resource for resource, _ in begun} | kinds.ids(wanted)
        self._there = taken(asked, within, search, now) if begun else {}
        self._open: dict[UUID, set[int]] = defaultdict(set)
        self.starts = {int(starts_at.timestamp()) for _, starts_at in begun}
        for resource, starts_at in begun:
            if resource in calendars and self._has_lane(calendars[resource], starts_at, *taking.span(starts_at, self.kind)):
                self._open[resource].add(int(starts_at.timestamp()))

    def of(self, provider: Provider) -> Collection[int]:
        """When groups of a provider begin that have room for one more, in Unix seconds."""
        return self._open.get(provider.resource_id, ())

    def meet(self, location: Location, begins: int) -> bool:
        """Whether one more finds what the kind needs as well: where the group is, or elsewhere."""
        starts_at = moment(begins)
        span = starts_at, starts_at + timedelta(minutes=self.kind.minutes)
        return kinds.unmet(self.wanted, location, lambda row: self._has_lane(row, starts_at, *span)) is None

    def _begun(self, within: tuple[datetime, datetime]) -> set[tuple[UUID, datetime]]:
        rows = Appointment.objects.filter(visit_type=self.kind, status__in=TAKES_TIME).exclude(pk__in=self._leaving)
        rows = rows.filter(starts_at__gte=within[0], starts_at__lt=within[1])
        return set(rows.values_list("provider__resource", "starts_at"))

    def _has_lane(self, resource: Resource, starts_at: datetime, start: datetime, end: datetime) -> bool:
        near = [row for row in self._there.get(resource.pk, ()) if row.starts_at < end and row.ends_at > start]
        return taking.has_lane(near, resource, self.kind, starts_at)


def taken(
    resources: Collection[UUID], within: tuple[datetime, datetime], search: Search, now: datetime
) -> dict[UUID, list[Occupation]]:
    """What is taken, with its group; one's own holds do not count."""
    rows = Occupation.objects.filter(resource__in=resources).overlapping(*within).in_force(now)
    rows = rows.exclude(taking.mine(search.held_for, search.by)).exclude(appointment__in=search.leaving)
    found: dict[UUID, list[Occupation]] = defaultdict(list)
    for row in rows.with_group():
        found[row.resource_id].append(row)
    return found
