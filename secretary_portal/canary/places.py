"""Where no health data may be, as bytes: files that are named to the portal, Redis, sessions, jobs, outbox, change logs."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import redis
from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.db.models import QuerySet

from compliance.models import FieldChange, Job, Session
from correspondence.models import Message

NEWEST = 64 * 1024 * 1024  # bytes read of each file, from its end


def files() -> Iterator[bytes]:
    """The newest part of each file of `CANARY_FILES`, and of all files under its directories. Raises OSError."""
    for named in map(Path, settings.CANARY_FILES):
        for path in sorted(named.rglob("*")) if named.is_dir() else [named]:
            if path.is_file() or path == named:
                with path.open("rb") as file:
                    file.seek(max(0, path.stat().st_size - NEWEST))
                    yield path.name.encode() + b"\n" + file.read(NEWEST)


def in_redis() -> Iterator[bytes]:
    """Every key with what it holds. Raises redis.RedisError."""
    with redis.Redis.from_url(settings.REDIS_URL, socket_timeout=5, socket_connect_timeout=5) as client:
        for key in client.scan_iter(count=1000):
            yield key + b" " + (client.dump(key) or b"")


def sessions() -> Iterator[bytes]:
    """What each session holds, unpacked."""
    for row in Session.objects.iterator():
        yield repr(row.get_decoded()).encode()


def jobs() -> Iterator[bytes]:
    """The jobs of the practice."""
    return _said(Job.objects.values_list("title", "sentence", "findings", "checkpoint"))


def outbox() -> Iterator[bytes]:
    """What stands beside the sealed text of the practice's messages."""
    return _said(Message.objects.values_list("subject", "key", "error"))


def changes() -> Iterator[bytes]:
    """The practice's field changes, and the admin site's own log."""
    yield from _said(FieldChange.objects.values_list("object_repr", "changes"))
    yield from _said(LogEntry.objects.values_list("object_repr", "change_message"))


def _said(rows: QuerySet[Any, Any]) -> Iterator[bytes]:
    return (repr(row).encode() for row in rows.iterator())


PLACES: dict[str, Callable[[], Iterator[bytes]]] = {
    "files": files,
    "Redis": in_redis,
    "sessions": sessions,
    "jobs": jobs,
    "the outbox": outbox,
    "change logs": changes,
}
