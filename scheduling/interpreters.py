"""The work of getting an interpreter: a case about the visit, open for as long as the visit is to come."""

from datetime import datetime
from zoneinfo import ZoneInfo

from compliance import cases, clock
from compliance.enums import CASE_STANDING, CaseStatus
from compliance.models import Case, User
from compliance.roles import Role
from patients.languages import language_name
from scheduling.enums import UPCOMING
from scheduling.models import Appointment

KIND = "interpreter"
DAYS_BEFORE = 2  # business days


def follow(visit: Appointment, *, came_from: str, by: User | None, now: datetime) -> None:
    """Bring the case in step with a visit that is to come now, or is to come no more.

    The portal itself closes and reopens it: nobody's act, and so nobody's to undo.
    """
    was, stands = came_from in UPCOMING, visit.status in UPCOMING
    if stands and not was and visit.patient.interpreter_needed and visit.starts_at > now:
        _stand(visit, by=by, now=now)
    elif was and not stands:
        case = _about(visit)
        if case and case.status in CASE_STANDING:
            cases.move(
                case, CaseStatus.CANCELLED, by=None, now=now, note=f"The visit: {visit.get_status_display().lower()}."
            )


def case_of(visit: Appointment, user: User) -> Case | None:
    """The case about a visit, where somebody may see it."""
    return Case.objects.visible_to(user).filter(kind=KIND, about_id=visit.pk).order_by("-opened_at", "-pk").first()


def _stand(visit: Appointment, *, by: User | None, now: datetime) -> None:
    case = _about(visit)
    if case is None:
        _open(visit, by=by, now=now)
    elif case.status == CaseStatus.CANCELLED:
        cases.move(case, CaseStatus.IN_PROGRESS, by=None, now=now, note="The visit is to come again.")


def _open(visit: Appointment, *, by: User | None, now: datetime) -> None:
    before = _about(visit.rescheduled_from) if visit.rescheduled_from else None
    cases.open_case(
        kind=KIND,
        summary=_summary(visit, before),
        patient=visit.patient_id,
        owner=before.owner if before else None,
        team=before.team if before else Role.SECRETARY,
        due_at=_due(visit.starts_at, now=now),
        about=visit,
        by=by,
        now=now,
    )


def _summary(visit: Appointment, before: Case | None) -> str:
    language = language_name(visit.patient.language)
    what = f"an interpreter ({language})" if language else "an interpreter"
    sentence = f"Arrange {what} for the visit on {_when(visit)}."
    if before and before.status == CaseStatus.COMPLETED and visit.rescheduled_from:
        sentence += f" One was arranged for {_when(visit.rescheduled_from)}, from which it was moved."
    return sentence


def _when(visit: Appointment) -> str:
    here = visit.starts_at.astimezone(ZoneInfo(visit.location.time_zone))
    return f"{here:%a, %b} {here.day} at {here:%I:%M %p}".replace(" at 0", " at ")


def _due(starts_at: datetime, *, now: datetime) -> datetime:
    """The end of the second-last business day before the visit; now when that is past."""
    hours = clock.calendar_here()
    return max(clock.business_day_end_before(starts_at, days=DAYS_BEFORE, hours=hours) or now, now)


def _about(visit: Appointment) -> Case | None:
    """The newest case about a visit, locked."""
    rows = Case.objects.filter(kind=KIND, about_id=visit.pk).order_by("-opened_at", "-pk")
    return rows.select_for_update(no_key=True).first()
