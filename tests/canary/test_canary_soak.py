"""The canary again, through gunicorn, a worker, SMTP and the import command as processes of their own."""

import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.test import override_settings

from correspondence.enums import MessageState
from secretary_portal import processes
from tests.canary import places, traces, who
from tests.canary.browsers import OverHttp
from tests.canary.walk import Walk, house, import_file
from tests.correspondence import sink
from tests.correspondence.workers import ROOT, Workers
from tests.reporting import EXACTLY, soak_row

WEB = [sys.executable, "-m", "gunicorn", "secretary_portal.wsgi", "--config", "python:secretary_portal.web_server"]
STARTS = 60  # seconds


@contextmanager
def running(logs: Path) -> Iterator[tuple[Workers, sink.Sink, str]]:
    """Web, worker and mail server; what they print goes into `logs`."""
    with sink.listening() as (mail, smtp_port), (logs / "web").open("wb") as web_log, (logs / "worker").open("wb") as log:
        workers = Workers(smtp_port=smtp_port, output=log)
        workers.environment["DJANGO_SETTINGS_MODULE"] = "tests.canary.process_settings"
        port = sink.free_port()
        command = [*WEB, "--no-control-socket", "--bind", f"127.0.0.1:{port}"]
        web = processes.start(command, environment=workers.environment, output=web_log, cwd=ROOT)
        try:
            workers.start()
            origin = f"http://127.0.0.1:{port}"
            assert in_time(lambda: is_alive(origin), seconds=STARTS)
            yield workers, mail, origin
        finally:
            processes.end([web])
            workers.stop()


def is_alive(origin):
    try:
        return urllib.request.urlopen(f"{origin}/healthz", timeout=5).status == 200
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return False


def in_time(happened, *, seconds):
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if happened():
            return True
        time.sleep(0.2)
    return False


def imported(at, environment, folder):
    """What the command prints."""
    command = [sys.executable, "manage.py", "import_fhir", at.practice.slug, str(import_file(folder))]
    listed = ROOT / "var/imports" / f"{at.practice.slug}-patients.csv"
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, check=True)
    assert b"quarantined        3" in done.stdout, done.stdout
    kept = listed.read_bytes()
    listed.unlink()
    return [done.stdout, done.stderr, kept]


@pytest.mark.soak
@override_settings(ROOT_URLCONF="tests.canary.broken_urls")
def test_the_canary_leaves_no_trace_in_any_process(committed, tmp_path):
    at = house()
    (folder := tmp_path / "logs").mkdir()
    with (
        places.server_log() as server,
        places.redis_commands() as commands,
        places.files() as files,
        running(folder) as (workers, mail, origin),
    ):
        walk = Walk(at, lambda user: OverHttp(user, origin))
        walk.everything()
        said = imported(at, workers.environment, tmp_path)
        assert in_time(lambda: walk.reminded().state == MessageState.SENT, seconds=STARTS)
        walk.failed()
        own = [one for one in mail.received if who.EMAIL in str(one["To"])]
    printed = [log.read_bytes() for log in folder.iterdir()]

    assert who.GIVEN in own[0].get_content()
    assert b"Internal Server Error" in b"".join(printed)
    found = traces.hits(
        {
            "the database": places.dump(),
            "PostgreSQL's log": server,
            "Redis": commands,
            "the sessions": places.sessions(),
            "what web and worker print": printed,
            "what the import prints": said,
            "files": files,
            "mail subjects": [str(one["Subject"]).encode() for one in own],
            "addresses, headers and titles": walk.seen,
        }
    )
    assert soak_row("canary_hits", len(found), 0, rule=EXACTLY), found
