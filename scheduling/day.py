"""One provider's day as a list."""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from compliance.models import User
from patients.names import listed, mrn
from scheduling.enums import LOOKS, UPCOMING, Mode, Status
from scheduling.models import Appointment, Provider

SHOWN = (*UPCOMING, Status.ARRIVED, Status.CHECKED_IN, Status.ROOMED, Status.FULFILLED, Status.NO_SHOW, Status.LEFT)
NOT_SEEN = (*UPCOMING, Status.ARRIVED, Status.CHECKED_IN, Status.ROOMED)
NEXT_ACT = {
    Status.BOOKED: ("arrive", "Arrived"),
    Status.CONFIRMED: ("arrive", "Arrived"),
    Status.ARRIVED: ("check-in", "Check in"),
    Status.CHECKED_IN: ("room", "To room"),
    Status.ROOMED: ("finish", "Completed"),
}


@dataclass(frozen=True)
class Entry:
    """A visit as the list shows it."""

    visit: Appointment
    name: str
    born: date | None
    mrn: str
    minutes: int

    @property
    def look(self) -> tuple[str, str]:
        """(stylesheet class, icon) of its status."""
        return LOOKS[Status(self.visit.status)]

    @property
    def act(self) -> tuple[str, str] | None:
        """(verb, words) of the usual next step."""
        return NEXT_ACT.get(Status(self.visit.status))

    @property
    def mode(self) -> str:
        """Empty for a visit in the office."""
        return "" if self.visit.mode == Mode.OFFICE else self.visit.get_mode_display()


@dataclass(frozen=True)
class Day:
    """The list, and who is next: in the house first, then by time."""

    entries: list[Entry]
    next: Entry | None

    @property
    def over(self) -> list[Entry]:
        """Those who were seen, left or did not come."""
        return [one for one in self.entries if one.visit.status not in NOT_SEEN]

    @property
    def ahead(self) -> list[Entry]:
        """Those who are still to be seen."""
        return [one for one in self.entries if one.visit.status in NOT_SEEN]


def provider_day(user: User, provider: Provider, day: date, *, zone: ZoneInfo, now: datetime) -> Day:
    """A provider's visits of one local day: four queries for any number of them."""
    rows = Appointment.objects.visible_to(user).filter(provider=provider, status__in=SHOWN).on(day, zone)
    rows = rows.select_related("patient", "visit_type", "room", "location").order_by("starts_at", "pk")
    entries = [_entry(visit) for visit in rows.prefetch_related("patient__names", "patient__identifiers")]
    waiting = [one for one in entries if one.visit.status in NOT_SEEN]
    here = [one for one in waiting if one.visit.status not in UPCOMING]
    coming = [one for one in waiting if one.visit.status in UPCOMING and one.visit.ends_at > now]
    return Day(entries, next(iter(here + coming), None))


def _entry(visit: Appointment) -> Entry:
    patient = visit.patient
    patient.mrns = [row for row in patient.identifiers.all() if row.kind == "MR"]  # type: ignore[attr-defined]
    minutes = int((visit.ends_at - visit.starts_at).total_seconds() // 60)
    return Entry(visit, listed(patient), patient.birth_date, mrn(patient), minutes)
