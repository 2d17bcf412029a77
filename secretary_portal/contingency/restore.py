"""A backup put into an empty database, and proven there: rows counted, chains verified, revocations kept.

The file is read through once before anything is touched, so that a torn one changes nothing.
"""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from django.core.management import call_command
from django.db import connection

from compliance import trail
from compliance.audit import events, roots, second_sink
from compliance.audit.proof import links, outside
from compliance.models import Session
from compliance.tenancy import SYSTEM, acting_in

from . import again, envelope, manifest, tools

BEFORE_THE_WALL = ("--section=pre-data", "--section=data")  # policies and triggers stand in post-data
AFTER = ("--section=post-data",)


class NotRestored(Exception):
    """The restore stopped; the text says why, and whether the database was touched."""


@dataclass
class Restored:
    """What came back. `differences` is empty when everything is as the manifest says."""

    said: manifest.Manifest
    differences: list[str] = field(default_factory=list)
    sessions: int = 0
    revoked: int = 0
    set_aside: int = 0


def restore(file: Path, key: X25519PrivateKey, *, now: datetime) -> Restored:
    """Restore as the owner of an empty database. Raises NotRestored, Unreadable, ToolMissing, BadRing."""
    _refuse_full()
    with _opened(file, key) as (said, dump):
        for _ in dump:  # to its authenticated end
            pass
    said.check_ring()
    found = Restored(said)
    _load(file, key, BEFORE_THE_WALL)
    found.differences += _counted_otherwise(said)
    _load(file, key, AFTER)
    found.sessions, _ = Session.objects.all().delete()
    call_command("settle", verbosity=0)
    for chain, (number, link) in said.heads.items():
        found.differences += _proven(UUID(chain), number, link)
        found.set_aside += roots.set_aside(UUID(chain), number, now=now)
        second_sink.set_aside(UUID(chain), now=now)
    found.revoked, failed = again.replay()
    found.differences += failed
    _record(found)
    return found


def _refuse_full() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_class WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace")
        if cursor.fetchone()[0]:
            raise NotRestored("The database is not empty. A restore never overwrites: make a new database.")


@contextmanager
def _opened(file: Path, key: X25519PrivateKey) -> Iterator[tuple[manifest.Manifest, Iterator[bytes]]]:
    try:
        with file.open("rb") as source:
            yield manifest.split(envelope.read(source, key))
    except FileNotFoundError as error:
        raise NotRestored(f"There is no file {file}.") from error


def _load(file: Path, key: X25519PrivateKey, sections: tuple[str, ...]) -> None:
    flags = ("--exit-on-error", "--no-owner", "--no-comments", *sections)
    connection.close()
    with _opened(file, key) as (_, dump), tools.start("pg_restore", *flags, stdin=subprocess.PIPE) as process:
        assert process.stdin
        with suppress(BrokenPipeError):  # its own words say why
            for piece in dump:
                process.stdin.write(piece)
            process.stdin.close()
    if process.returncode:
        raise NotRestored("pg_restore stopped; its own words stand above. Drop this database and make a new one.")


def _counted_otherwise(said: manifest.Manifest) -> list[str]:
    """Before the wall stands, while the owner sees every row."""
    there = manifest.counted()
    names = sorted(said.rows.keys() | there.keys())
    return [
        f"{name}: {there.get(name, 0)} rows, {said.rows.get(name, 0)} in the backup"
        for name in names
        if there.get(name, 0) != said.rows.get(name, 0)
    ]


def _proven(chain: UUID, number: int, link: str) -> list[str]:
    """Each event against its link, the end against the manifest, and the signed roots that the backup reaches."""
    with trail.on_chain(chain):
        found = [str(one) for one in links.checked(chain, 0)]
        with connection.cursor() as cursor:
            cursor.execute("SELECT number, link FROM sec.chain_heads() WHERE chain = %s", [chain])
            there = cursor.fetchone()
        signed = [root for root in outside.readable(chain) or [] if root.number <= number]
        _, bad = outside.proven(chain, signed)
    if there is None or (there[0], bytes(there[1]).hex()) != (number, link):
        found.append("The end is another one than in the backup.")
    if bad:
        found.append(f"The signed root over event {bad.number} is not reached.")
    return [f"Trail {chain}: {sentence}" for sentence in found]


def _record(found: Restored) -> None:
    with acting_in(None, SYSTEM):
        body = {"backup": found.said.made_at, "differences": len(found.differences), "revoked": found.revoked}
        events.record("backup.restored", body=body | {"sessions": found.sessions, "roots_set_aside": found.set_aside})
