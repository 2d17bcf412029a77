"""ClamAV looks at a file before anything else reads it, where a clamd is configured (`CLAMD`).

The protocol is clamd's own INSTREAM: pieces of at most 64 KiB, each behind its length (four bytes, big-endian), a length
of zero at the end, one answer (clamd(8)). Only `stream: OK` lets a file pass.
"""

import re
import socket
import struct
import time
from typing import BinaryIO

from django.conf import settings

PIECE = 64 * 1024  # bytes
WAITS = 30.0  # seconds, for the whole of one file
_CLEAN = "stream: OK"
_FOUND = re.compile(r"stream: ([\x21-\x7e]{1,100}) FOUND")


class Infected(Exception):
    """The scanner knows the file as malicious; `signature` is its name of it."""

    def __init__(self, signature: str) -> None:
        self.signature = signature
        super().__init__(signature)


class NoAnswer(Exception):
    """A scanner is configured and cannot be asked, or did not say that the file is clean."""


def look_into(file: BinaryIO) -> None:
    """Let the file pass, when no scanner is configured or it says so. Raises Infected, NoAnswer."""
    if not settings.CLAMD:
        return
    said = _asked(file, until=time.monotonic() + WAITS)
    if found := _FOUND.fullmatch(said):
        raise Infected(found[1])
    if said != _CLEAN:
        raise NoAnswer


def _asked(file: BinaryIO, *, until: float) -> str:
    """What clamd says of the file. Raises NoAnswer."""
    try:
        with _connected() as scanner:
            _stream(scanner, file, until)
            return _answer(scanner, until)
    except (OSError, ValueError) as error:
        raise NoAnswer from error


def _connected() -> socket.socket:
    """To `host:port`, or to a socket's path that begins with `/`."""
    if not settings.CLAMD.startswith("/"):
        host, _, port = settings.CLAMD.rpartition(":")
        return socket.create_connection((host.strip("[]"), int(port)), timeout=WAITS)
    scanner = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        scanner.settimeout(WAITS)
        scanner.connect(settings.CLAMD)
    except OSError:
        scanner.close()
        raise
    return scanner


def _stream(scanner: socket.socket, file: BinaryIO, until: float) -> None:
    scanner.sendall(b"zINSTREAM\0")
    while piece := file.read(PIECE):
        scanner.settimeout(_left(until))
        scanner.sendall(struct.pack(">I", len(piece)) + piece)
    scanner.sendall(struct.pack(">I", 0))


def _answer(scanner: socket.socket, until: float) -> str:
    said = b""
    while not said.endswith(b"\0"):
        scanner.settimeout(_left(until))
        piece = scanner.recv(1024)
        if not piece or len(said) > 1024:
            raise OSError("The scanner hung up, or does not speak clamd's protocol.")
        said += piece
    return said.rstrip(b"\0").decode("ascii")


def _left(until: float) -> float:
    if (left := until - time.monotonic()) <= 0:
        raise TimeoutError
    return left
