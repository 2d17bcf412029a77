"""What one gunicorn worker holds in memory after a thousand pages."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from compliance.tenancy.urls import practice_url
from tests.benchmarks.conftest import browser_of
from tests.reporting import bench_row

pytestmark = pytest.mark.bench
PAGES = 1_000
HOME = Path(__file__).resolve().parent.parent.parent


def resident_megabytes(pid: int) -> float:
    """The resident set of a process."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return round(int(next(line for line in lines if line.startswith("VmRSS")).split()[1]) / 1024, 1)


def children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def test_a_worker_stays_small_over_a_thousand_pages(large, unblocked):
    cookie = f"{settings.SESSION_COOKIE_NAME}={browser_of(large.secretary).session.session_key}"
    paths = [practice_url(large.practice, name) for name in ("scheduling:board", "patients:find", "correspondence:messages")]
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    name = connection.settings_dict["NAME"]
    before, _, query = os.environ["DATABASE_URL"].partition("?")
    environment = os.environ | {
        "DATABASE_URL": f"{before.rpartition('/')[0]}/{name}?{query}",
        "KEY_RING": str(settings.KEY_RING),
        "AUDIT_ROOTS": str(settings.AUDIT_ROOTS),
        "AUDIT_TAIL": str(settings.AUDIT_TAIL),
        "DJANGO_SETTINGS_MODULE": "secretary_portal.settings.test",
    }
    command = [sys.executable, "-m", "gunicorn", "secretary_portal.wsgi:application", "-b", f"127.0.0.1:{port}"]
    command += ["--workers", "1", "--threads", "4", "--worker-class", "gthread", "--log-level", "error"]
    server = subprocess.Popen(command, cwd=HOME, env=environment)
    try:
        for n in range(PAGES):
            _fetch(f"http://localhost:{port}{paths[n % len(paths)]}", cookie)
        (worker,) = children(server.pid)
        bench_row("one worker after 1,000 pages, MB", resident_megabytes(worker), None, 200)
    finally:
        server.terminate()
        server.wait(20)


def _fetch(url: str, cookie: str) -> None:
    for _ in range(100):
        try:
            with urllib.request.urlopen(urllib.request.Request(url, headers={"Cookie": cookie}), timeout=30) as answer:
                assert answer.status == 200
                assert "/accounts/login" not in answer.url
                answer.read()
            return
        except ConnectionError:
            time.sleep(0.2)
        except OSError as error:
            if "refused" not in str(error):
                raise
            time.sleep(0.2)
    raise AssertionError("The server did not come up.")
