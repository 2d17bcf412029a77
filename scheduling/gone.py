"""Visits, wishes and lost visits of who has died, or whose record is not in use any more.

Their record says so in `patients`; this pulls, by the clock. A record goes out of use where another system says so: the
patient left the practice, or was kept twice and is seen under another record (FHIR R4 Patient.active, Patient.link). Which
of both nobody is told, so both are treated alike: nothing is sent, and what is to come is somebody's work.
"""

from datetime import datetime

from django.db.models import Q

from compliance import cases, clock
from compliance.enums import CASE_STANDING, CaseStatus
from compliance.models import Case
from compliance.roles import Role
from patients.models import Patient
from scheduling import rebooking, waitlist
from scheduling.enums_waiting import RemovedBecause
from scheduling.models import Appointment, WaitEntry

DIED = "deceased"
GONE = {
    DIED: (Q(is_deceased=True), "The patient has died. Cancel the visits that are still to come."),
    "not-in-use": (
        Q(is_deceased=False, is_active=False),
        "The patient’s record is not in use any more: the patient left, or has another record. Cancel the visits that are "
        "still to come, or book them with the record that is in use.",
    ),
}


def follow(*, now: datetime) -> None:
    """One piece of work for the visits to come of each, for as long as there are some; nobody waits or is called.

    A record may come into use again: whoever waits stays on the list, where she is passed over meanwhile. May run twice.
    """
    for kind, (which, what) in GONE.items():
        _follow(kind, which, what, now=now)
    for entry in WaitEntry.objects.open().filter(patient__is_deceased=True):
        waitlist.remove(entry, because=RemovedBecause.DECEASED, by=None, now=now)
    rebooking.end_of_gone(now=now)


def _follow(kind: str, which: Q, what: str, *, now: datetime) -> None:
    gone = Patient.objects.filter(which)
    ahead = Appointment.objects.upcoming().filter(starts_at__gt=now, patient__in=gone)
    whose = set(ahead.values_list("patient", flat=True))
    standing = {case.patient: case for case in Case.objects.filter(kind=kind, status__in=CASE_STANDING)}
    for patient in Patient.objects.filter(pk__in=whose - standing.keys()):
        _open(kind, what, patient, now=now)
    for one in standing.keys() - whose:
        note = "No visit is to come, or the record was corrected."
        cases.move(standing[one], CaseStatus.COMPLETED, by=None, now=now, note=note)


def _open(kind: str, what: str, patient: Patient, *, now: datetime) -> None:
    hours = clock.calendar_here()
    cases.open_case(
        kind=kind,
        summary=what,
        by=None,
        now=now,
        patient=patient.pk,
        team=Role.SECRETARY,
        due_at=clock.due(now, hours=hours, minutes=60),
        about=patient,
    )
