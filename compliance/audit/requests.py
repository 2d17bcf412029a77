"""What is known of the request that an event happens in."""

import hashlib
import re
import uuid
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass

import structlog
from django.http import HttpRequest, HttpResponse

from compliance.edges import client_address

_ACCEPTABLE = re.compile(r"[A-Za-z0-9-]{8,64}")


@dataclass
class RequestFacts:
    """`session` is a hash: the key itself would let a reader of the trail take over the session."""

    id: str
    address: str | None
    session: str = ""
    page: str = ""


_facts: ContextVar[RequestFacts | None] = ContextVar("request_facts", default=None)


def facts() -> RequestFacts | None:
    """The facts of the request being answered; None in a task or a command."""
    return _facts.get()


def know_session(key: str | None) -> None:
    """Add the session to the facts once it is known."""
    known = _facts.get()
    if known is not None and key:
        known.session = hashlib.sha256(key.encode()).hexdigest()[:16]


def know_page(name: str) -> None:
    """Add the URL's name to the facts once it is resolved."""
    known = _facts.get()
    if known is not None:
        known.page = name[:80]


class RequestIdMiddleware:
    """Gives every request an id that stands in its log lines, its audit events and on its error page."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer one request under its facts."""
        given = request.headers.get("X-Request-Id", "")
        request_id = given if _ACCEPTABLE.fullmatch(given) else uuid.uuid4().hex
        request.id = request_id  # type: ignore[attr-defined]
        token = _facts.set(RequestFacts(id=request_id, address=client_address(request)))
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=request_id)
        try:
            response = self.get_response(request)
        finally:
            _facts.reset(token)
            structlog.contextvars.clear_contextvars()  # the thread may log for somebody else before the next request
        response["X-Request-Id"] = request_id
        return response
