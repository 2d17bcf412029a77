"""Real worker processes against the test's database and Redis."""

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import IO
from urllib.parse import urlsplit
from uuid import uuid4

from django.conf import settings
from django.db import connection

from secretary_portal.celery import app

ROOT = Path(__file__).resolve().parents[2]


class Workers:
    """Single-process workers on a queue of their own, which can be killed like a machine that loses power."""

    def __init__(self, *, smtp_port: int, output: int | IO[bytes] = subprocess.DEVNULL) -> None:
        self.output = output
        self.queue = f"test-{uuid4().hex[:12]}"
        self.processes: list[subprocess.Popen[bytes]] = []
        self.environment = os.environ | {
            "DJANGO_SETTINGS_MODULE": "tests.correspondence.worker_settings",
            "DATABASE_URL": to_the_tests_database(os.environ["DATABASE_URL"]),
            "REDIS_URL": settings.REDIS_URL,
            "KEY_RING": str(settings.KEY_RING),
            "AUDIT_ROOTS": str(settings.AUDIT_ROOTS),
            "AUDIT_TAIL": str(settings.AUDIT_TAIL),
            "EMAIL_URL": f"smtp://127.0.0.1:{smtp_port}",
            "TEST_QUEUE": self.queue,
        }

    def start(self, count: int = 1) -> None:
        """Start so many more."""
        command = [sys.executable, "-m", "celery", "-A", "secretary_portal.celery", "worker", "--pool", "solo"]
        command += ["-Q", self.queue, "--without-gossip", "--without-mingle", "--without-heartbeat", "-l", "error"]
        for number in range(count):
            name = ["-n", f"{self.queue}-{len(self.processes)}-{number}@%h"]
            self.processes.append(
                subprocess.Popen(
                    [*command, *name], cwd=ROOT, env=self.environment, stdout=self.output, stderr=subprocess.STDOUT
                )
            )

    def all_alive(self) -> bool:
        """Whether none ended by itself."""
        return all(process.poll() is None for process in self.processes)

    def kill(self) -> int:
        """SIGKILL to each of them; answers how many there were."""
        for process in self.processes:
            process.send_signal(signal.SIGKILL)
            process.wait()
        killed, self.processes = len(self.processes), []
        return killed

    def run(self, task: str) -> None:
        """Queue a task as the clock does."""
        app.send_task(task, queue=self.queue)

    def waiting(self) -> int:
        """How many tasks nobody has fetched."""
        with app.connection_for_read() as link:
            return link.default_channel.client.llen(self.queue)

    def stop(self) -> None:
        """End them, and their queue."""
        self.kill()
        with app.connection_for_write() as link:
            link.default_channel.client.delete(self.queue)


def to_the_tests_database(url: str) -> str:
    """The address of a database, with the test's own in its place."""
    return urlsplit(url)._replace(path=f"/{connection.settings_dict['NAME']}").geturl()
