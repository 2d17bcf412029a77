"""What servers that were killed leave behind: found, said in a sentence, cleared."""

import fcntl
import json
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

import psutil

from secretary_portal.processes import wait_for


@contextmanager
def only_one(directory: Path, *, patience: float = 0) -> Iterator[None]:
    """Hold the directory. The lock is the kernel's and ends with its process.

    Raises Trouble when another holds it, and still does after `patience` seconds.
    """
    directory.mkdir(parents=True, exist_ok=True)
    trouble = f"Something runs already with the data in {directory}. End it first (Ctrl-C there)."
    with (directory / "lock").open("w") as file:
        wait_for(lambda: _held(file), seconds=patience, trouble=trouble)
        yield


def _held(file: IO[str]) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def note(file: Path, pids: Iterable[int]) -> None:
    """Keep which processes were started, for a start after a kill."""
    file.write_text(json.dumps([[pid, psutil.Process(pid).create_time()] for pid in pids if psutil.pid_exists(pid)]))


def clear_noted(file: Path) -> None:
    """Wait for processes whose parent was killed: they were asked to end by its death, and hold ports until they have."""
    if not file.exists():
        return
    left = [psutil.Process(pid) for pid, began in json.loads(file.read_text()) if _began(pid) == began]
    if left:
        print("\nThe last demo was killed: ending what is left of it.", flush=True)
    for process in left:
        with suppress(psutil.NoSuchProcess):
            process.terminate()
    for process in left:
        _wait(process)
    file.unlink()


def _began(pid: int) -> float | None:
    try:
        return psutil.Process(pid).create_time()
    except psutil.NoSuchProcess:
        return None


def clear_postgres(data: Path) -> None:
    """End a server that outlived its supervisor, and take away the lock of one that was killed."""
    lock = data / "postmaster.pid"
    if not lock.exists():
        return
    server = _process(lock.read_text().split("\n", 1)[0], name="postgres")
    if server is not None:
        print(f"PostgreSQL still runs from before (process {server.pid}): ending it.", flush=True)
        server.terminate()  # SIGTERM is PostgreSQL's smart shutdown, SIGINT its fast one
        server.send_signal(2)
        _wait(server)
    if lock.exists():
        print("PostgreSQL was killed: taking away its stale lock. It mends itself from its journal.", flush=True)
        lock.unlink()
    for leftover in data.glob(".s.PGSQL.*"):
        leftover.unlink()


def clear_redis(directory: Path) -> None:
    """End a server that outlived its supervisor; it keeps no data."""
    lock = directory / "pid"
    if not lock.exists():
        return
    server = _process(lock.read_text(), name="redis-server")
    if server is not None:
        print(f"Redis still runs from before (process {server.pid}): ending it.", flush=True)
        server.terminate()
        _wait(server)
    lock.unlink()


def _process(pid: str, *, name: str) -> psutil.Process | None:
    """The running process of a number, if it is what it was; a killed one that nobody has reaped does not run."""
    try:
        found = psutil.Process(int(pid))
        return found if found.name() == name and found.status() != psutil.STATUS_ZOMBIE else None
    except (ValueError, psutil.NoSuchProcess):
        return None


def _wait(server: psutil.Process, *, seconds: float = 15) -> None:
    until = time.monotonic() + seconds
    with suppress(psutil.NoSuchProcess):
        while server.is_running() and server.status() != psutil.STATUS_ZOMBIE:
            if time.monotonic() > until:
                server.kill()
                break
            time.sleep(0.1)
    time.sleep(0.2)  # its children let go of the shared memory
