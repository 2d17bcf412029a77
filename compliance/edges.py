"""Where the portal meets the network: whose address a request has, and what every answer carries."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse


def client_address(request: HttpRequest) -> str | None:
    """The address of the client: the peer's, or with TRUSTED_PROXIES = n the n-th from the right of X-Forwarded-For.

    Whatever the client itself wrote into the header stands further left and is ignored, as are all other
    forwarding headers.
    """
    peer = request.META.get("REMOTE_ADDR") or None
    hops = settings.TRUSTED_PROXIES
    if not hops:
        return peer
    chain = [part.strip() for part in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if part.strip()]
    return _address(chain[-hops]) if len(chain) >= hops else peer


def _address(text: str) -> str | None:
    from ipaddress import ip_address

    try:
        return str(ip_address(text))
    except ValueError:
        return None


class EdgeMiddleware:
    """Nothing that a page shows may be stored by a browser or a proxy, unless the view decided otherwise."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Add the headers that are not there."""
        response = self.get_response(request)
        response.headers.setdefault("Cache-Control", "no-store")
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        return response
