"""What a call leaves behind as somebody's work: a message, a call back; and handing the caller on."""

from datetime import datetime, timedelta

from compliance import cases, clock
from compliance.access import standing_of
from compliance.enums import CASE_STANDING, Priority
from compliance.models import Case, Practice, User
from compliance.roles import Role
from correspondence.enums import CallReason
from correspondence.models import Call
from scheduling.models import Provider

from .writing import changing, keep, write

REFILL_WITHIN = timedelta(hours=48)


def promise_of(call: Call, *, priority: Priority, practice: Practice, now: datetime) -> datetime:
    """By when a message of this call is answered (workflows.md section 3, rule f): by priority; refills in 48 hours."""
    if call.reason == CallReason.MEDICATION and priority == Priority.ROUTINE:
        return now + REFILL_WITHIN
    return clock.respond_by(priority, opened=now, calendar=clock.calendar_of(practice))


def open_message(call: Call) -> Case | None:
    """A message about this patient for the same reason that nobody has answered yet (rule g); None when there is none."""
    if call.patient_id is None or not call.reason:
        return None
    alike = Call.objects.filter(patient=call.patient_id, reason=call.reason).exclude(pk=call.pk).values("pk")
    mine = Case.objects.filter(patient=call.patient_id, about_id=call.pk)
    rows = mine | Case.objects.filter(patient=call.patient_id, about_id__in=alike)
    rows = rows.filter(kind__in=("message", "refill"), status__in=CASE_STANDING)
    return rows.select_related("owner").order_by("-opened_at", "-pk").first()


def take_message(
    call: Call,
    *,
    text: str,
    provider: Provider,
    priority: Priority,
    practice: Practice,
    version: int,
    by: User,
    now: datetime,
    add_to: Case | None = None,
) -> Case:
    """Write down what the provider is to know; it is a case with its own clock. Raises Stale, Closed, IllegalMove.

    `add_to`: put it to an open message about the same, instead of opening a second one.
    """
    with changing(call, version=version, now=now):
        due_at = promise_of(call, priority=priority, practice=practice, now=now)
        facts = {"provider": provider.short_name, "due_at": due_at.isoformat(), "priority": priority}
        if add_to is not None:
            return _added(call, add_to, text, facts, by=by, now=now)
        case = cases.open_case(
            kind="refill" if call.reason == CallReason.MEDICATION else "message",
            summary=f"For {provider.short_name}: {text}",
            patient=call.patient_id,
            owner=provider.user,
            team="" if provider.user_id else Role.PROVIDER,
            priority=priority,
            due_at=due_at,
            about=call,
            by=by,
            now=now,
        )
        keep(call, priority=priority, respond_by=due_at)
        write(call, "message", by=by, now=now, about=case, facts=facts)
    return case


def _added(call: Call, to: Case, text: str, facts: dict[str, str], *, by: User, now: datetime) -> Case:
    """The older message keeps its own deadline."""
    cases.add(to, by=by, now=now, note=text)
    due_at = to.due_at.isoformat() if to.due_at else ""
    write(call, "added-to", by=by, now=now, about=to, facts=facts | {"due_at": due_at})
    return to


def ask_back(call: Call, *, phone: str, at: datetime, about: str, version: int, by: User, now: datetime) -> Case:
    """Promise to call back: a case of the secretaries, due at the time that suits the caller. Raises Stale, Closed."""
    with changing(call, version=version, now=now):
        keep(call, callback_phone=phone, callback_at=at)
        case = cases.open_case(
            kind="callback",
            summary=f"Call back {phone}. {about}".strip(),
            patient=call.patient_id,
            team=_team_of(by),
            due_at=at,
            about=call,
            by=by,
            now=now,
        )
        write(call, "callback", by=by, now=now, about=case, facts={"at": at.isoformat()}, note=phone)
    return case


def transfer(call: Call, *, to: str, version: int, by: User, now: datetime) -> None:
    """Say to whom the caller was handed on. Raises Stale, Closed."""
    with changing(call, version=version, now=now):
        keep(call, transferred_to=to)
        write(call, "transferred", by=by, now=now, note=to)


def _team_of(user: User) -> Role:
    return Role.SECRETARY if Role.SECRETARY in standing_of(user).roles else Role.SCHEDULING_SECRETARY
