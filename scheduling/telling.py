"""The work of telling patients that the practice has moved their visits: a case to call back for each."""

from collections.abc import Iterable
from datetime import datetime

from compliance import cases, clock
from compliance.enums import Priority
from compliance.models import Practice, User
from compliance.roles import Role
from compliance.tenancy import current_practice_id
from scheduling.displaced import when
from scheduling.models import Appointment

KIND = "callback"


def open_work(moved: Iterable[tuple[Appointment, Appointment]], *, by: User, now: datetime) -> int:
    """One case for each (old, new) visit, due by its close of a business day, or at once when the old time is near."""
    hours = clock.calendar_of(Practice.objects.get(pk=current_practice_id()))
    number = 0
    for old, new in moved:
        due = clock.business_day_end_before(min(old.starts_at, new.starts_at), days=1, hours=hours)
        cases.open_case(
            kind=KIND,
            summary=f"Tell the patient of the new time: {_of(new)}, instead of {_of(old)}.",
            patient=old.patient_id,
            team=Role.SECRETARY,
            priority=Priority.ROUTINE if due and due > now else Priority.URGENT,
            due_at=max(due or now, now),
            about=new,
            by=by,
            now=now,
        )
        number += 1
    return number


def _of(visit: Appointment) -> str:
    return f"{when(visit)} with {visit.provider}"
