"""Taking a call, and what it is about."""

from datetime import datetime

from django.db import transaction

from compliance.models import Practice, User
from compliance.tenancy import acting_in
from correspondence.enums import CallReason
from correspondence.models import Call
from patients import phones

from .flags import newest_list
from .writing import changing, keep, write


def e164(text: str) -> str | None:
    """A number as typed or pasted, in any form that is understood in the United States; None when it is none."""
    try:
        return phones.read(text).e164
    except phones.NotAPhone:
        return None


def take(number: str | None, *, practice: Practice, by: User, now: datetime) -> Call:
    """Begin a call to a practice, in that practice's context. `number` is the caller's (E.164), None when withheld.

    The call keeps which version of the practice's red flags it is asked by.
    """
    with acting_in(practice.pk, by.pk), transaction.atomic():
        call = Call(started_at=now, phone=number, handled_by=by, red_flags_number=newest_list(now=now).number)
        call.save(force_insert=True)
        write(call, "taken", by=by, now=now, facts={"number_known": number is not None})
    return call


def note_reason(call: Call, *, reason: CallReason, version: int, by: User, now: datetime) -> None:
    """Say what the call is about. Raises Stale, Closed."""
    with changing(call, version=version, now=now):
        keep(call, reason=reason)
        write(call, "reason", by=by, now=now, facts={"reason": reason})
