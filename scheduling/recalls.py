"""The one writer of Recall: who is to be seen again, and how often she was tried (workflows.md section 2)."""

from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import models, transaction

from compliance import cases, clock
from compliance.audit import events
from compliance.enums import CASE_STANDING, CaseStatus, WaitingOn
from compliance.models import Practice, User
from compliance.roles import Role
from compliance.tenancy import current_practice_id
from compliance.zones import zone
from patients.models import Patient
from scheduling import recall_reach
from scheduling.contacting import CALLABLE, is_callable
from scheduling.enums import TAKES_TIME
from scheduling.enums_waiting import (
    MOST_ATTEMPTS,
    OUTCOMES,
    RECALL_NEXT,
    RECALL_OPEN,
    AttemptResult,
    Method,
    RecallStatus,
)
from scheduling.models import Appointment, Recall, RecallStep, VisitType
from scheduling.rebooking import is_new_booking, was_a_mistake

KIND = "recall"
LEAD = timedelta(days=30)  # so long before she is to be seen, she is called
CALLED = (RecallStatus.DUE, RecallStatus.ATTEMPTING)
R = RecallStatus


class IllegalMove(Exception):
    """The recall cannot go there; `allowed` are the statuses it can go to."""

    def __init__(self, allowed: frozenset[RecallStatus]) -> None:
        self.allowed = allowed
        super().__init__(", ".join(sorted(status.label for status in allowed)) or "nothing: it is final")


class NotContacted(Exception):
    """She does not wish to be contacted, has died, or her record is not active."""


def plan(*, patient: Patient, visit_type: VisitType, due_on: date, by: User | None, now: datetime, **details: Any) -> Recall:
    """Plan to see somebody again. `details`: provider, reason, from_visit, contact_from (30 days before, or today).

    A matching visit that stands ahead already meets it at once.
    """
    today = _today(now)
    contact_from = details.pop("contact_from", None) or min(max(due_on - LEAD, today), due_on)
    recall = Recall(
        patient=patient, visit_type=visit_type, due_on=due_on, contact_from=contact_from, planned_by=by, **details
    )
    recall.reason = recall.reason or None
    with transaction.atomic():
        recall.save(force_insert=True)
        _remember(recall, came_from="", by=by, now=now)
        events.record("recall.planned", recall, action=events.CREATE, by=by)
        visit = recall_reach.stands_ahead(recall, now=now)
        if visit is not None:
            _go(recall, R.SCHEDULED, by=by, now=now, visit=visit)
        elif contact_from <= today:
            _come_due(recall, now=now)
    return recall


def come_due(*, now: datetime) -> int:
    """Make what is to be called about work of the team. For the clock; answers how many.

    Whoever is not to be called any more is nobody's work; whoever may be called again is.
    """
    rows = list(Recall.objects.filter(status=R.PLANNED, contact_from__lte=_today(now)).select_related("patient"))
    for recall in rows:
        _come_due(recall, now=now)
    called = Recall.objects.filter(status__in=CALLED).select_related("case", "visit_type")
    for recall in called.filter(case__status__in=CASE_STANDING).exclude(**CALLABLE):
        _rest(recall, now=now)
    for recall in called.filter(case__isnull=True, **CALLABLE):
        _open_work(recall, now=now)
    for recall in called.filter(case__closed_at__isnull=False):
        _go(recall, R.CLOSED, by=None, now=now, said={"note": "Its work was ended."}, next_try_at=None)
    for recall in Recall.objects.open().filter(patient__is_deceased=True).select_related("case"):
        _go(recall, R.CLOSED, by=None, now=now, said={"note": "The patient has died."}, next_try_at=None)
    return len(rows)


def attempt(
    recall: Recall, *, method: Method | str, result: AttemptResult | str, by: User, now: datetime, note: str = ""
) -> RecallStep:
    """Somebody tried to reach her. The result sets the next try, or ends the recall.

    Raises NotContacted, IllegalMove for one that is not due.
    """
    if not is_callable(recall.patient):
        raise NotContacted
    outcome, made = OUTCOMES[AttemptResult(result)], recall.attempts_made + 1
    next_try = _next_try(now, outcome.again_in) if outcome.again_in else None
    with transaction.atomic():
        said = {"method": method, "result": result, "note": note, "next_try_at": next_try}
        step = _go(recall, R.ATTEMPTING, by=by, now=now, said=said, attempts_made=made, next_try_at=next_try)
        if result == AttemptResult.DECLINED:
            _go(recall, R.DECLINED, by=by, now=now, next_try_at=None)
        elif not outcome.patient_reached and (not outcome.attempt_again or made >= MOST_ATTEMPTS):
            _go(recall, R.UNREACHABLE, by=by, now=now, next_try_at=None)
        elif next_try:
            _wait(recall, until=next_try, by=by, now=now)
    return step


def close(recall: Recall, *, by: User, now: datetime, note: str = "", to: RecallStatus = R.CLOSED) -> RecallStep:
    """She need not be seen again, or whatever else `to` says. Raises IllegalMove."""
    return _go(recall, to, by=by, now=now, said={"note": note}, next_try_at=None)


def stand(recall: Recall, *, until: datetime | None, by: User, now: datetime) -> None:
    """Her work was put off until a moment, taken up or opened again by hand, and so is she tried.

    Raises IllegalMove once a visit is booked for it.
    """
    if recall.status == R.SCHEDULED:
        raise IllegalMove(RECALL_NEXT[R.SCHEDULED])
    if recall.status not in RECALL_OPEN:
        _put_back(recall, by=by, now=now)
    if recall.next_try_at != until:
        Recall.objects.filter(pk=recall.pk).update(next_try_at=until, version=models.F("version") + 1, updated_at=now)
        recall.refresh_from_db(fields=["next_try_at", "version"])
        _remember(recall, came_from=recall.status, by=by, now=now, next_try_at=until)


def follow(visit: Appointment, *, came_from: str, by: User | None, now: datetime) -> None:
    """Newly booking a matching visit closes the recall that is nearest in time; undoing that booking opens it again."""
    if is_new_booking(visit, came_from):
        recall = recall_reach.met_by(visit)
        if recall is not None:
            _go(recall, R.SCHEDULED, by=by, now=now, visit=visit, next_try_at=None)
    elif came_from in TAKES_TIME and was_a_mistake(visit):
        for recall in Recall.objects.filter(status=R.SCHEDULED, visit=visit):
            _put_back(recall, by=by, now=now)


def hand_on(old: Appointment, new: Appointment) -> None:
    """The visit that she was recalled for goes on as the one that it was moved to."""
    Recall.objects.filter(visit=old).update(visit=new)


def _come_due(recall: Recall, *, now: datetime) -> None:
    with transaction.atomic():
        _go(recall, R.DUE, by=None, now=now)
        if is_callable(recall.patient):
            _open_work(recall, now=now)


def _open_work(recall: Recall, *, now: datetime) -> None:
    hours = clock.calendar_here()
    recall.case = cases.open_case(
        kind=KIND,
        summary=f"Call the patient for a visit ({recall.visit_type}), due {recall.due_on:%b} {recall.due_on.day}.",
        by=None,
        now=now,
        patient=recall.patient_id,
        team=Role.SECRETARY,
        due_at=clock.next_business_day_end(now, hours=hours),
        about=recall,
    )
    Recall.objects.filter(pk=recall.pk).update(case=recall.case)


def _rest(recall: Recall, *, now: datetime) -> None:
    """She is not to be called: the work is over, and is opened anew when she may be called again."""
    if recall.case:
        cases.move(recall.case, CaseStatus.CANCELLED, by=None, now=now, note="The patient is not to be called.")
    Recall.objects.filter(pk=recall.pk).update(case=None, updated_at=now)


def _wait(recall: Recall, *, until: datetime, by: User, now: datetime) -> None:
    """Her work rests until the next try."""
    if recall.case and recall.case.status in CASE_STANDING:
        cases.wait(recall.case, on=WaitingOn.PATIENT, until=until, by=by, now=now)


def _put_back(recall: Recall, *, by: User | None, now: datetime) -> None:
    """As it stood before it was booked or given up, which was undone: no edge of the table."""
    came_from = recall.status
    back = R.ATTEMPTING if recall.attempts_made else R.DUE if recall.contact_from <= _today(now) else R.PLANNED
    Recall.objects.filter(pk=recall.pk).update(status=back, visit=None, version=models.F("version") + 1, updated_at=now)
    recall.refresh_from_db()
    _remember(recall, came_from=came_from, by=by, now=now)
    if recall.case and recall.case.status not in CASE_STANDING:
        cases.move(recall.case, CaseStatus.IN_PROGRESS, by=None, now=now, note="The booking was undone.")


def _go(
    recall: Recall, to: RecallStatus, *, by: User | None, now: datetime, said: dict[str, Any] | None = None, **values: Any
) -> RecallStep:
    came_from = RecallStatus(recall.status)
    if to not in RECALL_NEXT[came_from]:
        raise IllegalMove(RECALL_NEXT[came_from])
    with transaction.atomic():
        there = Recall.objects.filter(pk=recall.pk, status=came_from, version=recall.version)
        if not there.update(status=to, version=models.F("version") + 1, updated_at=now, **values):
            raise IllegalMove(RECALL_NEXT[RecallStatus(Recall.objects.get(pk=recall.pk).status)])
        recall.refresh_from_db()
        if to not in RECALL_OPEN and recall.case and recall.case.status in CASE_STANDING:
            done = CaseStatus.COMPLETED if to == R.SCHEDULED else CaseStatus.CANCELLED
            cases.move(recall.case, done, by=None, now=now, note=to.label)
        events.record("recall.moved", recall, action=events.UPDATE, by=by, body={"from": came_from, "to": to})
        return _remember(recall, came_from=came_from, by=by, now=now, **(said or {}))


def _remember(recall: Recall, *, came_from: str, by: User | None, now: datetime, note: str = "", **said: Any) -> RecallStep:
    return RecallStep.objects.create(
        recall=recall,
        patient_id=recall.patient_id,
        from_status=came_from,
        to_status=recall.status,
        note=note or None,
        at=now,
        by=by,
        **said,
    )


def _today(now: datetime) -> date:
    return now.astimezone(zone(Practice.objects.get(pk=current_practice_id()).time_zone)).date()


def _next_try(now: datetime, pause: timedelta) -> datetime:
    """The morning of the day, or of the next one on which the practice works, by its own clock."""
    practice = Practice.objects.get(pk=current_practice_id())
    hours, here = clock.calendar_of(practice), zone(practice.time_zone)
    day = now.astimezone(here).date() + pause
    within_a_year = (day + timedelta(days=number) for number in range(366))
    return datetime.combine(next((one for one in within_a_year if hours.is_open_on(one)), day), time(9), here)
