"""Search over sealed values: keyed tokens that tell equality and nothing else.

A practice's tokens are there under one version of the index key, and while that is exchanged every write makes those of
the coming version too. The models stand above: so the versions are read by SQL.
"""

import hashlib
import hmac
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from django.db import connection

from .data_keys import KeyMissing, index_key

TOKEN_BYTES = 8
_VERSIONS = """
SELECT pg_advisory_xact_lock_shared(%s);
SELECT index_version, coming_index_version FROM compliance_practice WHERE id = %s
"""


@dataclass(frozen=True)
class Versions:
    """Of the index key. Under `made` every token is there, so searches look under it; `coming` is being made."""

    made: int
    coming: int | None

    @property
    def written(self) -> tuple[int, ...]:
        """Those that a write makes tokens of."""
        return (self.made,) if self.coming is None else (self.made, self.coming)


def versions(practice: UUID) -> Versions:
    """Which ones hold now, and until this transaction ends: whoever changes them waits for it.

    In one round trip; the row is read once the lock is there. Raises KeyMissing where there is no such practice.
    """
    with connection.cursor() as cursor:
        cursor.execute(_VERSIONS, [_gate(practice), practice])
        cursor.nextset()
        row = cursor.fetchone()
    if row is None:
        raise KeyMissing(f"There is no practice {practice}.")
    return Versions(*row)


def hold_versions(practice: UUID) -> None:
    """Wait for all who use them, and keep whoever comes waiting until this transaction ends: to change them.

    A lock of the row would not do: PostgreSQL lets one who shares it pass by one who waits to change it.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_gate(practice)])


def _gate(practice: UUID) -> int:
    """The number of the practice's advisory lock, of 64 bits. Two of the same number only wait for one another."""
    return int.from_bytes(hashlib.sha256(b"index versions" + practice.bytes).digest()[:8], signed=True)


def token(kind: str, text: str, *, practice: UUID, version: int) -> bytes:
    """Eight bytes of HMAC-SHA256 over kind and text under the practice's own index key of a version.

    Two practices share no token, so a copy of the table says nothing about who is in both.
    """
    return hmac.digest(index_key(practice, version), f"{kind}|{text}".encode(), hashlib.sha256)[:TOKEN_BYTES]


@dataclass(frozen=True)
class Remade:
    """One batch: the last subject's id (None: there are no more), how many of them, tokens made, subjects not opened."""

    last: UUID | None
    subjects: int
    tokens: int
    unopened: int


class Maker(Protocol):
    """Makes one app's tokens again from the sealed values. Called inside the practice's context, a batch at a time."""

    @property
    def name(self) -> str:
        """By which its checkpoint is kept."""

    def count(self) -> int:
        """How many subjects have such tokens."""

    def remake(self, after: UUID, version: int) -> Remade:
        """The tokens of the next subjects under a version, beside those that are there."""

    def drop(self, after: UUID, version: int) -> UUID | None:
        """Delete the next subjects' tokens of every other version; the last one's id, None when there are no more."""

    def needing(self, version: int) -> int:
        """How many tokens of a version there are."""

    def forget(self) -> int:
        """Delete every token, for a practice that leaves; answers how many."""


_makers: dict[str, Maker] = {}


def register(maker: Maker) -> None:
    """Name an app's maker: so the exchange below reaches the tokens of the apps above."""
    _makers[maker.name] = maker


def makers() -> list[Maker]:
    """All of them, always in the same order."""
    return [_makers[name] for name in sorted(_makers)]
