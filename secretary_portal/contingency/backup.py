"""One backup: a dump and its manifest of one snapshot, encrypted to a public key as it is written."""

import os
import subprocess
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey
from django.db import connection, transaction

from . import envelope, manifest, tools

PIECE = 1024 * 1024  # bytes
SEES_ALL = "SELECT rolbypassrls FROM pg_roles WHERE rolname = current_user"
NOT_DUMPED = ("--exclude-table-data=sec.pads",)  # the context key, in another dress: a restore makes them anew


class NotMade(Exception):
    """The backup was not made; the text says why. Nothing is left of it."""


def make(into: Path, to: X25519PublicKey, *, now: datetime) -> manifest.Manifest:
    """Write a backup as `portal_backup`. Raises NotMade, ToolMissing, FileExistsError."""
    part = into.with_name(into.name + ".part")
    if into.exists():
        raise FileExistsError(into)
    try:
        with _Snapshot() as snapshot, part.open("xb") as file:
            os.chmod(part, 0o600)
            said = manifest.taken(now)
            envelope.write(file, to, _pieces(said, snapshot))
            file.flush()
            os.fsync(file.fileno())
        part.rename(into)
    finally:
        part.unlink(missing_ok=True)
    return said


class _Snapshot:
    """A transaction whose snapshot pg_dump shares, so that counts and rows are of the same moment."""

    def __enter__(self) -> str:
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            cursor.execute(SEES_ALL)
            if not cursor.fetchone()[0]:
                raise NotMade("This role does not see every row. Run it with DATABASE_URL of portal_backup.")
            cursor.execute("SELECT pg_export_Snapshot()")
            return str(cursor.fetchone()[0])

    def __exit__(self, *error: object) -> None:
        self.atomic.__exit__(*error)  # type: ignore[arg-type]


def _pieces(said: manifest.Manifest, snapshot: str) -> Iterator[bytes]:
    yield said.bytes()
    flags = ("--format=custom", "--no-owner", f"--snapshot={snapshot}", *NOT_DUMPED)
    with tools.start("pg_dump", *flags, stdout=subprocess.PIPE) as process:
        assert process.stdout
        while piece := process.stdout.read(PIECE):
            yield piece
    if process.returncode:
        raise NotMade("pg_dump stopped; its own words stand above.")
