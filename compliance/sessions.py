"""Sessions end when nobody is there (45 CFR 164.312(a)(2)(iii))."""

from collections.abc import Callable
from datetime import timedelta

from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

DEFAULT_IDLE_MINUTES = 15
SEEN_AT = "seen_at"
REFRESH_HEADER = "X-Portal-Refresh"


class IdleLimitMiddleware:
    """Signs out whoever did nothing for the practice's limit. A page that asks again by itself does not count as doing."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            now = timezone.now()
            seen = request.session.get(SEEN_AT)
            limit = timedelta(minutes=request.session.get("idle_minutes", DEFAULT_IDLE_MINUTES))
            if seen is not None and now.timestamp() - seen > limit.total_seconds():
                logout(request)
            elif REFRESH_HEADER not in request.headers and (seen is None or now.timestamp() - seen > 5):
                request.session[SEEN_AT] = now.timestamp()
        return self.get_response(request)
