"""Lines outside the database, beside the signed roots: one JSON object a line, appended and never changed."""

import fcntl
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import structlog
from django.conf import settings

log = structlog.get_logger(__name__)


def path_of(name: str) -> Path:
    """Where a ledger lies."""
    return Path(settings.AUDIT_ROOTS) / f"{name}.ndjson"


def append(name: str, said: dict[str, Any]) -> None:
    """One line more, on the disk when this returns. Raises OSError."""
    path = path_of(name)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with path.open("a") as lines:
        fcntl.flock(lines, fcntl.LOCK_EX)
        lines.write(json.dumps(said, sort_keys=True) + "\n")
        lines.flush()
        os.fsync(lines.fileno())


def lines(name: str) -> Iterator[Any]:
    """Each line that can be read, the oldest first; a torn one is passed over."""
    path = path_of(name)
    for line in path.read_text().splitlines() if path.exists() else []:
        try:
            yield json.loads(line)
        except ValueError:
            log.error("ledger.unreadable", ledger=name)
