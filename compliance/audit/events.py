"""The one writer of audit events."""

import hashlib
import hmac
import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import models
from django.utils import timezone

from compliance.crypto.ring import the_ring
from compliance.ids import uuid7

CREATE, READ, UPDATE, DELETE, EXECUTE = "C", "R", "U", "D", "E"  # FHIR R4 AuditEvent.action
SUCCESS, MINOR_FAILURE = "0", "4"  # FHIR R4 AuditEvent.outcome


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
) -> "models.Model":
    """Write one event in the running transaction, under the context's practice and principal.

    `kind` is `object.past_tense`, as "appointment.booked". `opened` and `listed` are patients' ids; where `about`
    belongs to a patient she is added to `opened`. `body` holds facts without health data, JSON-able. Outside a
    practice (a failed sign-in, say) the event belongs to the portal.
    """
    from compliance.models import AuditEvent
    from compliance.tenancy import current

    context = current()
    opened = sorted({*opened, *_patient_of(about)})
    listed = sorted(set(listed) - set(opened))
    event = AuditEvent(
        id=uuid7(),
        at=timezone.now(),
        practice_id=context.practice if context else None,
        kind=kind,
        action=action,
        outcome=MINOR_FAILURE if refused else SUCCESS,
        opened=opened,
        listed=listed,
        categories=list(categories),
        body=dict(body or {}),
        **_what(about),
        **_who(by, context),
        **_whence(),
    )
    return _written(event)


def _written(event: Any) -> "models.Model":
    """The event in the trail, and found by each of its patients."""
    from compliance.models import AuditPatient

    event.digest = digest(event)
    event.save(force_insert=True)
    rows = [(patient, "opened") for patient in event.opened] + [(patient, "listed") for patient in event.listed]
    if event.practice_id and rows:
        AuditPatient.objects.bulk_create(
            AuditPatient(practice_id=event.practice_id, patient=p, depth=d, at=event.at, event=event.id) for p, d in rows
        )
    return event


def digest(event: Any) -> bytes:
    """HMAC-SHA256 over everything the event says, in one canonical order."""
    said = {
        name: _plain(getattr(event, name))
        for name in sorted(field.attname for field in event._meta.concrete_fields)
        if name != "digest"
    }
    text = json.dumps(said, sort_keys=True, separators=(",", ":"))
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
    from compliance.tenancy.context import FIXED_PRINCIPALS

    if by is not None:
        return {"actor": by.pk, "actor_label": by.email}
    principal = context.principal if context else None
    return {"actor": principal, "actor_label": FIXED_PRINCIPALS.get(principal, "") if principal else ""}


def _whence() -> dict[str, Any]:
    from .requests import facts

    known = facts()
    if known is None:
        return {}
    return {"request_id": known.id, "address": known.address, "session": known.session, "page": known.page}
