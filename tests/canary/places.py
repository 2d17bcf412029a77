"""Where the canary might have left a trace: every table, PostgreSQL's log, Redis, sessions, files."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from uuid import uuid4

import redis
from django.conf import settings
from django.db import connection

from compliance.models import Session
from compliance.session_store import SessionStore
from secretary_portal import embedded
from tests.conftest import as_role

ROOT = Path(__file__).resolve().parents[2]
WRITTEN_INTO = ("var", "media", "staticfiles")  # beside the sources; servers' own data is looked at from inside
TABLES = """
SELECT format('%I.%I', n.nspname, c.relname) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind = 'r' AND n.nspname NOT IN ('pg_catalog', 'information_schema') ORDER BY 1
"""
STATISTICS = "SELECT tablename, attname, most_common_vals::text, histogram_bounds::text FROM pg_stats"


def dump() -> Iterator[bytes]:
    """Every row of every table as text, as the superuser sees it; what the planner remembers of them, too."""
    with as_role("postgres"), connection.cursor() as cursor:
        cursor.execute("ANALYZE")
        cursor.execute(TABLES)
        for table in [row[0] for row in cursor.fetchall()]:
            yield table.encode()
            with cursor.copy(f"COPY {table} TO STDOUT") as rows:
                yield from (bytes(row) for row in rows)
        cursor.execute(STATISTICS)
        yield from (repr(row).encode() for row in cursor.fetchall())


def sessions() -> Iterator[bytes]:
    """What each session holds, unpacked."""
    store = SessionStore()
    return (repr(store.decode(row.session_data)).encode() for row in Session.objects.all())


@contextmanager
def server_log() -> Iterator[list[bytes]]:
    """What PostgreSQL writes into its log meanwhile, set up as the portal's own servers are."""
    with as_role("postgres"), connection.cursor() as cursor:
        database = connection.ops.quote_name(connection.settings_dict["NAME"])
        for name, value in embedded.QUIET.items():
            cursor.execute(f"ALTER DATABASE {database} SET {name} = '{value}'")
        cursor.execute("SHOW data_directory")
        data = Path(cursor.fetchone()[0])
    logs = {path: path.stat().st_size for path in [*data.glob("log*"), *data.glob("log/*")] if path.is_file()}
    written: list[bytes] = []
    yield written
    for path, before in logs.items():
        with path.open("rb") as file:
            file.seek(before)
            written.append(file.read())


@contextmanager
def redis_commands() -> Iterator[list[bytes]]:
    """Every command that any client sends to Redis meanwhile, and what it keeps in the end."""
    seen: list[bytes] = []
    end = f"the end {uuid4()}"

    def watch(monitor: redis.client.Monitor) -> None:
        while end.encode() not in (command := repr(monitor.next_command()).encode()):
            seen.append(command)

    waiting = redis.Redis.from_url(settings.REDIS_URL, socket_timeout=None)
    with redis.Redis.from_url(settings.REDIS_URL) as client, waiting.monitor() as monitor:
        thread = threading.Thread(target=watch, args=[monitor], daemon=True)
        thread.start()
        try:
            yield seen
            seen += [key + b" " + (client.dump(key) or b"") for key in client.scan_iter()]
        finally:
            client.echo(end)
            thread.join(10)


@contextmanager
def files() -> Iterator[list[bytes]]:
    """Every file that is new or changed beside the sources meanwhile: its name and what is in it."""
    before = dict(_files())
    found: list[bytes] = []
    yield found
    for path, moment in _files():
        if before.get(path) != moment:
            with suppress(OSError):
                found.append(str(path).encode() + b" " + path.read_bytes())


def _files() -> Iterator[tuple[Path, float]]:
    for folder in WRITTEN_INTO:
        for path in (ROOT / folder).rglob("*"):
            with suppress(OSError):
                if path.is_file() and "postgres" not in path.parts:
                    yield path, path.stat().st_mtime
