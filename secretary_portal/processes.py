"""Child processes that never outlive the one that started them, and the ports they listen on."""

import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from errno import EADDRINUSE
from pathlib import Path
from typing import IO

PR_SET_PDEATHSIG = 1  # prctl(2)
PATIENCE = 10.0  # seconds between asking a process to end and ending it


class Trouble(Exception):
    """What went wrong and what to do, as a sentence for whoever typed the command."""


def start(
    command: Sequence[str], *, environment: Mapping[str, str], output: int | IO[bytes] | None = None, **how: object
) -> subprocess.Popen[bytes]:
    """Start a process in a session of its own: Ctrl-C reaches the parent only, and its death asks the child to end."""
    return subprocess.Popen(
        list(command),
        env=dict(environment),
        stdout=output,
        stderr=subprocess.STDOUT if output is not None else None,
        start_new_session=True,
        preexec_fn=_end_with_parent if sys.platform == "linux" else None,
        **how,  # type: ignore[call-overload]
    )


def end(processes: Iterable[subprocess.Popen[bytes]], *, patience: float = PATIENCE) -> None:
    """Ask all to end, wait, and end what is left together with its children."""
    running = [process for process in processes if process.poll() is None]
    for process in running:
        process.terminate()
    until = time.monotonic() + patience
    for process in running:
        try:
            process.wait(max(0.1, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            _kill_session(process)


def _kill_session(process: subprocess.Popen[bytes]) -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _end_with_parent() -> None:
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def free_port() -> int:
    """A port of the loopback that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def loopbacks(port: int) -> list[str]:
    """The loopback addresses to listen on, with the port. Raises Trouble when somebody else listens there."""
    found = []
    for family, host in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")):
        try:
            with socket.socket(family) as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind((host, port))
        except OSError as error:
            if family is socket.AF_INET or error.errno == EADDRINUSE:  # a machine may have no IPv6 at all
                why = f"Port {port} cannot be used ({error.strerror})."
                raise Trouble(f"{why} Choose another: PORT=8001 make demo") from error
            continue
        found.append(f"[{host}]:{port}" if ":" in host else f"{host}:{port}")
    return found


def room(directory: Path, *, megabytes: int) -> None:
    """Raises Trouble when the disk under a directory has less room than that, or it cannot be written."""
    try:
        directory.mkdir(parents=True, exist_ok=True)
        status = os.statvfs(directory)
        probe = directory / ".probe"
        probe.write_bytes(b"")
        probe.unlink()
    except OSError as error:
        raise Trouble(f"{directory} cannot be written ({error.strerror}). Mend that and start again.") from error
    free = status.f_bavail * status.f_frsize // 2**20
    if free < megabytes:
        raise Trouble(f"The disk of {directory} has {free} MB left; {megabytes} are needed. Make room and start again.")


def wait_for(answered: Callable[[], bool], *, seconds: float, trouble: str, alive: Callable[[], None] | None = None) -> None:
    """Ask again and again until it answers True. Raises Trouble after so many seconds; `alive` may raise sooner."""
    until = time.monotonic() + seconds
    while not answered():
        if alive:
            alive()
        if time.monotonic() > until:
            raise Trouble(trouble)
        time.sleep(0.05)
