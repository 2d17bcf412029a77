"""Owned work: one writer, one transition function (workflows.md section 10)."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import models, transaction

from compliance import clock
from compliance.access import standing_of
from compliance.audit import events
from compliance.enums import CASE_NEXT, CASE_STANDING, OVERSIGHT, CaseStatus, Priority, WaitingOn
from compliance.models import Case, CaseTransition, User
from compliance.roles import Role

UNDO_LASTS = timedelta(seconds=20)
REMEMBERED = ("status", "owner_id", "team", "due_at", "waiting_on", "waiting_until", "paused_at", "closed_at")


class IllegalMove(Exception):
    """The case cannot go there; `allowed` are the statuses it can go to."""

    def __init__(self, allowed: frozenset[CaseStatus]) -> None:
        self.allowed = allowed
        super().__init__(f"Allowed: {', '.join(sorted(status.label for status in allowed))}")


class Stale(Exception):
    """Somebody moved the case since it was shown; `case` is as it stands now."""

    def __init__(self, case: Case) -> None:
        self.case = case
        super().__init__("The case was changed meanwhile.")


class NotYours(Exception):
    """Oversight is worked by those to whom it was given, and nobody reviews her own act."""


class ReasonMissing(Exception):
    """Opening a closed case again needs a reason."""


class TooLate(Exception):
    """An act can be undone for 20 seconds, by whoever did it."""


def open_case(
    *,
    kind: str,
    summary: str,
    by: User | None,
    now: datetime,
    patient: UUID | None = None,
    owner: User | None = None,
    team: Role | str = "",
    priority: Priority = Priority.ROUTINE,
    due_at: datetime | None = None,
    about: models.Model | None = None,
) -> Case:
    """Open a piece of work. It has an owner from the start: a person, or a team. `by` None: the portal itself."""
    case = Case(
        kind=kind,
        summary=summary,
        patient=patient,
        owner=owner,
        team=team,
        priority=priority,
        opened_at=now,
        due_at=due_at,
        opened_by=by,
        about_type=about._meta.label_lower if about is not None else "",
        about_id=about.pk if about is not None else None,
    )
    with transaction.atomic():
        case.save(force_insert=True)
        _remember(case, {}, what="opened", by=by, now=now, note=None)
        events.record("case.opened", case, action=events.CREATE, by=by, body={"kind": kind})
    return case


def insist(case: Case, by: User) -> None:
    """Whether somebody who sees a case may act on it. Raises NotYours.

    An admin sees every case, also those that are about what admins do: these are for their owner or her team.
    """
    if case.kind not in OVERSIGHT:
        return
    is_hers = case.owner_id == by.pk or case.team in standing_of(by).roles
    if not is_hers or (case.kind == "broken-glass" and case.opened_by_id == by.pk):
        raise NotYours


def open_task(*, summary: str, by: User | None, now: datetime, due_at: datetime | None = None, **details: Any) -> Case:
    """Open a task, as `open_case`. Without a deadline it is due by its priority, in office time."""
    if due_at is None:
        hours = clock.calendar_here()
        priority = Priority(details.get("priority", Priority.ROUTINE))
        due_at = clock.respond_by(priority, opened=now, calendar=hours)
    return open_case(kind="task", summary=summary, by=by, now=now, due_at=due_at, **details)


def move(
    case: Case, to: CaseStatus, *, by: User | None, now: datetime, version: int | None = None, note: str = "", **change: Any
) -> CaseTransition:
    """Move a case to another status. Raises IllegalMove, Stale, ReasonMissing."""
    came_from = CaseStatus(case.status)
    if to not in CASE_NEXT[came_from]:
        raise IllegalMove(CASE_NEXT[came_from])
    if came_from not in CASE_STANDING and not note:
        raise ReasonMissing
    values = {
        "status": to,
        "closed_at": None if to in CASE_STANDING else now,
        "waiting_on": "",
        "waiting_until": None,
        **_clock(case, to, now, change),
        **change,
    }
    return _apply(case, values, what=to.value, by=by, now=now, version=version, note=note)


def wait(
    case: Case, *, on: WaitingOn, until: datetime, by: User, now: datetime, version: int | None = None, note: str = ""
) -> CaseTransition:
    """Wait for somebody until a moment. The clock stops, except while a provider is waited for.

    A case that waits already is taken up before: the time that it has waited is given back once.
    """
    with transaction.atomic():
        if case.status == CaseStatus.ON_HOLD:
            move(case, CaseStatus.IN_PROGRESS, by=by, now=now, version=version)
            version = None
        return move(case, CaseStatus.ON_HOLD, by=by, now=now, version=version, note=note, waiting_on=on, waiting_until=until)


def hand_over(
    case: Case,
    *,
    by: User | None,
    now: datetime,
    owner: User | None = None,
    team: Role | str = "",
    version: int | None = None,
    note: str = "",
) -> CaseTransition:
    """Give a standing case to a person or a team. Raises IllegalMove for a closed one, Stale. `by` None: the operator."""
    if case.status not in CASE_STANDING:
        raise IllegalMove(CASE_NEXT[CaseStatus(case.status)])
    values = {"owner_id": owner.pk if owner else None, "team": team}
    return _apply(case, values, what="handed over", by=by, now=now, version=version, note=note)


def add(case: Case, *, by: User, now: datetime, note: str) -> CaseTransition:
    """Put something to a standing case without moving it. Raises IllegalMove for a closed one, Stale."""
    if case.status not in CASE_STANDING:
        raise IllegalMove(CASE_NEXT[CaseStatus(case.status)])
    return _apply(case, {}, what="added to", by=by, now=now, version=None, note=note)


def undo(case: Case, *, by: User, now: datetime) -> CaseTransition:
    """Take the own last act back within 20 seconds. Raises TooLate."""
    last = case.transitions.order_by("-at", "-pk").first()
    if last is None or not may_undo(last, by=by, now=now):
        raise TooLate
    values = {name: last.before[name] for name in REMEMBERED}
    return _apply(case, values, what="undone", by=by, now=now, version=case.version, note="", undoes=last)


def may_undo(last: CaseTransition, *, by: User, now: datetime) -> bool:
    """Whether a case's newest step is still hers to take back: own and fresh."""
    return last.by_id == by.pk and now - last.at <= UNDO_LASTS and last.what != "opened" and not last.undoes_id


def _clock(case: Case, to: CaseStatus, now: datetime, change: dict[str, Any]) -> dict[str, Any]:
    """Stop the clock while somebody outside is waited for; give the practice's office time back afterwards."""
    if to == CaseStatus.ON_HOLD:
        return {"paused_at": None if change.get("waiting_on") == WaitingOn.PROVIDER else now}
    if case.paused_at and case.due_at:
        hours = clock.calendar_of(case.practice)
        return {"paused_at": None, "due_at": clock.resumed(case.due_at, paused_at=case.paused_at, now=now, hours=hours)}
    return {"paused_at": None}


def _apply(
    case: Case,
    values: dict[str, Any],
    *,
    what: str,
    by: User | None,
    now: datetime,
    version: int | None,
    note: str,
    undoes: CaseTransition | None = None,
) -> CaseTransition:
    before = {name: getattr(case, name) for name in REMEMBERED}
    with transaction.atomic():
        expected = Case.objects.filter(pk=case.pk, status=case.status, version=version or case.version)
        if not expected.update(**values, version=models.F("version") + 1, updated_at=now):
            raise Stale(Case.objects.get(pk=case.pk))
        case.refresh_from_db()
        transition = _remember(case, before, what=what, by=by, now=now, note=note or None, undoes=undoes)
        events.record("case.moved", case, action=events.UPDATE, by=by, body={"what": what, "to": case.status})
    return transition


def _remember(
    case: Case,
    before: dict[str, Any],
    *,
    what: str,
    by: User | None,
    now: datetime,
    note: str | None,
    undoes: CaseTransition | None = None,
) -> CaseTransition:
    plain = {name: value.isoformat() if isinstance(value, datetime) else value for name, value in before.items()}
    plain = {name: str(value) if isinstance(value, UUID) else value for name, value in plain.items()}
    return CaseTransition.objects.create(
        case=case,
        patient=case.patient,
        what=what,
        from_status=before.get("status", ""),
        to_status=case.status,
        from_owner_id=before.get("owner_id"),
        to_owner_id=case.owner_id,
        from_team=before.get("team", ""),
        to_team=case.team,
        before=plain,
        note=note,
        at=now,
        by=by,
        undoes=undoes,
    )
