"""Who lost her rights, outside the database: a restore of yesterday's backup must not give them back.

One JSON object a line, appended beside the signed roots. It holds ids and times, no names.
"""

import fcntl
import json
import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import structlog
from django.conf import settings
from django.contrib.auth.models import Group
from django.db import transaction

from compliance import access
from compliance.audit import events
from compliance.models import Membership
from compliance.tenancy import SYSTEM, acting_in

log = structlog.get_logger(__name__)


def file() -> Path:
    """Where they stand."""
    return Path(settings.AUDIT_ROOTS) / "revocations.ndjson"


def note(membership: Membership, *, now: datetime) -> None:
    """Remember that a membership has ended, once that is committed."""
    said = {"at": now.isoformat(), "practice": str(membership.practice_id), "membership": str(membership.pk)}
    transaction.on_commit(lambda: _append(said), robust=True)


def _append(said: dict[str, Any]) -> None:
    path = file()
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with path.open("a") as lines:
            fcntl.flock(lines, fcntl.LOCK_EX)
            lines.write(json.dumps(said, sort_keys=True) + "\n")
            lines.flush()
            os.fsync(lines.fileno())
    except OSError as error:  # the membership has ended in the database; only a restore would not know
        log.error("revocation.not_noted", error=type(error).__name__)


def noted() -> Iterator[dict[str, Any]]:
    """Every line that can be read; a torn one is passed over."""
    path = file()
    for line in path.read_text().splitlines() if path.exists() else []:
        try:
            said = json.loads(line)
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
