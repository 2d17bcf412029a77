"""Ways out of the portal. Each has an in-memory twin; which one is used is a setting (CHANNELS)."""

from dataclasses import dataclass, field
from typing import Protocol

from django.conf import settings
from django.utils.module_loading import import_string


class Refused(Exception):
    """The other side will never take it (SMTP 5xx for the address, HTTP 422 for the number).

    `code` is its answer, without any address.
    """

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(f"refused {code}")


class Unreachable(Exception):
    """Not now (connection failed, SMTP 4xx, HTTP 429 and 5xx): worth another try. `code` as in Refused."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(f"unreachable {code}")


@dataclass(frozen=True)
class Outgoing:
    """One message as it leaves. `id` is the same for every try, so that a repeat can be told."""

    id: str
    to: str = field(repr=False)
    subject: str
    text: str = field(repr=False)
    sender_name: str
    language: str


class Sender(Protocol):
    """What a channel does."""

    def send(self, message: Outgoing) -> None:
        """Hand one message over. Raises Refused, Unreachable."""


def channel_for(name: str) -> Sender | None:
    """The channel of that name as the settings have it; None where this portal has none."""
    path = settings.CHANNELS.get(name)
    return import_string(path)() if path else None
