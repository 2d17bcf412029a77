"""Texts by an HTTP gateway. What is asked of it stands in docs/texts.md; an adapter beside it speaks a vendor's own way."""

import hashlib
import http.client
import json
import ssl
from urllib.parse import SplitResult, urlsplit

from django.conf import settings

from correspondence.channels import Outgoing, Refused, Unreachable

SECONDS = 10  # for each step of connecting, sending and hearing
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
NEVER = frozenset({400, 410, 422})  # about the number or the text; any other refusal is about us, and worth another try


class TextChannel:
    """Sends by the gateway of the TEXT_* settings."""

    def send(self, message: Outgoing) -> None:
        """One connection, one text. Of the answer only the status is read: its words may repeat the number."""
        said = {"id": idempotency_key(message.id), "from": settings.TEXT_SENDER, "to": message.to, "text": message.text}
        try:
            status = _post(urlsplit(settings.TEXT_GATEWAY), json.dumps(said).encode(), key=said["id"])
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise Unreachable(type(error).__name__) from None
        if status in NEVER:
            raise Refused(str(status))
        if not 200 <= status < 300:
            raise Unreachable(str(status))


def idempotency_key(key: str) -> str:
    """The same for every try of one message, and telling nothing of it."""
    return hashlib.sha256(key.encode()).hexdigest()[:40]


def _post(address: SplitResult, body: bytes, *, key: str) -> int:
    """The status of the answer; redirects are not followed."""
    connection = _connection(address)
    headers = {
        "Authorization": f"Bearer {settings.TEXT_GATEWAY_KEY}",
        "Content-Type": "application/json",
        "Idempotency-Key": key,
    }
    try:
        connection.request("POST", address.path or "/", body, headers)
        return connection.getresponse().status
    finally:
        connection.close()


def _connection(address: SplitResult) -> http.client.HTTPConnection:
    """Over TLS, but to this machine itself. Raises ValueError."""
    host = address.hostname or ""
    if address.scheme == "https":
        return http.client.HTTPSConnection(host, address.port, timeout=SECONDS, context=ssl.create_default_context())
    if host not in LOOPBACK:
        raise ValueError("not over TLS")
    return http.client.HTTPConnection(host, address.port, timeout=SECONDS)
