"""How a call ends: hung up, closed with an outcome, or abandoned."""

from datetime import datetime

from compliance.models import User
from correspondence.enums import CallReason, CallStatus
from correspondence.models import Call
from scheduling import taking

from .writing import advance, changing, keep, write

ABANDONED = "Abandoned or wrong number. Nothing was told."


class RedFlagUnanswered(Exception):
    """A red flag was ticked and nobody said what was done about it."""


class ReasonMissing(Exception):
    """A call that was not abandoned was about something."""


def suggested_outcome(call: Call, done: list[str]) -> CallStatus:
    """The outcome that the steps speak for; the secretary may choose another. `done` are the steps' codes."""
    if call.red_flags:
        return CallStatus.ESCALATED
    for step, outcome in (
        ("message", CallStatus.MESSAGE_TAKEN),
        ("added-to", CallStatus.MESSAGE_TAKEN),
        ("callback", CallStatus.CALLBACK),
        ("transferred", CallStatus.TRANSFERRED),
    ):
        if step in done:
            return outcome
    return CallStatus.RESOLVED


def hang_up(call: Call, *, version: int, by: User, now: datetime) -> None:
    """The caller is gone. Times that were held for her are free again. Raises Stale, Closed."""
    with changing(call, version=version, now=now):
        _hung_up(call, by=by, now=now)


def close(
    call: Call, *, outcome: CallStatus, reason: CallReason | str, summary: str, version: int, by: User, now: datetime
) -> None:
    """End the call with its outcome and what was said in a sentence or two.

    Raises RedFlagUnanswered, ReasonMissing, IllegalMove, Stale, Closed.
    """
    if call.red_flags and not call.red_flag_answer:
        raise RedFlagUnanswered
    if not reason:
        raise ReasonMissing
    with changing(call, version=version, now=now):
        _hung_up(call, by=by, now=now)
        keep(call, reason=reason, summary=summary)
        _end(call, outcome, by=by, now=now)


def abandon(call: Call, *, version: int, by: User, now: datetime) -> None:
    """Nobody was there, or it was the wrong number: closed at once. Raises RedFlagUnanswered, Stale, Closed."""
    if call.red_flags and not call.red_flag_answer:
        raise RedFlagUnanswered
    with changing(call, version=version, now=now):
        _hung_up(call, by=by, now=now)
        keep(call, summary=ABANDONED)
        _end(call, CallStatus.ABANDONED, by=by, now=now)


def _hung_up(call: Call, *, by: User, now: datetime) -> None:
    if call.hung_up_at is not None:
        return
    keep(call, hung_up_at=now)
    taking.let_go(held_for=call.pk)
    write(call, "hung-up", by=by, now=now)


def _end(call: Call, outcome: CallStatus, *, by: User, now: datetime) -> None:
    if call.status == CallStatus.OPEN:
        advance(call, CallStatus.UNIDENTIFIED)
    advance(call, outcome)
    taking.let_go(held_for=call.pk)
    advance(call, CallStatus.CLOSED, ended_at=max(now, call.started_at))
    write(call, "closed", by=by, now=now, facts={"outcome": outcome})
