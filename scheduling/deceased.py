"""Visits, wishes and lost visits of patients who have died. Their record says so in `patients`; this pulls, by the clock."""

from datetime import datetime

from compliance import cases, clock
from compliance.enums import CASE_STANDING, CaseStatus
from compliance.models import Case
from compliance.roles import Role
from patients.models import Patient
from scheduling import rebooking, waitlist
from scheduling.enums_waiting import RemovedBecause
from scheduling.models import Appointment, WaitEntry

KIND = "deceased"


def follow(*, now: datetime) -> None:
    """One piece of work for the visits to come of each, for as long as there are some; nobody waits or is called.

    May run twice.
    """
    ahead = Appointment.objects.upcoming().filter(starts_at__gt=now, patient__is_deceased=True)
    whose = set(ahead.values_list("patient", flat=True))
    standing = {case.patient: case for case in Case.objects.filter(kind=KIND, status__in=CASE_STANDING)}
    for patient in Patient.objects.filter(pk__in=whose - standing.keys()):
        _open(patient, now=now)
    for one in standing.keys() - whose:
        cases.move(standing[one], CaseStatus.COMPLETED, by=None, now=now, note="No visit is to come.")
    for entry in WaitEntry.objects.open().filter(patient__is_deceased=True):
        waitlist.remove(entry, because=RemovedBecause.DECEASED, by=None, now=now)
    rebooking.end_of_deceased(now=now)


def _open(patient: Patient, *, now: datetime) -> None:
    hours = clock.calendar_here()
    cases.open_case(
        kind=KIND,
        summary="The patient has died. Cancel the visits that are still to come.",
        by=None,
        now=now,
        patient=patient.pk,
        team=Role.SECRETARY,
        due_at=clock.due(now, hours=hours, minutes=60),
        about=patient,
    )
