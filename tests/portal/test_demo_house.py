"""The demo as a whole, started as `make demo` starts it: its own servers, data and port."""

import json
import os
import signal
import stat
import subprocess
import sys
import urllib.request
from pathlib import Path

import psutil
import pytest

from tests.houses import HOME


def living(var: Path) -> list[str]:
    """What still runs for this demo: its processes name its directory, or live in it."""
    found = []
    for process in psutil.process_iter(["cmdline", "environ", "status"]):
        said = " ".join(process.info["cmdline"] or []) + str(process.info["environ"] or "")
        if str(var) in said and process.info["status"] != psutil.STATUS_ZOMBIE:
            found.append(" ".join(process.info["cmdline"]))
    return found


def opened(link: str) -> str:
    """The page that a link leads to, by a browser that keeps cookies."""
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
    try:
        return browser.open(link).geturl()
    except urllib.error.HTTPError as answer:  # the first page may need more than this test has loaded
        with answer:
            return answer.geturl()


@pytest.mark.soak
def test_demo_starts_and_its_links_answer_and_it_ends_without_a_trace(start, var):
    house = start()
    links = json.loads((var / "demo/sign-in.json").read_text())

    assert list(links) == ["secretary", "admin", "provider", "privacy"]
    assert [link for link in links.values() if "/accounts/login/" in opened(link) or "/demo/" in opened(link)] == []
    assert [stat.S_IMODE((var / "private" / name).stat().st_mode) for name in (".", "demo")] == [0o700, 0o700]

    house.send_signal(signal.SIGTERM)

    assert house.wait(40) == 0
    assert living(var) == []


def test_port_that_is_taken_is_told_in_a_sentence(start, var):
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        done = subprocess.run(
            [sys.executable, "-m", "secretary_portal.demo", "--var", str(var)],
            cwd=HOME,
            env={"PATH": os.environ["PATH"], "PORT": str(taken.getsockname()[1])},
            capture_output=True,
            text=True,
        )

    assert done.returncode == 1
    assert "Choose another: PORT=8001 make demo" in done.stdout


@pytest.mark.soak
def test_demo_that_was_killed_starts_again_with_its_data(start, var):
    first = start()
    before = (var / "demo/sign-in.json").read_text()

    first.kill()
    first.wait()
    second = start()

    assert (second.said[-1], second.poll()) == ("End with Ctrl-C.", None)
    assert (var / "demo/sign-in.json").read_text() == before


@pytest.mark.soak
def test_demo_whose_every_process_was_killed_starts_again(start, var):
    first = start()

    for process in psutil.process_iter(["cmdline", "environ"]):
        if str(var) in " ".join(process.info["cmdline"] or []) + str(process.info["environ"] or ""):
            process.kill()
    first.wait()
    second = start()

    assert (second.said[-1], second.poll()) == ("End with Ctrl-C.", None)
    assert any("stale lock" in line for line in second.said)


@pytest.mark.soak
def test_demo_runs_once_and_reset_waits_for_its_end(start, var):
    start()

    done = subprocess.run(
        [sys.executable, "-m", "secretary_portal.demo", "--var", str(var), "--reset"],
        cwd=HOME,
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
    )

    assert done.returncode == 1
    assert "runs already" in done.stdout
