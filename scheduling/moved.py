"""What became of the visits of a closed time that were moved: from when to when, and whether the patient was told.

Out of a closed room or machine some go to another one and keep their time: those are told apart.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.db.models import Q, QuerySet

from compliance.enums import CASE_STANDING, CaseStatus
from compliance.models import Case, User
from patients.names import listed_of, rows_of
from scheduling import displaced, telling
from scheduling.enums import TAKES_TIME, ResourceKind, Status
from scheduling.models import Appointment, Closure, Occupation, Transition

SHOWN = ("patient", "provider", "visit_type", "location", "room")
IN_MAKING = timedelta(minutes=1)  # its visits go to other rooms in the transaction that makes the closure


@dataclass(frozen=True)
class Moved:
    """A visit as it was, as it stands now after all its moves, and the work to tell the patient, where there was any."""

    old: Appointment
    new: Appointment
    name: str
    call: Case | None
    instead: str = ""  # the room or machine that it has now, where only that changed

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


def out_of(closure: Closure) -> QuerySet[Appointment]:
    """The visits that were moved out of a closed time, and those that only left the closed room or machine for another."""
    moved = displaced.moved_out_of(closure)
    return Appointment.objects.filter(Q(pk__in=moved.values("pk")) | Q(pk__in=elsewhere(closure).values("pk")))


def elsewhere(closure: Closure) -> QuerySet[Appointment]:
    """The visits that keep their time and left a closed room or machine since it was closed; none of another closure."""
    thing = closure.resource_id
    if thing is None:
        return Appointment.objects.none()
    left = Transition.objects.filter(what__in=("changed", "roomed"), before__occupations__contains=[[str(thing)]])
    left = left.filter(at__gte=closure.created_at - IN_MAKING)
    still = Occupation.objects.filter(resource=thing, appointment__isnull=False)
    rows = Appointment.objects.filter(starts_at__lt=closure.ends_at, ends_at__gt=closure.starts_at, status__in=TAKES_TIME)
    return rows.filter(pk__in=left.values("appointment")).exclude(pk__in=still.values("appointment"))


def shown_to(user: User, closure: Closure) -> QuerySet[Appointment]:
    """Those whose charts are open to the user, by time."""
    rows = out_of(closure).filter(pk__in=Appointment.objects.visible_to(user))
    return rows.select_related(*SHOWN).order_by("starts_at", "pk")


def look(visits: Sequence[Appointment], closure: Closure) -> list[Moved]:
    """What became of each; the same number of queries for any number of them."""
    now = _as_they_stand(visits)
    calls = {case.about_id: case for case in _calls(now.values())}
    names = rows_of({visit.patient_id for visit in visits})
    things = _things(visits, closure)
    return [
        Moved(old, new, listed_of(names.get(old.patient_id, ())), calls.get(new.pk), things.get(old.pk, ""))
        for old, new in ((one, now[one.pk]) for one in visits)
    ]


def _things(visits: Iterable[Appointment], closure: Closure) -> dict[UUID, str]:
    """Which room or machines each visit that keeps its time has now, in words."""
    kept = [visit for visit in visits if visit.status != Status.RESCHEDULED]
    if closure.resource and closure.resource.kind == ResourceKind.ROOM:
        return {visit.pk: str(visit.room or "no room") for visit in kept}
    rows = Occupation.objects.filter(appointment__in=kept, resource__kind=ResourceKind.EQUIPMENT)
    pairs = list(rows.order_by("resource__name").values_list("appointment", "resource__name"))
    return {visit.pk: ", ".join(name for pk, name in pairs if pk == visit.pk) or "none" for visit in kept}


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
