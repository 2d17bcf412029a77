"""Two calls of this day with what they left behind, and open work whose clocks run."""

from datetime import datetime, timedelta

from compliance import cases
from compliance.enums import CaseStatus, Priority, WaitingOn
from compliance.models import Case, User
from compliance.roles import Role
from correspondence import calls
from correspondence.enums import CallReason, CallStatus
from correspondence.models import Call
from patients.models import Patient
from patients.search import by_phone
from scheduling.openings import free_times
from secretary_portal.demo.data.days import Desk


def load(desk: Desk) -> None:
    """Work of earlier days is done by now; today's is new."""
    for case in Case.objects.filter(kind__in=("task", "callback", "message"), status=CaseStatus.REQUESTED):
        cases.move(case, CaseStatus.COMPLETED, by=desk.by, now=desk.now)
    _booked_by_phone(desk)
    _left_a_message(desk)
    _tasks(desk)


def _tasks(desk: Desk) -> None:
    secretaries, now = {"team": Role.SECRETARY}, desk.now
    for summary, minutes, priority, whose in (
        ("Call back about the school form: after 20 rings nobody answered", -25, Priority.ROUTINE, {"owner": desk.by}),
        ("Fax the referral letter to the cardiologist", 35, Priority.URGENT, {"owner": desk.by}),
        ("Find a time this week: the pharmacy sent a patient with high blood pressure", 80, Priority.ASAP, secretaries),
        ("Ask for the records from the hospital", 60 * 26, Priority.ROUTINE, secretaries),
    ):
        due_at, opened = now + timedelta(minutes=minutes), now - timedelta(hours=3)
        cases.open_task(summary=summary, by=desk.by, now=opened, due_at=due_at, priority=priority, **whose)
    waiting = cases.open_task(
        summary="Prior authorization for the MRI of the knee",
        owner=desk.by,
        by=desk.by,
        now=now - timedelta(days=1),
        due_at=now + timedelta(days=1),
    )
    cases.wait(waiting, on=WaitingOn.PAYER, until=now + timedelta(days=2), by=desk.by, now=now - timedelta(hours=4))


def _call(desk: Desk, end: str, said_name: str, *, ago: timedelta) -> tuple[Call, datetime]:
    """A call from a patient of the stories, taken and verified."""
    now = desk.now - ago
    number = f"+1{str(desk.practice.phone)[2:5]}555{end}"
    call = calls.take(number, practice=desk.practice, by=desk.by, now=now)
    patient = _caller(number, said_name, desk.by)
    born = f"{patient.birth_date:%m/%d/%Y}"
    calls.identify(
        call, among=[patient], said={"name": said_name, "birth_date": born}, version=call.version, by=desk.by, now=now
    )
    return call, now


def _caller(number: str, said_name: str, user: User) -> Patient:
    return next(one for one in by_phone(number, user=user) if any(n.given in said_name for n in one.names.all() if n.given))


def _booked_by_phone(desk: Desk) -> None:
    call, now = _call(desk, "0158", "Rosa Elena Hernández", ago=timedelta(minutes=95))
    kind, provider = desk.types["Follow-up"], desk.providers[0]
    for number in range(3, 10):
        day = desk.today + timedelta(days=number)
        if found := free_times(provider, day, kind, now=now):
            calls.book(
                call,
                provider=provider,
                starts_at=found[0].starts_at,
                visit_type=kind,
                mode="office",
                version=call.version,
                by=desk.by,
                now=now + timedelta(minutes=1),
            )
            break
    _close(desk, call, CallReason.BOOK, CallStatus.RESOLVED, now, "Booked a follow-up for her blood pressure.")


def _left_a_message(desk: Desk) -> None:
    call, now = _call(desk, "0147", "Thảo Nguyễn", ago=timedelta(minutes=40))
    calls.note_reason(call, reason=CallReason.MEDICATION, version=call.version, by=desk.by, now=now)
    calls.take_message(
        call,
        text="Asks for a refill of lisinopril 10 mg. Three tablets left. With an interpreter, Vietnamese.",
        provider=desk.providers[0],
        priority=Priority.ROUTINE,
        practice=desk.practice,
        version=call.version,
        by=desk.by,
        now=now + timedelta(minutes=2),
    )
    _close(desk, call, CallReason.MEDICATION, CallStatus.MESSAGE_TAKEN, now, "Refill asked for; message to the provider.")


def _close(desk: Desk, call: Call, reason: CallReason, outcome: CallStatus, now: datetime, summary: str) -> None:
    end = now + timedelta(minutes=3)
    calls.hang_up(call, version=call.version, by=desk.by, now=end)
    calls.close(call, outcome=outcome, reason=reason, summary=summary, version=call.version, by=desk.by, now=end)
