"""The sheet for the morning huddle: each provider's day on one page, with what is not ready."""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from compliance.models import User
from insurance import eligibility
from patients.names import listed_of, mrn, rows_of
from scheduling.day import SHOWN
from scheduling.enums import Mode, Status
from scheduling.models import Appointment, Provider


@dataclass(frozen=True)
class Entry:
    """One visit. With the least health data `name` are initials, and nothing says why she comes."""

    visit: Appointment
    name: str
    mrn: str
    why: str
    notes: list[str]


@dataclass(frozen=True)
class Sheet:
    """One provider's visits by time."""

    provider: Provider
    entries: list[Entry]

    @property
    def not_ready(self) -> int:
        """How many have something to be done."""
        return sum(bool(entry.notes) for entry in self.entries)


def sheets(user: User, day: date, *, zone: ZoneInfo, now: datetime, days: int, least: bool) -> list[Sheet]:
    """Of every provider with visits, in the board's order. `days`: how long a check of insurance counts. Seven queries."""
    rows = Appointment.objects.visible_to(user).filter(status__in=SHOWN).on(day, zone)
    visits = list(
        rows.select_related("patient", "provider", "visit_type", "room", "location")
        .prefetch_related("patient__identifiers")
        .order_by("provider__position", "provider__name", "starts_at", "pk")
    )
    names = rows_of({visit.patient_id for visit in visits})
    asked = [(visit.patient_id, day) for visit in visits if visit.visit_type.needs_coverage]
    standings = eligibility.standings(asked, now=now, days=days) if user.may("insurance.view_readiness") else {}
    found: dict[Provider, list[Entry]] = {}
    for visit in visits:
        notes = _notes(visit)
        standing = standings.get((visit.patient_id, day))
        if standing is not None and not standing.is_ready:
            notes.append(str(standing.look[2]))
        name = listed_of(names.get(visit.patient_id, ()))
        found.setdefault(visit.provider, []).append(_entry(visit, name, notes, least))
    return [Sheet(provider, entries) for provider, entries in found.items()]


def _entry(visit: Appointment, name: str, notes: list[str], least: bool) -> Entry:
    if least:
        return Entry(visit, initials(name), "", "", notes)
    patient = visit.patient
    patient.mrns = [row for row in patient.identifiers.all() if row.kind == "MR"]  # type: ignore[attr-defined]
    return Entry(visit, name, mrn(patient), visit.reason or visit.visit_type.name, notes)


def initials(name: str) -> str:
    """Of "Walker, Ada": A. W."""
    family, _, given = name.partition(", ")
    return " ".join(f"{part[0]}." for part in (given, family) if part)


def _notes(visit: Appointment) -> list[str]:
    notes = []
    if visit.is_new_patient:
        notes.append("New patient")
    if visit.patient.interpreter_needed:
        notes.append("Interpreter")
    if visit.status == Status.BOOKED:
        notes.append("Not confirmed")
    if visit.overbook_reason:
        notes.append("Overbooked")
    if visit.mode != Mode.OFFICE:
        notes.append(str(visit.get_mode_display()))
    if visit.flags:
        notes.append(f"{', '.join(visit.flags).capitalize()} not verified")
    return notes
