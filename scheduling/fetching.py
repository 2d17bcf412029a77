"""Fetches a file from an address that a person typed: public addresses only, resolved once, limited in size and time.

What is connected to is the address that was checked, so that a name which answers differently a second time leads
nowhere (server-side request forgery, OWASP).
"""

import http.client
import io
import socket
import ssl
import time
from concurrent.futures import ThreadPoolExecutor
from ipaddress import ip_address, ip_network
from typing import Any, cast
from urllib.parse import urljoin, urlsplit

from django.conf import settings

SECONDS = 10  # from the first look-up to the last byte
STEPS = 3  # redirects
CHUNK = 64 * 1024
INSIDE = tuple(map(ip_network, ("2002::/16", "fec0::/10")))  # 6to4 carries an IPv4 address, the other is site-local
TOO_LONG = "The address took longer than 10 seconds."


class NotFetched(Exception):
    """The file did not come. The text says why, and never where from."""


def fetch(address: str, *, most: int) -> bytes:
    """The file at an https address, of at most `most` bytes. Raises NotFetched."""
    ends = time.monotonic() + SECONDS
    for _ in range(STEPS + 1):
        try:
            answer = _one(address, most=most, ends=ends)
        except TimeoutError as error:
            raise NotFetched(TOO_LONG) from error
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise NotFetched("The address did not answer as a calendar does.") from error
        if isinstance(answer, bytes):
            return answer
        address = urljoin(address, answer)
    raise NotFetched("The address leads from one place to the next without end.")


def _one(address: str, *, most: int, ends: float) -> bytes | str:
    """The file, or where it is instead."""
    parts = urlsplit(address.replace("webcal://", "https://", 1))
    if parts.scheme != "https" and parts.hostname not in settings.OUTSIDE_HOSTS:
        raise NotFetched("The address must begin with https://.")
    host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
    with _connected(host, port, ends) as plain:
        wire = ssl.create_default_context().wrap_socket(plain, server_hostname=host) if parts.scheme == "https" else plain
        connection = http.client.HTTPConnection(host, port)
        connection.sock = wire
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.request("GET", path, headers={"Accept": "text/calendar", "User-Agent": "Secretary-Portal"})
        response = http.client.HTTPResponse(cast(socket.socket, _Timely(wire, ends)), method="GET")
        response.begin()
        if response.status in (301, 302, 303, 307, 308):
            return response.headers["Location"] or ""
        if response.status != 200:
            raise NotFetched(f"The address answered {response.status} instead of a calendar.")
        return _read(response, most=most)


class _Timely(io.RawIOBase):
    """What a socket receives until one moment, however little comes at a time: its own timeout begins anew each time."""

    def __init__(self, wire: socket.socket, ends: float) -> None:
        self._wire, self._ends = wire, ends

    def makefile(self, mode: str) -> io.BufferedReader:
        """As the response asks of a socket."""
        return io.BufferedReader(self)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        self._wire.settimeout(_left(self._ends))
        return self._wire.recv_into(buffer)


def _read(response: http.client.HTTPResponse, *, most: int) -> bytes:
    text = b""
    while True:
        part = response.read1(CHUNK)
        if not part:
            return text
        text += part
        if len(text) > most:
            raise NotFetched(f"The calendar is larger than {most // 1024 // 1024} MB.")


def _connected(host: str, port: int, ends: float) -> socket.socket:
    """A connection to one public address of the host, which is looked up once."""
    try:
        found = _looked_up(host, port, ends)
    except (OSError, UnicodeError) as error:
        raise NotFetched("There is no such address.") from error
    where = [row[4] for row in found]
    if host not in settings.OUTSIDE_HOSTS and not all(_is_public(str(one[0])) for one in where):
        raise NotFetched("The address does not lie on the public internet.")
    return socket.create_connection((str(where[0][0]), port), timeout=_left(ends))


def _looked_up(host: str, port: int, ends: float) -> list[Any]:
    """What the system knows of a name, on a thread of its own: its resolver has no limit of time."""
    pool = ThreadPoolExecutor(1)
    try:
        return pool.submit(socket.getaddrinfo, host, port, type=socket.SOCK_STREAM).result(_left(ends))
    finally:
        pool.shutdown(wait=False)


def _is_public(text: str) -> bool:
    found = ip_address(text.split("%")[0])
    if any(found in network for network in INSIDE):
        return False
    mapped = getattr(found, "ipv4_mapped", None) or found
    return mapped.is_global and not mapped.is_multicast and not mapped.is_reserved


def _left(ends: float) -> float:
    left = ends - time.monotonic()
    if left <= 0:
        raise NotFetched(TOO_LONG)
    return left
