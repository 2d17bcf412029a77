"""What a kind of visit asks for: its minutes for a new patient, rooms and machines, and places left in a day."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet

from compliance.models import Location
from patients.models import Patient
from scheduling.enums import TAKES_TIME, Mode, ResourceKind, Status
from scheduling.models import Appointment, DailyLimit, Need, Provider, Resource, VisitType

KNOWN_FOR = timedelta(days=3 * 365)  # CPT: new is who was not seen by the practice within three years


class NotSchedulable(Exception):
    """This patient, provider, kind of visit or time cannot be booked. The text says why."""


class LimitReached(NotSchedulable):
    """The provider has as many of these visits that day as are wanted. The text says which limit."""


def is_new(patient: Patient, *, now: datetime) -> bool:
    """Whether nobody here has seen the patient within three years."""
    seen = Appointment.objects.filter(patient=patient, status=Status.FULFILLED, starts_at__gt=now - KNOWN_FOR)
    return not seen.exists()


def seen_among(patients: Iterable[UUID], *, now: datetime) -> set[UUID]:
    """Those of some patients whom somebody here has seen within three years."""
    rows = Appointment.objects.filter(patient__in=list(patients), status=Status.FULFILLED, starts_at__gt=now - KNOWN_FOR)
    return set(rows.values_list("patient", flat=True))


def kind_for(visit_type: VisitType, patient: Patient, *, now: datetime) -> VisitType:
    """The kind of the minutes that it takes of a patient."""
    return visit_type.as_for(new_patient=is_new(patient, now=now)) if visit_type.new_minutes else visit_type


@dataclass(frozen=True)
class Wanted:
    """One need, and what can meet it, the lowest name first."""

    need: Need
    candidates: tuple[Resource, ...]

    @property
    def is_room(self) -> bool:
        """Whether only rooms meet it."""
        return _are_rooms(self.candidates)

    @property
    def lacking(self) -> str:
        """The sentence where nothing of it is free."""
        return f"No {self.need.group} is free then." if self.need.group else f"{self.need} is taken then."

    def at(self, location: Location | UUID) -> list[Resource]:
        """Those at the place, or at none in particular."""
        place = location.pk if isinstance(location, Location) else location
        return [one for one in self.candidates if one.location_id in (None, place)]


def wanted_by(visit_type: VisitType, mode: str = "") -> list[Wanted]:
    """What a kind needs besides its provider: two queries, one where it needs nothing. Named rooms come first.

    Rooms are for who comes to the office: by phone or video none is needed. Without a `mode` the kind's usual one counts.
    """
    needs = list(Need.objects.filter(visit_type=visit_type).order_by("group", "pk"))
    if not needs:
        return []
    asked = Q(pk__in=[need.resource_id for need in needs]) | Q(group__in=[need.group for need in needs if need.group])
    rows = list(Resource.objects.filter(asked).exclude(kind=ResourceKind.PROVIDER).order_by("name", "pk"))
    is_here = (mode or visit_type.usual_mode) == Mode.OFFICE
    met = [(need, [row for row in rows if _meets(row, need)]) for need in needs]
    return [Wanted(need, tuple(row for row in by if row.is_active)) for need, by in met if is_here or not _are_rooms(by)]


def as_they_are(wanted: Iterable[Wanted], locked: Mapping[UUID, Resource]) -> list[Wanted]:
    """The same with things as they were when they were locked: what is out of use by then meets nothing."""
    return [
        Wanted(one.need, tuple(row for row in (locked[known.pk] for known in one.candidates) if row.is_active))
        for one in wanted
    ]


def needing(thing: Resource) -> QuerySet[Any]:
    """The kinds of visit that a room or machine meets a need of, by its name or as one of its group; their ids."""
    named = Need.objects.filter(Q(resource=thing) | (Q(group=thing.group) & ~Q(group="")))
    return named.values("visit_type")


def unmet(wanted: Iterable[Wanted], location: Location | UUID, is_free: Callable[[Resource], bool]) -> Wanted | None:
    """The first need that nothing at the place meets which is free and meets no need before it; None where all are met."""
    used: set[UUID] = set()
    for one in wanted:
        found = next((row for row in one.at(location) if row.pk not in used and is_free(row)), None)
        if found is None:
            return one
        used.add(found.pk)
    return None


def ids(wanted: Iterable[Wanted]) -> set[UUID]:
    """Of everything that may be taken: it is locked before one is chosen."""
    return {row.pk for one in wanted for row in one.candidates}


def _are_rooms(rows: Sequence[Resource]) -> bool:
    return bool(rows) and all(row.kind == ResourceKind.ROOM for row in rows)


def _meets(row: Resource, need: Need) -> bool:
    return row.pk == need.resource_id if need.resource_id else row.group == need.group


def limits_of(visit_type: VisitType, providers: Iterable[Provider], *, new_patient: bool) -> list[DailyLimit]:
    """The limits that one more visit of this kind counts towards, whoever it is with."""
    rows = DailyLimit.objects.filter(Q(visit_type=visit_type) | Q(visit_type__isnull=True)).select_related("visit_type")
    among = {None, *(provider.pk for provider in providers)}
    return [row for row in rows if row.provider_id in among and (new_patient or not row.new_only)]


def counts(limit: DailyLimit, visit_type: VisitType, *, new: bool) -> bool:
    """Whether a limit counts a visit of a kind, of a new or a known patient."""
    return limit.visit_type_id in (None, visit_type.pk) and (new or not limit.new_only)


def counted(
    limit: DailyLimit, providers: Sequence[Provider], start: datetime, end: datetime, *, leaving: Collection[UUID] = ()
) -> list[tuple[UUID, datetime]]:
    """(provider, beginning) of every visit that a limit counts; the last place of a day is the caller's to find."""
    rows = Appointment.objects.filter(provider__in=providers, starts_at__gte=start, starts_at__lt=end)
    rows = rows.filter(status__in=TAKES_TIME).exclude(pk__in=leaving)
    if limit.provider_id:
        rows = rows.filter(provider=limit.provider_id)
    if limit.visit_type_id:
        rows = rows.filter(visit_type=limit.visit_type_id)
    if limit.new_only:
        rows = rows.filter(is_new_patient=True)
    return list(rows.values_list("provider_id", "starts_at"))


def within_limits(visit_type: VisitType, provider: Provider, location: Location, starts_at: datetime, *, new: bool) -> None:
    """Raises LimitReached. The provider's resource is locked, so that nobody counts at the same time."""
    start, end = day_of(starts_at, location)
    for limit in limits_of(visit_type, [provider], new_patient=new):
        if len(counted(limit, [provider], start, end)) >= limit.most:
            raise LimitReached(full(provider, limit))


def day_of(starts_at: datetime, location: Location) -> tuple[datetime, datetime]:
    """The local day of a moment, from midnight to midnight."""
    zone = ZoneInfo(location.time_zone)
    day = starts_at.astimezone(zone).date()
    first, last = (datetime(one.year, one.month, one.day, tzinfo=zone) for one in (day, day + timedelta(days=1)))
    return first, last


def full(provider: Provider, limit: DailyLimit, day: date | None = None) -> str:
    """The sentence that says which limit is reached."""
    kind = f" for {limit.visit_type}" if limit.visit_type_id else ""
    what = ("new patient" if limit.new_only else "visit") + ("s" if limit.most > 1 else "")
    return f"{provider} sees at most {limit.most} {what}{kind} {f'on {day:%b %-d}' if day else 'a day'}."
