"""A visit that was cancelled, missed or left unseen is work until it is booked again: the one writer of Rebooking.

Unless the patient declined another visit when it was cancelled (workflows.md section 1), or is not to be called. The work
closes itself when a visit of the same kind is newly booked for her, and both visits then know of each other.
"""

from datetime import datetime

from django.db.models import Q

from compliance import cases, clock
from compliance.enums import CASE_STANDING, CaseStatus
from compliance.models import Case, User
from compliance.roles import Role
from scheduling.contacting import is_callable
from scheduling.displaced import when
from scheduling.enums import TAKES_TIME, CancelReason, Status
from scheduling.models import Appointment, Rebooking, Transition

KIND = "rebook"
LOST = {
    Status.CANCELLED: "was cancelled",
    Status.NO_SHOW: "was missed",
    Status.LEFT: "ended before the patient was seen",
}
NOT_WISHED = (CancelReason.PATIENT_BETTER, CancelReason.PATIENT_MOVED, CancelReason.MADE_IN_ERROR)


def follow(visit: Appointment, *, came_from: str, by: User | None, now: datetime) -> None:
    """Open the work for a visit that is lost, close it for one that stands again or is newly booked in its place."""
    was, takes = came_from in TAKES_TIME, visit.status in TAKES_TIME
    if was and was_a_mistake(visit):
        _found_no_more(visit, now=now)
    elif was and visit.status in LOST:
        _lost(visit, by=by, now=now)
    elif is_new_booking(visit, came_from):
        _found(visit, now=now)
    elif takes and not was:
        _stands_again(visit, now=now)


def is_new_booking(visit: Appointment, came_from: str) -> bool:
    """Whether a visit comes to take time that she did not have before: neither moved nor standing again.

    One that stands again because it was no mistake after all meets again what it met.
    """
    is_back = came_from == Status.CANCELLED and _was_no_mistake(visit)
    return (not came_from or is_back) and visit.status in TAKES_TIME and visit.rescheduled_from_id is None


def was_a_mistake(visit: Appointment) -> bool:
    """Whether a visit should never have been booked: what it met is open again."""
    cancelled = visit.status == Status.CANCELLED and visit.cancel_reason == CancelReason.MADE_IN_ERROR
    return cancelled or visit.status == Status.IN_ERROR


def hand_on(old: Appointment, new: Appointment) -> None:
    """What was found goes on as the visit that it was moved to."""
    Rebooking.objects.filter(found=old).update(found=new)


def decline(visit: Appointment, *, by: User | None, now: datetime) -> None:
    """She wishes no other visit: the work about this one is over."""
    for row in Rebooking.objects.filter(lost=visit, found__isnull=True).select_related("case"):
        _close(row.case, CaseStatus.CANCELLED, now=now, why="The patient wishes no other visit.")


def end_of_gone(*, now: datetime) -> None:
    """Nothing is booked again for whoever has died or whose record is not in use. For the clock."""
    rows = Rebooking.objects.filter(found__isnull=True, case__status__in=CASE_STANDING)
    for row in rows.filter(Q(patient__is_deceased=True) | Q(patient__is_active=False)).select_related("case", "patient"):
        why = "The patient has died." if row.patient.is_deceased else "The record is not in use any more."
        _close(row.case, CaseStatus.CANCELLED, now=now, why=why)


def of_visit(visit: Appointment) -> Rebooking | None:
    """The pair of a lost visit, or of one that was booked in the place of a lost one."""
    rows = Rebooking.objects.filter(Q(lost=visit) | Q(found=visit)).prefetch_related("lost", "found", "case")
    return max(rows, key=lambda row: (row.lost_id == visit.pk, row.created_at), default=None)


def _was_no_mistake(visit: Appointment) -> bool:
    """Whether the last that happened was that its cancelling as a mistake was undone."""
    last = Transition.objects.filter(appointment=visit).select_related("undoes").order_by("-at", "-pk").first()
    return last is not None and last.undoes is not None and last.undoes.code == CancelReason.MADE_IN_ERROR


def _lost(visit: Appointment, *, by: User | None, now: datetime) -> None:
    if visit.status == Status.CANCELLED and visit.cancel_reason in NOT_WISHED:
        return
    if not is_callable(visit.patient):
        return
    before = Rebooking.objects.filter(lost=visit).select_related("case").first()
    if before is None:
        Rebooking.objects.create(patient_id=visit.patient_id, lost=visit, case=_opened(visit, by=by, now=now))
    elif before.case.status not in CASE_STANDING:
        Rebooking.objects.filter(pk=before.pk).update(found=None)
        cases.move(before.case, CaseStatus.IN_PROGRESS, by=None, now=now, note="The visit is lost again.")


def _opened(visit: Appointment, *, by: User | None, now: datetime) -> Case:
    hours = clock.calendar_here()
    what = LOST[Status(visit.status)]
    return cases.open_case(
        kind=KIND,
        summary=f"The visit on {when(visit)} ({visit.visit_type} with {visit.provider}) {what}. Book it again.",
        by=by,
        now=now,
        patient=visit.patient_id,
        team=Role.SECRETARY,
        due_at=clock.next_business_day_end(now, hours=hours),
        about=visit,
    )


def _stands_again(visit: Appointment, *, now: datetime) -> None:
    """The loss was undone."""
    for row in Rebooking.objects.filter(lost=visit).select_related("case"):
        _close(row.case, CaseStatus.CANCELLED, now=now, why="The visit stands again.")


def _found(visit: Appointment, *, now: datetime) -> None:
    """The longest lost visit of the kind is the one that this takes the place of."""
    lost = Rebooking.objects.filter(patient=visit.patient_id, found__isnull=True, case__status__in=CASE_STANDING)
    lost = lost.filter(lost__visit_type=visit.visit_type_id).exclude(lost=visit)
    row = lost.select_related("case").order_by("created_at", "pk").first()
    if row is not None:
        Rebooking.objects.filter(pk=row.pk).update(found=visit, updated_at=now)
        _close(row.case, CaseStatus.COMPLETED, now=now, why="A visit was booked.")


def _found_no_more(visit: Appointment, *, now: datetime) -> None:
    """The booking was undone: the work goes on, unless the lost visit stands again."""
    for row in Rebooking.objects.filter(found=visit).select_related("case", "lost"):
        Rebooking.objects.filter(pk=row.pk).update(found=None, updated_at=now)
        if row.case.status not in CASE_STANDING and row.lost.status in LOST:
            cases.move(row.case, CaseStatus.IN_PROGRESS, by=None, now=now, note="The visit that was booked is gone.")


def _close(case: Case, to: CaseStatus, *, now: datetime, why: str) -> None:
    if case.status in CASE_STANDING:
        cases.move(case, to, by=None, now=now, note=why)
