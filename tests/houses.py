"""The demo as a whole for tests, started as `make demo` starts it: its own servers, data and port."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from secretary_portal import processes

HOME = Path(__file__).resolve().parent.parent
Start = Callable[[], subprocess.Popen]


@pytest.fixture
def var() -> Iterator[Path]:
    """Not under pytest's own directory: as root the database's user has to pass through the folders above."""
    place = HOME / f"var/tests/demo-{os.getpid()}"
    shutil.rmtree(place, ignore_errors=True)
    yield place
    shutil.rmtree(place, ignore_errors=True)


@pytest.fixture
def start(var) -> Iterator[Start]:
    """Starts the demo and reads what it prints until it is ready, or has ended."""
    port, started = processes.free_port(), []

    def begin() -> subprocess.Popen:
        house = processes.start(
            [sys.executable, "-u", "-m", "secretary_portal.demo", "--var", str(var)],
            environment={"PATH": os.environ["PATH"], "HOME": str(HOME), "PORT": str(port)},
            output=subprocess.PIPE,
            cwd=HOME,
        )
        started.append(house)
        house.said = []
        for line in house.stdout:
            house.said.append(line.decode().rstrip())
            if "End with Ctrl-C" in house.said[-1]:
                break
        return house

    yield begin
    processes.end(started, patience=30)
    for house in started:
        house.stdout.close()
