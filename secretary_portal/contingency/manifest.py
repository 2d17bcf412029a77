"""What a backup says of itself: rows of each table, heads of the chains, and the wrapped data keys, at one snapshot."""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection

from compliance.crypto.data_keys import unwrapped

TABLES = """
SELECT format('%I.%I', n.nspname, c.relname) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind = 'r' AND n.nspname IN ('public', 'sec') AND (n.nspname, c.relname) <> ('sec', 'pads') ORDER BY 1
"""
HEADS = "SELECT chain::text, number, encode(link, 'hex') FROM sec.heads"
DATA_KEYS = "SELECT practice_id::text, number, encode(wrapped, 'hex'), wrapped_with FROM compliance_datakey ORDER BY 1, 2"


@dataclass(frozen=True)
class Manifest:
    """`heads`: chain → [number, link]. `data_keys`: [practice, number, wrapped, wrapped with]; useless without the ring."""

    made_at: str
    rows: dict[str, int]
    heads: dict[str, list[Any]]
    data_keys: list[list[Any]] = field(default_factory=list)

    def bytes(self) -> bytes:
        """As it stands before the dump, its length first."""
        text = json.dumps(asdict(self)).encode()
        return len(text).to_bytes(4, "big") + text

    def check_ring(self) -> None:
        """Raises BadRing when the ring in place does not open the data keys of the backup."""
        for _, _, wrapped, version in self.data_keys:
            unwrapped(bytes.fromhex(wrapped), version)


def taken(now: datetime) -> Manifest:
    """Of the running transaction's snapshot, as a role that the wall does not hold back."""
    with connection.cursor() as cursor:
        cursor.execute(HEADS)
        heads = {chain: [number, link] for chain, number, link in cursor.fetchall()}
        cursor.execute(DATA_KEYS)
        keys = [list(row) for row in cursor.fetchall()]
    return Manifest(now.isoformat(), counted(), heads, keys)


def counted() -> dict[str, int]:
    """Rows of each table that this role sees."""
    with connection.cursor() as cursor:
        cursor.execute(TABLES)
        names = [name for (name,) in cursor.fetchall()]
        found = {}
        for name in names:
            cursor.execute(f"SELECT count(*) FROM {name}")  # noqa: S608  # nosec B608
            found[name] = cursor.fetchone()[0]
    return found


def split(pieces: Iterator[bytes]) -> tuple[Manifest, Iterator[bytes]]:
    """The manifest in front of a dump, and the dump."""
    held = bytearray()
    while len(held) < 4 or len(held) < 4 + int.from_bytes(held[:4], "big"):
        held += next(pieces)
    end = 4 + int.from_bytes(held[:4], "big")
    return Manifest(**json.loads(held[4:end])), _rest(bytes(held[end:]), pieces)


def _rest(first: bytes, pieces: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield from pieces
