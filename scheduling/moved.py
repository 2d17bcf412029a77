"""What became of the visits of a closed time that were moved: from when to when, and whether the patient was told."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import QuerySet

from compliance.enums import CASE_STANDING, CaseStatus
from compliance.models import Case, User
from patients.names import listed_of, rows_of
from scheduling import displaced, telling
from scheduling.enums import Status
from scheduling.models import Appointment, Closure

SHOWN = ("patient", "provider", "visit_type", "location", "room")


@dataclass(frozen=True)
class Moved:
    """A visit as it was, as it stands now after all its moves, and the work to tell the patient, where there was any."""

    old: Appointment
    new: Appointment
    name: str
    call: Case | None

    @property
    def is_told(self) -> bool:
        """Whether somebody told her, or she said herself that she comes."""
        return self.new.confirmed_at is not None or (self.call is not None and self.call.status == CaseStatus.COMPLETED)

    @property
    def is_to_be_told(self) -> bool:
        """Whether telling her is work still."""
        return not self.is_told and self.call is not None and self.call.status in CASE_STANDING

    @property
    def what_became(self) -> str:
        """The status of the visit as it stands now, where it does not stand any more as it was moved; else empty."""
        return "" if self.new.status in (Status.BOOKED, Status.CONFIRMED) else self.new.get_status_display()


def out_of(closure: Closure, user: User) -> QuerySet[Appointment]:
    """The visits that were moved out of a closed time and whose charts are open to the user, by time."""
    mine = Appointment.objects.visible_to(user)
    rows = displaced.moved_out_of(closure).filter(pk__in=mine)
    return rows.select_related(*SHOWN).order_by("starts_at", "pk")


def look(visits: Sequence[Appointment]) -> list[Moved]:
    """What became of each; the same number of queries for any number of them."""
    now = _as_they_stand(visits)
    calls = {case.about_id: case for case in _calls(now.values())}
    names = rows_of({visit.patient_id for visit in visits})
    return [
        Moved(old, new, listed_of(names.get(old.patient_id, ())), calls.get(new.pk))
        for old, new in ((one, now[one.pk]) for one in visits)
    ]


def _as_they_stand(visits: Iterable[Appointment]) -> dict[UUID, Appointment]:
    """For each visit the last of those that it was moved to, one query for each time that any of them was."""
    last = {visit.pk: visit for visit in visits}
    while ahead := {visit.pk: first for first, visit in last.items() if visit.status == Status.RESCHEDULED}:
        found = Appointment.objects.filter(rescheduled_from__in=ahead).select_related(*SHOWN)
        last |= (later := {ahead[row.rescheduled_from_id]: row for row in found if row.rescheduled_from_id})
        if len(later) < len(ahead):
            break
    return last


def _calls(visits: Iterable[Appointment]) -> QuerySet[Case]:
    """The work to tell the patients, the newest of each visit last."""
    rows = Case.objects.filter(kind=telling.KIND, about_id__in=[visit.pk for visit in visits])
    return rows.defer("summary").order_by("opened_at", "pk")
