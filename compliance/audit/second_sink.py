"""The last minute of the trail, outside the database: one line before an event is written and one after its COMMIT.

The newest events stand under no signed root yet; whoever removes one of those is found by these lines. They lie in
`settings.AUDIT_TAIL`, which belongs on another volume than the database. They hold ids, times and HMACs, nothing more.
A line that cannot be written stops the transaction: what cannot be recorded is not served.
"""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import structlog
from django.conf import settings
from django.db import transaction

from .chain import PORTAL

KEPT = timedelta(days=7)
INTENT, DONE = "intent", "done"

log = structlog.get_logger(__name__)


class SinkFull(OSError):
    """The second sink cannot be written (a full disk, a volume that is not there)."""


@dataclass(frozen=True)
class Line:
    """One event as the sink remembers it. `is_done` says that its transaction was committed."""

    at: datetime
    event: UUID
    digest: str
    is_done: bool


def follow(said: Mapping[str, Any]) -> None:
    """Note an event that is being written, and once more when its transaction has committed. Raises SinkFull."""
    append(INTENT, said)
    transaction.on_commit(lambda: _after_commit(said), robust=True)


def append(word: str, said: Mapping[str, Any]) -> None:
    """One line, written in one piece. Raises SinkFull."""
    at = said["at"].astimezone(UTC)
    path = _directory(said["practice_id"]) / f"{at:%Y-%m-%d}.log"
    text = f"{word} {at.isoformat()} {said['id']} {bytes(said['digest']).hex()}\n"
    try:
        handle = _open(path)
        try:
            if os.write(handle, text.encode()) != len(text):
                raise SinkFull(f"The second sink of the audit trail is full: {path.parent.parent}")
        finally:
            os.close(handle)
    except SinkFull:
        raise
    except OSError as error:
        raise SinkFull(f"The second sink of the audit trail cannot be written: {type(error).__name__}") from error


def lines(chain: UUID, *, since: datetime, until: datetime | None = None) -> Iterator[Line]:
    """What the sink remembers of a chain, in the order of writing. A torn last line is passed over."""
    for path in sorted(_directory(chain).glob("*.log")):
        if date.fromisoformat(path.stem) < (since - timedelta(days=1)).date():
            continue
        for text in path.read_text().splitlines():
            line = _read(text)
            if line and since <= line.at and (until is None or line.at <= until):
                yield line


def forget(chain: UUID, *, now: datetime) -> int:
    """Delete the files of days that stand under signed roots for a week. Answers how many."""
    old = [path for path in _directory(chain).glob("*.log") if date.fromisoformat(path.stem) < (now - KEPT).date()]
    for path in old:
        path.unlink(missing_ok=True)
    return len(old)


def begins(chain: UUID) -> datetime | None:
    """Since when the sink remembers, None when it has nothing of the chain."""
    first = next(iter(sorted(_directory(chain).glob("*.log"))), None)
    if first is None:
        return None
    with first.open() as file:
        line = _read(file.readline())
    return line.at if line else None


def set_aside(chain: UUID, *, now: datetime) -> None:
    """Begin anew after a restore of an older state; what the sink remembers stays beside, under the day's name."""
    there = _directory(chain)
    if there.exists():
        there.rename(there.with_name(f"{chain}.lost-{now:%Y%m%dT%H%M%S}"))


def _after_commit(said: Mapping[str, Any]) -> None:
    try:
        append(DONE, said)
    except SinkFull as error:  # the event stands; the next one will be refused, in words
        log.error("audit.second_sink_full", error=type(error).__name__)


def _read(text: str) -> Line | None:
    try:
        word, at, event, digest = text.split()
        return Line(datetime.fromisoformat(at), UUID(event), digest, is_done=word == DONE)
    except ValueError:
        return None


def _directory(chain: UUID | None) -> Path:
    return Path(settings.AUDIT_TAIL) / str(chain or PORTAL)


def _open(path: Path) -> int:
    flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT
    try:
        return os.open(path, flags, 0o600)
    except FileNotFoundError:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        return os.open(path, flags, 0o600)
