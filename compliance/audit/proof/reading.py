"""How the trail is read for its proof. The SQL stands here and not in the database, where it could be bent with the rows."""

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from compliance.audit.chain import NAMES, PORTAL


@dataclass(frozen=True)
class Head:
    """Where a chain ends."""

    number: int
    link: bytes


def start_of(chain: UUID) -> bytes:
    """The link before the first."""
    return hashlib.sha256(chain.bytes).digest()


def head_of(chain: UUID) -> Head:
    """The end of a chain as the database keeps it; number 0 for one without events."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT number, link FROM sec.chain_heads() WHERE chain = %s", [chain])
        row = cursor.fetchone()
    return Head(row[0], bytes(row[1])) if row else Head(0, start_of(chain))


def links_of(chain: UUID, alias: str = "l") -> str:
    """The SQL of a chain's links, to stand behind FROM. The portal's own are behind a function: no policy shows them."""
    if chain == PORTAL:
        return f"sec.portal_links() AS {alias}"
    return f"(SELECT * FROM compliance_auditlink WHERE practice_id = '{chain}') AS {alias}"  # noqa: S608  # nosec B608


def events_of(chain: UUID, alias: str = "e") -> str:
    """The SQL of a chain's events, likewise."""
    if chain == PORTAL:
        return f"sec.portal_events() AS {alias}"
    return f"(SELECT * FROM compliance_auditevent WHERE practice_id = '{chain}') AS {alias}"  # noqa: S608  # nosec B608


def room() -> None:
    """Memory for joins over whole years, and the zone that contents are written in; for this transaction.

    What this transaction itself has written gets its links now and not at COMMIT, or it would look inserted.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS chained IMMEDIATE; SET CONSTRAINTS chained DEFERRED")
        cursor.execute("SET LOCAL timezone = 'UTC'; SET LOCAL datestyle = 'ISO'")
        cursor.execute("SET LOCAL work_mem = '256MB'; SET LOCAL jit = off")


def link(chain: UUID, number: int) -> bytes:
    """One link; the start for number 0, nothing for one that is not there."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT link FROM {links_of(chain)} WHERE number = %s",  # noqa: S608  # nosec B608
            [number],
        )
        row = cursor.fetchone()
    return bytes(row[0]) if row else start_of(chain) if number == 0 else b""


def moment(chain: UUID, number: int) -> datetime | None:
    """When the event of a link was written; None for a link that is not there."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT at FROM {links_of(chain)} WHERE number = %s",  # noqa: S608  # nosec B608
            [number],
        )
        row = cursor.fetchone()
    return row[0] if row else None


def events(
    chain: UUID, *, since: datetime | None = None, until: datetime | None = None, ids: Iterable[UUID] | None = None
) -> Iterator[dict[str, Any]]:
    """Events as they were said, by the columns' names, for their HMAC. `ids` None: all of the time."""
    columns = ", ".join({"address": "host(address)", "body": "body::text"}.get(name, name) for name in NAMES)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {columns} FROM {events_of(chain)} WHERE "  # noqa: S608  # nosec B608
            "at >= coalesce(%(since)s, '-infinity'::timestamptz) AND at <= coalesce(%(until)s, 'infinity'::timestamptz) "
            "AND (%(ids)s::uuid[] IS NULL OR id = ANY(%(ids)s::uuid[]))",
            {"since": since, "until": until, "ids": None if ids is None else list(ids)},
        )
        while rows := cursor.fetchmany(5_000):
            yield from (_said(row) for row in rows)


def _said(row: Iterable[Any]) -> dict[str, Any]:
    said = dict(zip(NAMES, row, strict=True))
    return said | {"body": json.loads(said["body"]), "digest": bytes(said["digest"])}
