"""The audit trail for reading: who did what, which patients by MRN, when. Names are not among it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils import timezone

from compliance import charts
from compliance.audit import events
from compliance.audit import sign_ins as members
from compliance.audit.words import REFRESH, words
from compliance.ids import short
from compliance.models import AuditEvent, User
from compliance.models.audit import AuditEventQuerySet
from patients.enums import IdentifierKind, NameUse
from patients.models import HumanName, Identifier, Patient
from secretary_portal.desk.page_names import page_words

SHOWN = 50
PATIENTS_SHOWN = 3  # of a row; how many more there are stands beside them


@dataclass(frozen=True)
class Filters:
    """What the reader asked for. Days are the practice's; `refreshes` takes in what open pages asked by themselves."""

    patient: UUID | None = None
    person: UUID | None = None
    kind: str = ""
    first: date | None = None
    last: date | None = None
    refreshes: bool = False

    def of(self, rows: AuditEventQuerySet, zone: ZoneInfo) -> AuditEventQuerySet:
        """The rows that pass."""
        if self.patient:
            rows = rows.about_patient(self.patient)
        if self.person:
            rows = rows.filter(actor=self.person)
        if self.kind:
            rows = rows.filter(kind=self.kind)
        elif not self.refreshes:
            rows = rows.exclude(kind=REFRESH)
        if self.first:
            rows = rows.filter(at__gte=_midnight(self.first, zone))
        if self.last:
            rows = rows.filter(at__lt=_midnight(self.last + timedelta(days=1), zone))
        return rows

    def named(self) -> list[str]:
        """Which filters were used, for the event of reading."""
        return [name for name, value in self.__dict__.items() if value]


@dataclass(frozen=True)
class Seen:
    """A patient in a row: the MRN, or the end of her opaque id when she has none."""

    id: UUID
    mrn: str


@dataclass(frozen=True)
class Line:
    """One event as a row. `where` is the page in words; `more` patients stand in it beside those shown."""

    event: AuditEvent
    what: str
    where: str
    who: str
    patients: list[Seen]
    more: int


@dataclass(frozen=True)
class Page:
    """Up to SHOWN lines, and where the next page begins; None at the end."""

    lines: list[Line]
    after: str | None


def page(rows: AuditEventQuerySet, *, by: User, after: str = "") -> Page:
    """One page for `by`, the newest first. `after` is a mark from the page before. Five queries, for any number of lines."""
    if mark := _mark(after):
        rows = rows.older_than(*mark)
    found = list(rows.newest_first()[: SHOWN + 1])
    shown = found[:SHOWN]
    people = dict(User.objects.filter(pk__in={row.actor for row in shown}).values_list("pk", "name"))
    hidden = charts.barred_from(by)
    standing = {row.pk: [one for one in (*row.opened, *row.listed) if one not in hidden] for row in shown}
    numbers = _mrns({patient for seen in standing.values() for patient in seen[:PATIENTS_SHOWN]})
    lines = [_line(row, standing[row.pk], people, numbers) for row in shown]
    is_last = len(found) <= SHOWN
    return Page(lines, None if is_last else f"{shown[-1].at.isoformat()}_{shown[-1].pk}")


@dataclass(frozen=True)
class SignIn:
    """A sign-in, or what one did with one's factors and sessions."""

    at: datetime
    who: str
    what: str
    address: str | None
    is_refused: bool


def sign_ins(*, after: str = "") -> tuple[list[SignIn], str]:
    """A page of those of the practice's own people, the newest first, and where the next begins. Two queries."""
    found = members.newest(SHOWN + 1, before=_mark(after))
    shown = found[:SHOWN]
    people = dict(User.objects.filter(pk__in={actor for _, _, actor, *_ in shown}).values_list("pk", "name"))
    lines = [
        SignIn(at, people.get(actor, "Not known"), words(kind), address, outcome != "0")
        for _, at, actor, kind, outcome, address in shown
    ]
    return lines, f"{shown[-1][1].isoformat()}_{shown[-1][0]}" if len(found) > SHOWN else ""


def record_reading(filters: Filters, *, by: User) -> None:
    """Reading the trail is an event of its own."""
    patient = [filters.patient] if filters.patient else []
    events.record("audit.read", action=events.READ, by=by, listed=patient, body={"filters": filters.named()})


def reveal_name(patient: UUID, *, by: User) -> str | None:
    """The name behind an MRN, recorded as revealed; None when there is no such patient here or `by` is barred."""
    if charts.is_barred(by, patient) or not Patient.objects.filter(pk=patient).exists():
        return None
    names = HumanName.objects.filter(patient=patient, use=NameUse.OFFICIAL, ends_on__isnull=True)
    events.record("patient.name_revealed", action=events.READ, by=by, opened=[patient])
    return next((", ".join(filter(None, (name.family, name.given))) for name in names), "Not known")


def mrn_of(patient: UUID) -> str:
    """The MRN, or the end of the opaque id where there is none."""
    return _mrns([patient]).get(patient) or f"no MRN ({short(patient)})"


def _line(row: AuditEvent, patients: list[UUID], people: dict[UUID, str], numbers: dict[UUID, str]) -> Line:
    first = patients[:PATIENTS_SHOWN]
    seen = [Seen(patient, numbers.get(patient, f"no MRN ({short(patient)})")) for patient in first]
    who = (people.get(row.actor) if row.actor else None) or row.actor_label or "The portal"
    return Line(row, words(row.kind), page_words(row.page), who, seen, len(patients) - len(first))


def _mrns(patients: Iterable[UUID]) -> dict[UUID, str]:
    rows = Identifier.objects.filter(patient__in=patients, kind=IdentifierKind.MRN, ends_on__isnull=True)
    return {row.patient_id: row.value for row in rows}


def _mark(text: str) -> tuple[datetime, UUID] | None:
    at, _, identifier = text.partition("_")
    try:
        moment = datetime.fromisoformat(at)
        return (moment, UUID(identifier)) if timezone.is_aware(moment) else None
    except ValueError:
        return None


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time.min, zone)
