"""A mail server for trying out: keeps what it is given in files that nobody else can read.

Its own process: `python -m secretary_portal.demo.mail_sink PORT DIRECTORY`.
"""

import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any
from uuid import uuid4


@dataclass(frozen=True)
class Letter:
    """One message as the page shows it."""

    at: datetime
    to: str
    subject: str
    message_id: str
    text: str


class Keeper:
    """aiosmtpd's handler: one file for each message."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802  (the library's name)
        """Answer 250 only when the message lies on the disk."""
        name = self.directory / f"{time.time_ns():020d}-{uuid4().hex[:8]}"
        handle = os.open(name.with_suffix(".part"), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(envelope.original_content or envelope.content)
        name.with_suffix(".part").rename(name.with_suffix(".eml"))
        return "250 Kept"


def letters(directory: Path, *, limit: int) -> Iterator[Letter]:
    """The newest messages first."""
    for file in sorted(directory.glob("*.eml"), reverse=True)[:limit]:
        message = message_from_bytes(file.read_bytes(), policy=policy.default)
        body = message.get_body(("plain", "html"))
        yield Letter(
            at=datetime.fromtimestamp(int(file.name.split("-")[0]) / 1e9, UTC),
            to=str(message["To"] or ""),
            subject=str(message["Subject"] or ""),
            message_id=str(message["Message-ID"] or ""),
            text=str(body.get_content()) if body else "",
        )


def main() -> None:
    """Serve until asked to end."""
    from aiosmtpd.controller import Controller

    port, directory = int(sys.argv[1]), Path(sys.argv[2])
    directory.mkdir(parents=True, exist_ok=True, mode=0o700)
    controller = Controller(Keeper(directory), hostname="127.0.0.1", port=port)
    controller.start()
    asked = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: asked.set())
    asked.wait()
    controller.stop()


if __name__ == "__main__":
    main()
