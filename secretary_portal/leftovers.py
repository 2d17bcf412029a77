"""What servers that were killed leave behind: found, said in a sentence, cleared."""

import fcntl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

from secretary_portal.processes import Trouble


@contextmanager
def only_one(directory: Path) -> Iterator[None]:
    """Hold the directory. The lock is the kernel's and ends with its process. Raises Trouble when another holds it."""
    directory.mkdir(parents=True, exist_ok=True)
    with (directory / "lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise Trouble(f"Something runs already with the data in {directory}. End it first (Ctrl-C there).") from error
        yield


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
    while server.is_running() and server.status() != psutil.STATUS_ZOMBIE:
        if time.monotonic() > until:
            server.kill()
            break
        time.sleep(0.1)
    time.sleep(0.2)  # its children let go of the shared memory
