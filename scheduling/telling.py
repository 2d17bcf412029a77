"""The work of telling patients that the practice has moved their visits: a case to call back for each."""

from collections.abc import Iterable
from datetime import datetime

from compliance import cases, clock
from compliance.enums import CASE_STANDING, CaseStatus
from compliance.models import Case, User
from compliance.roles import Role
from scheduling.displaced import due_before, when
from scheduling.enums import TAKES_TIME, Status
from scheduling.models import Appointment

KIND = "callback"


def open_work(moved: Iterable[tuple[Appointment, Appointment]], *, by: User, now: datetime) -> int:
    """One case for each (old, new) visit, due as work about the earlier of both (`displaced.due_before`)."""
    hours = clock.calendar_here()
    number = 0
    for old, new in moved:
        priority, due_at = due_before(min(old.starts_at, new.starts_at), hours, now=now)
        cases.open_case(
            kind=KIND,
            summary=f"Tell the patient of the new time: {_of(new)}, instead of {_of(old)}.",
            patient=old.patient_id,
            team=Role.SECRETARY,
            priority=priority,
            due_at=due_at,
            about=new,
            by=by,
            now=now,
        )
        number += 1
    return number


def follow(visit: Appointment, *, came_from: str, now: datetime) -> None:
    """Who confirms a visit knows of it, and nobody is told of one that is not to come. Undone, telling her is work again."""
    if not came_from or (came_from == Status.BOOKED) == (visit.status == Status.BOOKED):
        return
    rows = Case.objects.filter(kind=KIND, about_id=visit.pk).order_by("-opened_at", "-pk")
    case = rows.select_for_update(no_key=True).first()
    if case is None:
        return
    if visit.status != Status.BOOKED and case.status in CASE_STANDING:
        done = CaseStatus.COMPLETED if visit.status in TAKES_TIME else CaseStatus.CANCELLED
        cases.move(case, done, by=None, now=now, note=f"The visit: {visit.get_status_display().lower()}.")
    elif visit.status == Status.BOOKED and _ended_by_itself(case):
        cases.move(case, CaseStatus.IN_PROGRESS, by=None, now=now, note="The visit is as it was moved.")


def _ended_by_itself(case: Case) -> bool:
    last = case.transitions.order_by("-at", "-pk").first()
    return case.status not in CASE_STANDING and last is not None and last.by_id is None


def _of(visit: Appointment) -> str:
    return f"{when(visit)} with {visit.provider}"
