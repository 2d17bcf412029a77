"""Two calls of this day with what they left behind, and open work whose clocks run."""

from datetime import datetime, timedelta
from typing import Any

from compliance import cases
from compliance.enums import CaseStatus, Priority, WaitingOn
from compliance.models import Case
from compliance.roles import Role
from correspondence import calls
from correspondence.enums import CallReason, CallStatus
from correspondence.models import Call
from patients.names import full, official
from patients.search import by_phone
from scheduling.enums import Mode
from scheduling.openings import free_times
from secretary_portal.demo.data.days import Desk

# minutes until it is due, what, how urgent, whether it is Rosa's own (else of all secretaries)
TASKS = {
    "lakeside": (
        (-25, "Call the school nurse back about the form", Priority.ROUTINE, True),
        (35, "Fax the referral letter to the cardiologist", Priority.URGENT, True),
        (80, "Find a time this week: sent by the pharmacy with high blood pressure", Priority.ASAP, False),
        (60 * 26, "Ask the hospital for the discharge papers", Priority.ROUTINE, False),
    ),
    "desert-ridge": (
        (50, "Tell the lab which account the samples belong to", Priority.URGENT, True),
        (170, "Order an interpreter for Friday, Russian", Priority.ASAP, False),
        (60 * 30, "Send the practice's new fax number to the pharmacies", Priority.ROUTINE, False),
    ),
}
AUTHORIZATION = {"lakeside": "Prior authorization: MRI of the knee", "desert-ridge": "Prior authorization: sleep study"}
REFILLS = {
    "lakeside": "Asks for a refill of lisinopril 10 mg. Three tablets left. Speaks Vietnamese.",
    "desert-ridge": "Asks whether to go on with metformin before the blood test. Speaks Russian.",
}


def load(desk: Desk) -> None:
    """Work of earlier days is done by now; today's is new."""
    for case in Case.objects.filter(kind__in=("task", "callback", "message"), status=CaseStatus.REQUESTED):
        cases.move(case, CaseStatus.COMPLETED, by=desk.by, now=desk.now)
    *_, interpreted, caller, _letters, _died = desk.plan.stories
    _booked_by_phone(desk, caller[1])
    _left_a_message(desk, interpreted[1])
    _tasks(desk)


def _tasks(desk: Desk) -> None:
    now, slug = desk.now, desk.practice.slug
    for minutes, summary, priority, is_own in TASKS[slug]:
        due_at, opened = now + timedelta(minutes=minutes), now - timedelta(hours=3)
        whose = {"owner": desk.by} if is_own else {"team": Role.SECRETARY}
        cases.open_task(summary=summary, by=desk.by, now=opened, due_at=due_at, priority=priority, **whose)
    yesterday, tomorrow = now - timedelta(days=1), now + timedelta(days=1)
    waiting = cases.open_task(summary=AUTHORIZATION[slug], owner=desk.by, by=desk.by, now=yesterday, due_at=tomorrow)
    cases.wait(waiting, on=WaitingOn.PAYER, until=now + timedelta(days=2), by=desk.by, now=now - timedelta(hours=2))


def _call(desk: Desk, end: str, given: str, *, ago: timedelta) -> tuple[Call, datetime]:
    """A call from a patient of the stories, taken and verified."""
    now = desk.now - ago
    number = f"+1{str(desk.practice.phone)[2:5]}555{end}"
    call = calls.take(number, practice=desk.practice, by=desk.by, now=now)
    patient = next(one for one in by_phone(number, user=desk.by) if (name := official(one)) and name.given == given)
    said = {"name": full(patient), "birth_date": f"{patient.birth_date:%m/%d/%Y}"}
    calls.identify(call, among=[patient], said=said, version=call.version, by=desk.by, now=now)
    return call, now


def _booked_by_phone(desk: Desk, given: str) -> None:
    call, now = _call(desk, "0158", given, ago=timedelta(minutes=95))
    kind, provider = desk.types["Follow-up"], desk.providers[0]
    for number in range(3, 10):
        found = free_times(provider, desk.today + timedelta(days=number), kind, now=now)
        if found:
            seen: dict[str, Any] = {"version": call.version, "by": desk.by, "now": now + timedelta(minutes=1)}
            starts_at = found[number].starts_at
            calls.book(call, provider=provider, starts_at=starts_at, visit_type=kind, mode=Mode.OFFICE, **seen)
            break
    _close(desk, call, CallReason.BOOK, CallStatus.RESOLVED, now, "Booked a follow-up.")


def _left_a_message(desk: Desk, given: str) -> None:
    call, now = _call(desk, "0147", given, ago=timedelta(minutes=40))
    about = CallReason.MEDICATION
    calls.note_reason(call, reason=about, version=call.version, by=desk.by, now=now)
    calls.take_message(
        call,
        text=REFILLS[desk.practice.slug],
        provider=desk.providers[0],
        priority=Priority.ROUTINE,
        practice=desk.practice,
        version=call.version,
        by=desk.by,
        now=now + timedelta(minutes=2),
    )
    _close(desk, call, about, CallStatus.MESSAGE_TAKEN, now, "About a medicine; message to the provider.")


def _close(desk: Desk, call: Call, reason: CallReason, outcome: CallStatus, now: datetime, summary: str) -> None:
    end = now + timedelta(minutes=3)
    calls.hang_up(call, version=call.version, by=desk.by, now=end)
    calls.close(call, outcome=outcome, reason=reason, summary=summary, version=call.version, by=desk.by, now=end)
