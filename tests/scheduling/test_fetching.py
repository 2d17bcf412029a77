"""A file from outside comes within its time, or not at all."""

import socket
import time
from threading import Thread

import pytest
from django.test import override_settings

from scheduling import fetching

STEP = 0.2  # seconds between two bytes
HEAD = b"HTTP/1.1 200 OK\r\n"


def fetched_from(parts):
    """Fetch from a server on loopback that sends some bytes, one after another."""

    def serve():
        wire, _ = server.accept()
        with wire:
            wire.recv(65536)
            try:
                for part in parts:
                    wire.sendall(part)
                    time.sleep(STEP)
            except OSError:
                pass

    with socket.create_server(("127.0.0.1", 0)) as server, override_settings(OUTSIDE_HOSTS=frozenset({"127.0.0.1"})):
        Thread(target=serve, daemon=True).start()
        return fetching.fetch(f"http://127.0.0.1:{server.getsockname()[1]}/a.ics", most=1000)


def test_what_comes_in_time_is_read():
    assert fetched_from([HEAD, b"Content-Length: 2\r\n\r\n", b"o", b"k"]) == b"ok"


@pytest.mark.parametrize(
    "before",
    [b"HTTP/1.1 2", HEAD + b"X-Slow: ", HEAD + b"Transfer-Encoding: chunked\r\n\r\n"],
    ids=["the first line", "a header", "the size of a chunk"],
)
def test_bytes_that_drip_slowly_do_not_outlast_the_time(monkeypatch, before):
    monkeypatch.setattr(fetching, "SECONDS", 1)
    began = time.monotonic()

    with pytest.raises(fetching.NotFetched, match="longer than 10 seconds"):
        fetched_from([before, *[b"0"] * 15])

    assert time.monotonic() - began < 2
