"""Sealed values moved to another label or row: opened as what they were bound to, and bound to what they stand at now.

After a label was renamed in the code, or rows got new ids, nothing of them opens any more. A value that opens where it
stands is left, so doing it again changes nothing; one that opens in neither place is left, counted and told.
"""

import os
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from cryptography.exceptions import InvalidTag

from compliance import rotation
from compliance.audit import events
from compliance.crypto import data_keys
from compliance.crypto.columns import SealedTable, bound, everywhere
from compliance.crypto.sealed import FORMAT, HEAD
from compliance.tenancy import SYSTEM, acting_in

MOVED, RIGHT, UNOPENED = "moved", "right", "not_opened"


class UnknownLabel(Exception):
    """No sealed field has the label."""


@dataclass(frozen=True)
class Move:
    """From where: the label that values were sealed under, and the id that a row (the key) had before."""

    label: str
    was: str
    rows: Mapping[UUID, UUID] = field(default_factory=dict)

    def before(self, parts: tuple[Any, ...]) -> tuple[Any, ...]:
        """What a value was bound to in the place of `parts`: the row's id, which stands first, may have been another."""
        return (self.rows.get(parts[0], parts[0]), *parts[1:])


def reseal(practice: UUID, move: Move, *, is_dry: bool = False) -> Counter[str]:
    """Move the values of one label in one practice; answers how many were `moved`, `right` already, `not_opened`.

    `is_dry`: only counts. Each batch is a transaction; killed, it is started again. Raises UnknownLabel.
    """
    table, column = _place(move.label)
    counts: Counter[str] = Counter()
    after: UUID | None = rotation.FIRST
    while after is not None:
        with acting_in(practice, SYSTEM):
            after = _batch(table, column, practice, move, after=after, counts=counts, is_dry=is_dry)
    if counts[MOVED] and not is_dry:
        with acting_in(practice, SYSTEM):
            told = {"label": move.label, "was": move.was, "rows": len(move.rows), **counts}
            events.record("values.resealed", action=events.UPDATE, body=told)
    return counts


def _place(label: str) -> tuple[SealedTable, str]:
    for table in everywhere():
        for column, its_label in table.columns:
            if its_label == label:
                return table, f'"{column}"'
    raise UnknownLabel(label)


def _batch(
    table: SealedTable, column: str, practice: UUID, move: Move, *, after: UUID, counts: Counter[str], is_dry: bool
) -> UUID | None:
    rows = rotation.fetched(
        f"SELECT t.id, {', '.join(table.bound_to)}, t.{column} FROM {table.table} t"  # noqa: S608  # nosec B608
        f" WHERE t.practice_id = %s AND t.id > %s AND t.{column} IS NOT NULL ORDER BY t.id LIMIT {rotation.BATCH}"
        " FOR NO KEY UPDATE OF t",
        [practice, after],
    )
    moving = _Moving(practice, move)
    anew = [(row[0], value) for row in rows if (value := moving(row[1:-1], row[-1], counts)) is not None]
    if anew and not is_dry:
        rotation.put(table.table, [column], [pk for pk, _ in anew], [[value for _, value in anew]])
    return rows[-1][0] if rows else None


class _Moving:
    """Answers a value bound to its new place; None for one that is left."""

    def __init__(self, practice: UUID, move: Move) -> None:
        self.practice, self.move = practice, move
        self.number = data_keys.newest(practice)

    def __call__(self, parts: tuple[Any, ...], value: bytes, counts: Counter[str]) -> bytes | None:
        here = bound(self.move.label, self.practice, parts)
        if self._opened(value, self.move.label, here) is not None:
            counts[RIGHT] += 1
            return None
        text = self._opened(value, self.move.was, bound(self.move.was, self.practice, self.move.before(parts)))
        if text is None:
            counts[UNOPENED] += 1
            return None
        counts[MOVED] += 1
        nonce = os.urandom(12)
        closed = data_keys.cipher(self.practice, self.number, self.move.label).encrypt(nonce, text, here)
        return FORMAT + self.number.to_bytes(2, "big") + nonce + closed

    def _opened(self, value: bytes, label: str, tied: bytes) -> bytes | None:
        try:
            cipher = data_keys.cipher(self.practice, int.from_bytes(value[1:3], "big"), label)
            return cipher.decrypt(value[3:HEAD], value[HEAD:], tied)
        except (InvalidTag, ValueError, data_keys.KeyMissing):
            return None
