"""The work of telling patients that the practice has moved their visits: a case to call back for each."""

from collections.abc import Iterable
from datetime import datetime

from compliance import cases, clock
from compliance.models import User
from compliance.roles import Role
from scheduling.displaced import due_before, when
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


def _of(visit: Appointment) -> str:
    return f"{when(visit)} with {visit.provider}"
