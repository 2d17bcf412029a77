"""A server on loopback that speaks clamd's INSTREAM as the real one does, and knows one signature: EICAR's."""

import socketserver
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

LIMIT = 25 * 1024 * 1024  # bytes; clamd's StreamMaxLength


def eicar() -> bytes:
    """The test file of EICAR, put together here: as a literal it would alarm the scanner of whoever clones this."""
    return b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"-".join([b"EICAR", b"STANDARD", b"ANTIVIRUS", b"TEST", b"FILE!$H+H*"])


class Speaker(socketserver.StreamRequestHandler):
    """One connection, one command."""

    def handle(self) -> None:
        if self._until_nul() != b"zINSTREAM":
            self.wfile.write(b"UNKNOWN COMMAND\0")
            return
        content = b""
        while size := struct.unpack(">I", self.rfile.read(4))[0]:
            content += self.rfile.read(size)
            if len(content) > LIMIT:
                self.wfile.write(b"INSTREAM size limit exceeded. ERROR\0")
                return
        self.server.seen.append(content)
        self.wfile.write(self.server.says or (b"stream: Eicar-Signature FOUND\0" if eicar() in content else b"stream: OK\0"))

    def _until_nul(self) -> bytes:
        said = b""
        while (one := self.rfile.read(1)) not in (b"", b"\0"):
            said += one
        return said


class OverTcp(socketserver.ThreadingTCPServer):
    """`seen`: what was streamed; `says`: an answer in place of the true one."""

    daemon_threads = True


class OverSocket(socketserver.ThreadingUnixStreamServer):
    """The same on a Unix socket."""

    daemon_threads = True


@contextmanager
def listening(path: Path | None = None, *, says: bytes = b"") -> Iterator[tuple[str, list[bytes]]]:
    """(what `CLAMD` is set to, what was streamed)."""
    server = OverSocket(str(path), Speaker) if path else OverTcp(("127.0.0.1", 0), Speaker)
    server.seen, server.says = [], says
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield str(path) if path else f"127.0.0.1:{server.server_address[1]}", server.seen
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)
