"""A practice's data key exchanged while the portal serves: every sealed value sealed anew, batch by batch.

Each batch is one short transaction with its checkpoint in it. Rows that somebody holds are passed over and taken in the
next pass. A value that does not open is left as it is, counted and told: rotation never hides a damage.
"""

import os
import time
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

import psycopg
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.db import connection
from django.utils import timezone

from compliance import jobs
from compliance.audit import events
from compliance.crypto import data_keys
from compliance.crypto.columns import SealedTable, bound, everywhere
from compliance.crypto.sealed import FORMAT, HEAD
from compliance.models import DataKey, Job
from compliance.tenancy import SYSTEM, acting_in

KIND = "keys.rotate"
BATCH = 2_000  # rows
FIRST = UUID(int=0)
PASSES = 20


def begin(practice: UUID) -> Job:
    """A new data key and the job that seals everything with it; or the job that was stopped. For the operator."""
    with acting_in(practice, SYSTEM):
        job = Job.objects.filter(kind=KIND).exclude(state=Job.State.DONE).order_by("created_at").last()
        if job:
            return job
        number = 1 + (DataKey.objects.order_by("-number").values_list("number", flat=True).first() or 0)
        DataKey.objects.create(number=number, **data_keys.made())
        job = jobs.queue(kind=KIND, title="Exchange of the data key", by=None, total=sum(waiting(practice, number).values()))
        jobs.advance(job, step=0, now=timezone.now(), checkpoint={"to": number})
        events.record("key.made", action=events.CREATE, body={"number": number})
    data_keys.forget()
    return job


def run(practice: UUID, job: Job, *, patience: float = data_keys.FRESH) -> Job:
    """Do the whole job, or the rest of it. Raises JobTaken.

    `patience` (seconds): how long other processes may still seal with the old key before they have heard of the new one.
    """
    with acting_in(practice, SYSTEM):
        job = jobs.start(job, now=timezone.now())
    made_at = time.monotonic()
    for _ in range(PASSES):
        moved = _pass(practice, job)
        left = made_at + patience - time.monotonic()
        if not moved and left <= 0:
            break
        if not moved:
            time.sleep(min(left, 5))
    return _ended(practice, job)


def _pass(practice: UUID, job: Job) -> int:
    """Once through all tables, from the checkpoint on. Answers how many values were sealed anew."""
    moved = 0
    for table in everywhere():
        if table.table < job.checkpoint.get("table", ""):
            continue
        after: UUID | None = UUID(job.checkpoint["after"]) if job.checkpoint.get("table") == table.table else FIRST
        while after is not None:
            with acting_in(practice, SYSTEM):
                after, done = batch(table, practice, to=job.checkpoint["to"], after=after)
                mark = {"to": job.checkpoint["to"], "table": table.table, "after": str(after or UUID(int=2**128 - 1))}
                jobs.advance(job, step=job.step + done, now=timezone.now(), checkpoint=mark)
            moved += done
    with acting_in(practice, SYSTEM):
        jobs.advance(job, step=job.step, now=timezone.now(), checkpoint={"to": job.checkpoint["to"]})
    return moved


def _ended(practice: UUID, job: Job) -> Job:
    with acting_in(practice, SYSTEM):
        left = waiting(practice, job.checkpoint["to"])
        jobs.advance(job, step=job.step, now=timezone.now(), findings={table: n for table, n in left.items() if n})
        if any(left.values()):
            jobs.fail(
                job, now=timezone.now(), sentence=f"{sum(left.values())} values were not opened; they stand as they were."
            )
        else:
            jobs.finish(job, now=timezone.now(), sentence=f"{job.step} values are sealed with key {job.checkpoint['to']}.")
    return job


def batch(table: SealedTable, practice: UUID, *, to: int, after: UUID) -> tuple[UUID | None, int]:
    """Seal the next rows anew, inside the context. Answers the last row's id (None at the end), and how many values."""
    wanted = to.to_bytes(2, "big")
    columns = ", ".join(f"t.{name}" for name in table.names)
    rows = fetched(
        f"SELECT t.id, {', '.join(table.bound_to)}, {columns} FROM {table.table} t"  # noqa: S608  # nosec B608
        f" WHERE t.practice_id = %s AND t.id > %s AND ({table.older()}) ORDER BY t.id LIMIT {BATCH}"
        " FOR NO KEY UPDATE OF t SKIP LOCKED",
        [practice, after, *[wanted] * len(table.columns)],
    )
    if not rows:
        return None, 0
    anew = [_Anew(practice, label, to) for _, label in table.columns]
    ids, split = [row[0] for row in rows], 1 + len(table.bound_to)
    sealed = [[one(row[1:split], row[split + n]) for row in rows] for n, one in enumerate(anew)]
    put(table.table, table.names, ids, sealed)
    return ids[-1], sum(one.done for one in anew)


def put(table: str, names: list[str], ids: list[UUID], sealed: list[Any]) -> None:
    """Write columns of a table (`names` quoted for SQL), each a list of values in the order of `ids`, in one UPDATE."""
    setting = ", ".join(f"{name} = v.{name}" for name in names)
    given = ", ".join(["%b::uuid[]", *["%b::bytea[]"] * len(sealed)])
    psycopg.Cursor(connection.connection).execute(
        f"UPDATE {table} t SET {setting} FROM unnest({given}) AS v (id, {', '.join(names)})"  # noqa: S608  # nosec B608
        " WHERE t.id = v.id",
        [ids, *sealed],
    )


def fetched(query: str, values: list[Any]) -> list[tuple[Any, ...]]:
    """Bound by the server and answered in binary: half the time for bytes."""
    cursor = psycopg.Cursor(connection.connection)
    return cursor.execute(query, values, binary=True).fetchall()


class _Anew:
    """Seals the values of one column with another key. What does not open stays as it is."""

    def __init__(self, practice: UUID, label: str, to: int) -> None:
        self.practice, self.label, self.done = practice, label, 0
        self.head = FORMAT + to.to_bytes(2, "big")
        self.new = data_keys.cipher(practice, to, label)
        self.olds: dict[bytes, AESGCM] = {}

    def __call__(self, parts: tuple[Any, ...], value: bytes | None) -> bytes | None:
        """The value under the new key."""
        if value is None or value[:3] == self.head:
            return value
        tied = bound(self.label, self.practice, parts)
        try:
            text = self._old(value[1:3]).decrypt(value[3:HEAD], value[HEAD:], tied)
        except (InvalidTag, ValueError, data_keys.KeyMissing):
            return value
        nonce = os.urandom(12)
        self.done += 1
        return self.head + nonce + self.new.encrypt(nonce, text, tied)

    def _old(self, number: bytes) -> AESGCM:
        if number not in self.olds:
            self.olds[number] = data_keys.cipher(self.practice, int.from_bytes(number, "big"), self.label)
        return self.olds[number]


def waiting(practice: UUID, to: int) -> Counter[str]:
    """How many values of each table are sealed with another key than `to`. Inside the context."""
    return Counter(dict(_counted("<>", practice, to)))


def needing(practice: UUID, number: int) -> int:
    """How many values are sealed with one key. Inside the context."""
    return sum(count for _, count in _counted("=", practice, number))


def _counted(sign: str, practice: UUID, number: int) -> Iterator[tuple[str, int]]:
    for table in everywhere():
        each = " + ".join(f"count(*) FILTER (WHERE substring({name} FROM 2 FOR 2) {sign} %s)" for name in table.names)
        with connection.cursor() as cursor:
            values: list[Any] = [number.to_bytes(2, "big")] * len(table.names)
            cursor.execute(f"SELECT {each} FROM {table.table} WHERE practice_id = %s", [*values, practice])  # noqa: S608  # nosec B608
            yield table.table, cursor.fetchone()[0]


def finished_at(practice: UUID) -> datetime | None:
    """When the last exchange ended. Inside the context."""
    return (
        Job.objects.filter(kind=KIND, state=Job.State.DONE)
        .order_by("-finished_at")
        .values_list("finished_at", flat=True)
        .first()
    )
