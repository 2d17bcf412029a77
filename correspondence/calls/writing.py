"""How a call is changed: as it was seen, one step in the log for each act."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.db import models, transaction

from compliance.audit import events
from compliance.models import User
from correspondence.enums import CALL_NEXT, CallStatus
from correspondence.models import Call, CallStep


class IllegalMove(Exception):
    """The call cannot go there; `allowed` are the statuses it can go to."""

    def __init__(self, allowed: frozenset[CallStatus]) -> None:
        self.allowed = allowed
        super().__init__(f"Allowed: {', '.join(sorted(status.label for status in allowed))}")


class Stale(Exception):
    """The call went on in another tab, or by a colleague; `call` is as it stands now."""

    def __init__(self, call: Call) -> None:
        self.call = call
        super().__init__("The call was changed meanwhile.")


class Closed(Exception):
    """The call has ended; its log is not written any further."""


@contextmanager
def changing(call: Call, *, version: int, now: datetime) -> Iterator[None]:
    """Claim the call as it was seen; what is done inside is undone together. Raises Stale, Closed.

    The claim is one UPDATE that names version and status, so that of two tabs, or two tries at the gate at once,
    one goes on and the other is told.
    """
    with transaction.atomic():
        if call.status == CallStatus.CLOSED:
            raise Closed
        seen = Call.objects.filter(pk=call.pk, version=version, status=call.status)
        if not seen.update(version=models.F("version") + 1, updated_at=now):
            raise Stale(Call.objects.get(pk=call.pk))
        call.refresh_from_db()
        yield


def advance(call: Call, to: CallStatus, **values: Any) -> None:
    """Move a claimed call to another status. Raises IllegalMove; the state it comes from stands in the UPDATE."""
    came_from = CallStatus(call.status)
    if to not in CALL_NEXT[came_from]:
        raise IllegalMove(CALL_NEXT[came_from])
    if not Call.objects.filter(pk=call.pk, status=came_from).update(status=to, **values):
        raise Stale(Call.objects.get(pk=call.pk))
    for name, value in {"status": to, **values}.items():
        setattr(call, name, value)


def keep(call: Call, **values: Any) -> None:
    """Write fields of a claimed call, sealed ones too. An empty text is kept as not known where the column allows."""
    for name, value in values.items():
        setattr(call, name, None if value == "" and Call._meta.get_field(name).null else value)
    call.save(update_fields=list(values))


def write(
    call: Call,
    what: str,
    *,
    by: User,
    now: datetime,
    about: models.Model | None = None,
    facts: Mapping[str, Any] | None = None,
    note: str = "",
) -> CallStep:
    """One line of the log, and its audit event. `facts` hold no health data; `note` is sealed."""
    step = CallStep.objects.create(
        call=call,
        patient_id=call.patient_id,
        what=what,
        about_type=about._meta.label_lower if about is not None else "",
        about_id=about.pk if about is not None else None,
        facts=dict(facts or {}),
        note=note or None,
        at=now,
        by=by,
    )
    events.record(f"call.{what.replace('-', '_')}", call, action=events.UPDATE, by=by, body={"step": str(step.pk)})
    return step
