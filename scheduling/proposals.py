"""New times for visits that have to give way: the nearest that are free, no time proposed to two of them."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from compliance.models import User
from scheduling import booking, openings, taking
from scheduling.booking import NotSchedulable, OutsideHours, PatientBusy, SlotTaken
from scheduling.enums import TAKES_TIME
from scheduling.models import Appointment, Provider, VisitType
from scheduling.openings import Opening
from scheduling.search import Search
from scheduling.steps import IllegalMove, Stale

CHOICES = 4  # for each visit
LOOKED_AT, EACH_DAY = 600, 40  # openings: at least, and for each provider
BACK, AHEAD = timedelta(days=7), timedelta(days=35)
GIVEN_AWAY = "What is free is proposed to other patients here, or the patient has another visit then."
CONFLICTS = (SlotTaken, OutsideHours, NotSchedulable, PatientBusy, IllegalMove, Stale)


@dataclass
class Proposal:
    """A visit and where it could go, the best first; without any, `why` says what stands in the way."""

    visit: Appointment
    choices: list[Opening] = field(default_factory=list)
    why: list[str] = field(default_factory=list)
    problem: str = ""
    is_warning: bool = False


@dataclass(frozen=True)
class Wanted:
    """A visit and the slot that was chosen for it, with the version of the visit that was shown."""

    visit: Appointment
    provider: Provider
    starts_at: datetime
    version: int
    despite_overlap: bool = False


def propose(
    visits: Sequence[Appointment],
    among: Sequence[Provider] | None,
    *,
    now: datetime,
    closed: tuple[datetime, datetime] | None = None,
) -> list[Proposal]:
    """The nearest free times for each visit, with its own provider (`among` None) or with one of others.

    They may lie before or after the stretch in which they are `closed`, however long it is. `visits` are in the order of
    time. One at the same place is nearer than one elsewhere. Queries: those of one search for each kind of visit, new or
    known patient, and provider, or day, that occurs, not for each visit.
    """
    free = {key: _free(some, among, now, closed) for key, some in _alike(visits, among).items()}
    own = _own_times(visits)
    given: dict[UUID, list[tuple[datetime, datetime]]] = defaultdict(list)
    answer = []
    for visit in visits:
        result = free[_key(visit, among)]
        nearest = sorted(result.openings, key=lambda one: _distance(visit, one))
        fitting = (one for one in nearest if not _meets(_span(one, visit), given[one.provider.pk]))
        choices = [one for one, _ in zip(_clear(fitting, own[visit.patient_id], visit), range(CHOICES), strict=False)]
        if choices:
            given[choices[0].provider.pk].append(_span(choices[0], visit))
        others = ["What is free is proposed to others here, or meets the patient's own visits."]
        why = others if result.openings else result.reasons
        answer.append(Proposal(visit, choices, [] if choices else why))
    return answer


def move(wanted: Iterable[Wanted], *, by: User, now: datetime, why: str) -> dict[UUID, Exception | Appointment]:
    """Move each visit by itself: what became of it, its successor or what was refused. One refusal stops no other."""
    answer: dict[UUID, Exception | Appointment] = {}
    for one in wanted:
        to = {"provider": one.provider, "starts_at": one.starts_at, "room": None, "despite_overlap": one.despite_overlap}
        try:
            answer[one.visit.pk] = booking.move(one.visit, by=by, now=now, version=one.version, why=why, **to)
        except CONFLICTS as refused:
            answer[one.visit.pk] = refused
    return answer


def _alike(visits: Iterable[Appointment], among: Sequence[Provider] | None) -> dict[tuple, list[Appointment]]:
    groups: dict[tuple, list[Appointment]] = defaultdict(list)
    for visit in visits:
        groups[_key(visit, among)].append(visit)
    return groups


def _key(visit: Appointment, among: Sequence[Provider] | None) -> tuple:
    """With one's own provider by kind, its minutes, way and provider; with others by day: each day has many of them."""
    return visit.visit_type_id, visit.is_new_patient, visit.mode, visit.provider_id if among is None else _local_day(visit)


def _kind(visit: Appointment) -> VisitType:
    """The kind of the minutes that it takes of her: those which a move asks for."""
    return visit.visit_type.as_for(new_patient=visit.is_new_patient)


def _free(
    visits: list[Appointment], among: Sequence[Provider] | None, now: datetime, closed: tuple[datetime, datetime] | None
) -> openings.Result:
    """What is free for visits of one kind and length, until five weeks after; with their own provider from a week before.

    Before and after the visits, and what is closed to them.
    """
    first, last = (_local_day(visit) for visit in (visits[0], visits[-1]))
    zone = ZoneInfo(visits[0].location.time_zone)
    today = now.astimezone(zone).date()
    if closed:
        begins, ends = (moment.astimezone(zone).date() for moment in closed)
        first, last = min(first, begins) if among is None else first, max(last, ends)
    providers = [visits[0].provider] if among is None else list(among)
    begin = first - BACK if among is None else first
    wish = Search(
        _kind(visits[0]),
        providers,
        max(begin, today),
        max(last, today) + AHEAD,
        new_patient=visits[0].is_new_patient,
        mode=visits[0].mode,
    )
    return openings.first(wish, now=now, limit=LOOKED_AT + EACH_DAY * len(providers))


def _own_times(visits: Sequence[Appointment]) -> dict[UUID, list[tuple[UUID, datetime, datetime]]]:
    """The patients' other visits, by patient."""
    own: dict[UUID, list[tuple[UUID, datetime, datetime]]] = defaultdict(list)
    rows = Appointment.objects.filter(patient__in={visit.patient_id for visit in visits}, status__in=TAKES_TIME)
    for patient, pk, start, end in rows.values_list("patient", "pk", "starts_at", "ends_at"):
        own[patient].append((pk, start, end))
    return own


def _clear(found: Iterable[Opening], own: list[tuple[UUID, datetime, datetime]], visit: Appointment) -> Iterable[Opening]:
    """Openings at which the patient has no other visit."""
    others = [(start, end) for pk, start, end in own if pk != visit.pk]
    return (one for one in found if not _meets((one.starts_at, one.ends_at), others))


def _span(one: Opening, visit: Appointment) -> tuple[datetime, datetime]:
    return taking.span(one.starts_at, _kind(visit))


def _meets(span: tuple[datetime, datetime], taken: Iterable[tuple[datetime, datetime]]) -> bool:
    return any(start < span[1] and end > span[0] for start, end in taken)


def _distance(visit: Appointment, one: Opening) -> tuple[bool, timedelta, datetime]:
    return one.location.pk != visit.location_id, abs(one.starts_at - visit.starts_at), one.starts_at


def _local_day(visit: Appointment) -> date:
    return visit.starts_at.astimezone(ZoneInfo(visit.location.time_zone)).date()
