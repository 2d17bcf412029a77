"""A house of its own for the drill: database, ring, roots; every act is a process of its own, as in real work."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

HOME = Path(__file__).resolve().parent.parent.parent


class House:
    """`at` holds ring, roots and backups; each database is dropped in the end."""

    def __init__(self, at: Path, name: str) -> None:
        self.at, self.name, self.databases = at, name, []
        (at / "key").mkdir()

    def url(self, role: str, database: str) -> str:
        there = urlsplit(os.environ["DATABASE_URL"])
        return urlunsplit(there._replace(netloc=f"{role}@{there.netloc.partition('@')[2]}", path=f"/{database}"))

    def database(self, suffix: str) -> str:
        name = f"{self.name}_{suffix}"
        with psycopg.connect(self.url("portal_owner", "postgres"), autocommit=True) as owner:
            owner.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(name)))
            owner.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(name)))
        self.databases.append(name)
        return name

    def variables(self, database: str, role: str = "portal_app") -> dict[str, str]:
        return os.environ | {
            "DJANGO_SETTINGS_MODULE": "secretary_portal.settings.test",
            "DATABASE_URL": self.url(role, database),
            "KEY_RING": str(self.at / "ring.json"),
            "AUDIT_ROOTS": str(self.at / "roots"),
            "AUDIT_TAIL": str(self.at / "tail"),
        }

    def manage(self, database: str, *words: object, role: str = "portal_app") -> subprocess.CompletedProcess[str]:
        return self._run(["manage.py", *map(str, words)], self.variables(database, role))

    def work(self, database: str, *words: object) -> Any:
        """What tests/contingency/work.py prints."""
        done = self._run(["-m", "tests.contingency.work", *map(str, words)], self.variables(database))
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout.splitlines()[-1])

    @contextmanager
    def at_work(self, database: str, *words: str) -> Iterator[None]:
        """People register patients meanwhile."""
        command = [sys.executable, "-m", "tests.contingency.work", *words]
        process = subprocess.Popen(
            command, cwd=HOME, env=self.variables(database), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        assert process.stdout
        assert process.stdout.readline()
        yield
        process.communicate("", timeout=60)
        assert process.returncode == 0

    def clear(self) -> None:
        with psycopg.connect(self.url("portal_owner", "postgres"), autocommit=True) as owner:
            for name in self.databases:
                owner.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    def _run(self, words: list[str], variables: dict[str, str]) -> subprocess.CompletedProcess[str]:
        return subprocess.run([sys.executable, *words], cwd=HOME, env=variables, capture_output=True, text=True)
