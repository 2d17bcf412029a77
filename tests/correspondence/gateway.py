"""A real HTTP text gateway on loopback that keeps what it gets. Numbers that end in 0199 get 422, in 0198 503."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any


@dataclass
class Gateway:
    """What arrived, with its headers; `status` is what it answers whatever comes, when it is set."""

    received: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    status: int = 0

    def answer(self, said: dict[str, Any]) -> int:
        """As a gateway would; what is taken is kept."""
        if said["to"].endswith(("0199", "0198")):
            return 422 if said["to"].endswith("0199") else 503
        if not self.status:
            self.received.append(said)
        return self.status or 202


@contextmanager
def listening() -> Iterator[tuple[Gateway, int]]:
    """The gateway and its port."""
    gateway = Gateway()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            said = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            gateway.headers.append(dict(self.headers))
            self.send_response(gateway.answer(said))
            self.end_headers()
            self.wfile.write(json.dumps(said).encode())

        def log_message(self, *said: Any) -> None:
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield gateway, server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
