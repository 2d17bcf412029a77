"""Who lost her rights, outside the database: a restore of yesterday's backup must not give them back.

One JSON object a line, appended beside the signed roots. It holds ids and times, no names.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

import structlog
from django.contrib.auth.models import Group
from django.db import transaction

from compliance import access, ledgers
from compliance.audit import events
from compliance.models import Membership
from compliance.tenancy import SYSTEM, acting_in

log = structlog.get_logger(__name__)


LEDGER = "revocations"


def note(membership: Membership, *, now: datetime) -> None:
    """Remember that a membership has ended, once that is committed."""
    said = {"at": now.isoformat(), "practice": str(membership.practice_id), "membership": str(membership.pk)}
    transaction.on_commit(lambda: _append(said), robust=True)


def _append(said: dict[str, Any]) -> None:
    try:
        ledgers.append(LEDGER, said)
    except OSError as error:  # the membership has ended in the database; only a restore would not know
        log.error("revocation.not_noted", error=type(error).__name__)


def noted() -> Iterator[dict[str, Any]]:
    """Every line that can be read; a torn one is passed over."""
    for said in ledgers.lines(LEDGER):
        try:
            yield {"at": datetime.fromisoformat(said["at"])} | {
                name: UUID(said[name]) for name in ("practice", "membership")
            }
        except (ValueError, KeyError, TypeError):
            log.error("revocation.unreadable")


def replay() -> int:
    """End again what had ended and is in force in a restored database. Answers how many."""
    return sum(_end_again(**said) for said in noted())


def _end_again(at: datetime, practice: UUID, membership: UUID) -> bool:
    with acting_in(practice, SYSTEM):
        row = Membership.objects.here().filter(pk=membership, ends_at__isnull=True).select_related("user").first()
        if row is None:
            return False
        Membership.objects.filter(pk=row.pk).update(ends_at=max(at, row.starts_at))
        row.user.groups.remove(Group.objects.get(name=access.group_name(practice, row.role)))
        body = {"role": row.role, "user": str(row.user_id), "because": "ended before the restore"}
        events.record("membership.ended", row, action=events.UPDATE, body=body)
    return True
