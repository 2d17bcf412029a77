"""Whoever serves does not start on a bad key ring: real processes, each kind of ring, each door."""

import base64
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

from compliance.crypto import ring
from tests.correspondence.workers import ROOT, to_the_tests_database
from tests.factories import people
from tests.reporting import EXACTLY, soak_row

CELERY = [sys.executable, "-m", "celery", "-A", "secretary_portal.celery"]
DOORS = {
    "wsgi": [sys.executable, "-c", "import secretary_portal.wsgi"],
    "asgi": [sys.executable, "-c", "import secretary_portal.asgi"],
    "web": [sys.executable, "-m", "gunicorn", "secretary_portal.wsgi", "--bind", "127.0.0.1:0", "--no-control-socket"],
    "worker": [*CELERY, "worker", "--pool", "solo", "-Q", "nothing", "--without-gossip", "--without-mingle"],
    "clock": [*CELERY, "beat", "--pidfile", "", "--schedule"],
}
OTHER = base64.b64encode(b"o" * ring.KEY_BYTES).decode()
EVERY = [str(version) for version in range(1, 100)]  # a test before may have wrapped the data keys anew
# (what is done to a good ring, what is said)
CHANGES = {
    "short": ({"wrapping": {"1": OTHER[:8]}}, "The wrapping key of version 1 is 6 bytes long, not 32."),
    "none": ({"index": {}}, "The key ring holds no index key. Restore it from its copy."),
    "kind missing": ({"audit": None}, "is damaged (AttributeError). Restore it from its copy."),
    "secret": (
        {"signing": {"1": base64.b64encode(settings.SECRET_KEY[:32].encode()).decode()}},
        "The signing key of version 1 equals SECRET_KEY.",
    ),
    "other context": ({"context": {"1": OTHER}}, "The key ring is of another installation: the database does not know"),
    "other wrapping": ({"wrapping": dict.fromkeys(EVERY, OTHER)}, "it does not open the practices' data keys."),
    "version gone": ({"wrapping": {"100": OTHER}}, "The key ring has no wrapping key of version "),
}
KINDS = ["missing", "torn", "open to others", *CHANGES]


def bad_ring(kind: str, at: Path) -> tuple[Path, str]:
    """A ring of one bad kind, and what is said of it."""
    path, good = at / f"{kind}.json".replace(" ", "-"), Path(settings.KEY_RING).read_text()
    if kind == "missing":
        return path, f"There is no key ring at {path}. Make one with: manage.py keys new"
    whole = json.loads(good)
    change, sentence = CHANGES.get(kind, ({}, ""))
    whole["keys"] |= change
    path.write_text(good[:100] if kind == "torn" else json.dumps(whole))
    path.chmod(0o440 if kind == "open to others" else 0o400)
    said = {"torn": "is damaged (JSONDecodeError). Restore it from its copy.", "open to others": f"Run: chmod 400 {path}"}
    return path, said.get(kind, sentence)


def begun(door: str, path: Path) -> subprocess.Popen:
    """One process that is to serve the test's database with a ring."""
    here = {
        "DJANGO_SETTINGS_MODULE": "secretary_portal.settings.test",
        "DATABASE_URL": to_the_tests_database(os.environ["DATABASE_URL"]),
        "REDIS_URL": settings.REDIS_URL,
        "KEY_RING": str(path),
    }
    command = [*DOORS[door], str(path.parent / "beat")] if door == "clock" else DOORS[door]
    return subprocess.Popen(command, cwd=ROOT, env=os.environ | here, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)


def ended(process: subprocess.Popen) -> tuple[bool, str]:
    """Whether it ended by itself as a failure, and all that it said."""
    try:
        said = process.communicate(timeout=60)[1]
    except subprocess.TimeoutExpired:
        process.kill()
        said = process.communicate()[1]
        return False, said.decode()
    return process.returncode > 0, said.decode()


def refusals(doors: list[str], kinds: list[str], at: Path) -> dict[tuple[str, str], bool]:
    """By door and kind: whether the portal stayed away and said why. All of a kind are started at once."""
    found = {}
    for kind in kinds:
        path, sentence = bad_ring(kind, at)
        for door, process in [(door, begun(door, path)) for door in doors]:
            failed, said = ended(process)
            found[door, kind] = failed and "The portal does not start: " in said and sentence in said
    return found


@pytest.fixture
def home(committed, tmp_path) -> Path:
    """Where rings lie; a practice has a data key, so that there is something to open."""
    people.practice()
    return tmp_path


def test_every_door_stays_shut_without_a_ring(home):
    assert refusals([*DOORS], ["missing"], home) == {(door, "missing"): True for door in DOORS}


@pytest.mark.parametrize("kind", KINDS[1:])
def test_each_bad_ring_is_refused_in_its_words(home, kind):
    assert refusals(["wsgi"], [kind], home) == {("wsgi", kind): True}


@pytest.mark.soak
def test_no_door_opens_on_any_bad_ring(home):
    found = refusals([*DOORS], KINDS, home)

    assert soak_row("doors_open_on_a_bad_ring", list(found.values()).count(False), 0, rule=EXACTLY), found
