"""What the gateway posts to the portal, signed."""

import json
from datetime import datetime, timedelta
from typing import Any

from django.test import Client
from django.utils import timezone

from correspondence import signatures

SECRET = "between the gateway and us"
URL = "/texts/received/"
HERS = "+16085550123"


def body_of(text: str = "Yes", *, number: str = HERS, key: str = "SM1", **more: Any) -> bytes:
    """A text as it comes."""
    return json.dumps({"id": key, "from": number, "text": text, **more}).encode()


def post(body: bytes, *, secret: str = SECRET, ago: timedelta = timedelta(), at: datetime | None = None) -> Any:
    """Post it, signed so long ago."""
    moment = at or timezone.now() - ago
    header = signatures.sign(body, secret=secret, at=moment)
    browser = Client(enforce_csrf_checks=True, raise_request_exception=False)
    return browser.post(URL, body, content_type="application/json", headers={signatures.HEADER: header})


def says(text: str, **more: Any) -> Any:
    """She writes."""
    return post(body_of(text, **more))
