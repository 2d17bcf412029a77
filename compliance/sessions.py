"""Sessions end when nobody is there (45 CFR 164.312(a)(2)(iii)), and when the right behind them ends."""

from collections.abc import Callable
from datetime import timedelta

from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from compliance.models import Membership, Practice, Session, User
from compliance.tenancy import acting_in

DEFAULT_IDLE_MINUTES = 15
LONGEST = timedelta(hours=10)  # from the sign-in on, whatever was done meanwhile
BEGAN_AT = "began_at"
SEEN_AT = "seen_at"
IDLE_MINUTES = "idle_minutes"
REFRESH_HEADER = "X-Portal-Refresh"


class IdleLimitMiddleware:
    """Signs out whoever did nothing for the practice's limit, and everybody after LONGEST.

    A page that asks again by itself does not count as doing.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Sign out, or note that somebody was here."""
        if request.user.is_authenticated:
            now = timezone.now()
            began = request.session.setdefault(BEGAN_AT, now.timestamp())
            seen = request.session.get(SEEN_AT)
            limit = timedelta(minutes=request.session.get(IDLE_MINUTES, DEFAULT_IDLE_MINUTES))
            is_idle = seen is not None and now.timestamp() - seen > limit.total_seconds()
            if is_idle or now.timestamp() - began > LONGEST.total_seconds():
                logout(request)
            elif REFRESH_HEADER not in request.headers and (seen is None or now.timestamp() - seen > 5):
                request.session[SEEN_AT] = now.timestamp()
        return self.get_response(request)


def shorten(request: HttpRequest, minutes: int) -> None:
    """Hold the session to a limit that is shorter than its own: over several practices the shortest counts."""
    if minutes < request.session.get(IDLE_MINUTES, DEFAULT_IDLE_MINUTES):
        request.session[IDLE_MINUTES] = minutes


def shorten_to_all(request: HttpRequest, user: User) -> None:
    """Hold a session that begins to the shortest limit over all the person's practices."""
    with acting_in(None, user.pk):
        mine = Membership.objects.in_force(timezone.now()).filter(user=user).values("practice")
        shortest = Practice.objects.filter(pk__in=mine).order_by("idle_minutes").values_list("idle_minutes", flat=True)
        for minutes in shortest[:1]:
            shorten(request, minutes)


def end_others(user: User, *, keep: str | None) -> None:
    """End every session of a person but one."""
    Session.objects.filter(user=user.pk).exclude(session_key=keep).delete()


def end_all(user: User) -> None:
    """End every session of a person at once, wherever she is signed in."""
    Session.objects.filter(user=user.pk).delete()
