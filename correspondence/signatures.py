"""The proof that something came from the gateway: `Portal-Signature: t=1764100000,v1=<hex>` (docs/texts.md, ADR 23).

`v1` is HMAC-SHA256 over the time, a full stop and the body as it was sent. A time that is more than five minutes off is
refused, so that what was overheard is of use for no longer; within them a repeat is known by its id.
"""

import hashlib
import hmac
from datetime import datetime, timedelta

HEADER = "Portal-Signature"
WITHIN = timedelta(minutes=5)


class Unsigned(Exception):
    """Not signed, by somebody else, or at another time."""


def sign(body: bytes, *, secret: str, at: datetime) -> str:
    """The header's value."""
    moment = str(int(at.timestamp()))
    return f"t={moment},v1={_digest(moment, body, secret)}"


def verify(header: str, body: bytes, *, secret: str, now: datetime) -> None:
    """Raises Unsigned."""
    said = dict(part.strip().partition("=")[::2] for part in header.split(","))
    moment, digest = said.get("t", ""), said.get("v1", "")
    if not (moment.isascii() and moment.isdigit() and len(moment) <= 11):
        raise Unsigned
    if not hmac.compare_digest(digest.encode(), _digest(moment, body, secret).encode()):
        raise Unsigned
    if abs(now.timestamp() - int(moment)) > WITHIN.total_seconds():
        raise Unsigned


def _digest(moment: str, body: bytes, secret: str) -> str:
    return hmac.new(secret.encode(), f"{moment}.".encode() + body, hashlib.sha256).hexdigest()
