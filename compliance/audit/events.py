"""The one writer of audit events.

Opening a sealed value ends here, so this stands under the models: it writes the tables of `tables.py` by SQL.
The models `AuditEvent` and `AuditPatient` are for reading.
"""

import hashlib
import hmac
import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import DatabaseError, connection, models
from django.utils import timezone
from psycopg.types.json import Jsonb

from compliance.crypto.ring import the_ring
from compliance.ids import uuid7
from compliance.tenancy.context import FIXED_PRINCIPALS, current

from . import second_sink
from .requests import facts
from .tables import FOUND_BY_PATIENT, INTO_THE_TRAIL

CREATE, READ, UPDATE, DELETE, EXECUTE = "C", "R", "U", "D", "E"  # FHIR R4 AuditEvent.action
SUCCESS, MINOR_FAILURE = "0", "4"  # FHIR R4 AuditEvent.outcome

_NOTHING: dict[str, Any] = {"object_type": "", "object_id": "", "purpose": ""} | {
    "actor": None,
    "actor_label": "",
    "request_id": "",
    "address": None,
    "session": "",
    "page": "",
}


class NotRecorded(DatabaseError):
    """The trail cannot be written (a right that is gone, a partition that is missing): so nothing is served."""


def record(
    kind: str,
    about: models.Model | None = None,
    *,
    action: str = EXECUTE,
    by: Any = None,
    opened: Iterable[UUID] = (),
    listed: Iterable[UUID] = (),
    categories: Iterable[str] = (),
    body: Mapping[str, Any] | None = None,
    refused: bool = False,
) -> None:
    """Write one event in the running transaction, under the context's practice and principal.

    `kind` is `object.past_tense`, as "appointment.booked". `opened` and `listed` are patients' ids; where `about`
    belongs to a patient she is added to `opened`. `body` holds facts without health data, JSON-able. Outside a
    practice (a failed sign-in, say) the event belongs to the portal.
    """
    context = current()
    opened = sorted({*opened, *_patient_of(about)})
    _write(
        _NOTHING
        | {
            "id": uuid7(),
            "at": timezone.now(),
            "practice_id": context.practice if context else None,
            "kind": kind,
            "action": action,
            "outcome": MINOR_FAILURE if refused else SUCCESS,
            "opened": opened,
            "listed": sorted({*listed} - {*opened}),
            "categories": list(categories),
            "body": dict(body or {}),
        }
        | _what(about)
        | _who(by, context)
        | _whence()
    )


def _write(said: dict[str, Any]) -> None:
    """The event into the trail, found by each of its patients, and noted outside the database."""
    said = said | {"digest": digest(said)}
    row = said | {"body": Jsonb(said["body"])}
    try:
        with connection.cursor() as cursor:
            cursor.execute(INTO_THE_TRAIL, row)
            if said["practice_id"] and (said["opened"] or said["listed"]):
                cursor.execute(FOUND_BY_PATIENT, row)
    except DatabaseError as error:
        raise NotRecorded("An event could not be written into the audit trail.") from error
    second_sink.follow(said)


def digest(said: Mapping[str, Any]) -> bytes:
    """HMAC-SHA256 over everything an event says, by the columns' names, in one canonical order."""
    plain = {name: _plain(value) for name, value in said.items() if name != "digest"}
    text = json.dumps(plain, sort_keys=True, separators=(",", ":"))
    return hmac.digest(the_ring().key("audit"), text.encode(), hashlib.sha256)


def _plain(value: Any) -> Any:
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, list):
        return [_plain(one) for one in value]
    return value


def _what(about: models.Model | None) -> dict[str, str]:
    return {} if about is None else {"object_type": about._meta.label_lower, "object_id": str(about.pk)}


def _patient_of(about: models.Model | None) -> list[UUID]:
    patient = about.patient_ref() if hasattr(about, "patient_ref") else None  # type: ignore[union-attr]
    return [patient] if patient else []


def _who(by: Any, context: Any) -> dict[str, Any]:
    if by is not None:
        return {"actor": by.pk, "actor_label": by.email}
    principal = context.principal if context else None
    return {"actor": principal, "actor_label": FIXED_PRINCIPALS.get(principal, "") if principal else ""}


def _whence() -> dict[str, Any]:
    known = facts()
    if known is None:
        return {}
    return {"request_id": known.id, "address": known.address, "session": known.session, "page": known.page}
