"""Sessions end when nobody is there (45 CFR 164.312(a)(2)(iii)), and when the right behind them ends."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.contrib.auth import logout
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from compliance import drafts
from compliance.audit import events
from compliance.edges import client_address
from compliance.models import Membership, Practice, Session, User
from compliance.tenancy import acting_in

DEFAULT_IDLE_MINUTES = 15
LONGEST = timedelta(hours=10)  # from the sign-in on, whatever was done meanwhile
BEGAN_AT = "began_at"
SEEN_AT = "seen_at"
IDLE_MINUTES = "idle_minutes"
WHERE = "where"
ENDED = "ended"  # in the session that follows one that ended by itself: whether the sign-in page says so
LOOK_FOR_DRAFTS = "look_for_drafts"
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
            request.session.setdefault(WHERE, _where(request))
            seen = request.session.get(SEEN_AT)
            limit = timedelta(minutes=request.session.get(IDLE_MINUTES, DEFAULT_IDLE_MINUTES))
            is_idle = seen is not None and now.timestamp() - seen > limit.total_seconds()
            if is_idle or now.timestamp() - began > LONGEST.total_seconds():
                drafts.keep_posted(request, now=now)
                logout(request)
                request.session[ENDED] = True
            elif REFRESH_HEADER not in request.headers and (seen is None or now.timestamp() - seen > 5):
                request.session[SEEN_AT] = now.timestamp()
        return self.get_response(request)


@dataclass(frozen=True)
class Seen:
    """One session as its owner sees it. `mark` names it in an address without being its key."""

    mark: str
    where: str
    began_at: datetime | None
    seen_at: datetime | None
    is_this: bool


def own(user: User, *, this: SessionBase) -> list[Seen]:
    """The sessions of a person that have not ended: this one, as it stands now, and then the newest sign of life."""
    rows = Session.objects.filter(user=user.pk, expire_date__gt=timezone.now())
    others = [_seen(row.session_key, row.get_decoded()) for row in rows.exclude(session_key=this.session_key)]
    others.sort(key=lambda one: one.seen_at or datetime.min.replace(tzinfo=UTC), reverse=True)
    return [_seen(this.session_key or "", this, is_this=True), *others]


def end_one(user: User, mark: str) -> bool:
    """End one session of a person's own. Answers whether there was one."""
    keys = [key for key in Session.objects.filter(user=user.pk).values_list("session_key", flat=True) if _mark(key) == mark]
    Session.objects.filter(user=user.pk, session_key__in=keys).delete()
    if keys:
        events.record("session.ended", by=user)
    return bool(keys)


def _seen(key: str, data: SessionBase | dict[str, Any], *, is_this: bool = False) -> Seen:
    began, seen = (datetime.fromtimestamp(data[name], UTC) if name in data else None for name in (BEGAN_AT, SEEN_AT))
    return Seen(_mark(key), data.get(WHERE, "Not known"), began, seen, is_this)


def _mark(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()[:20]


def _where(request: HttpRequest) -> str:
    """The browser, the system and the address, in words."""
    agent = request.headers.get("User-Agent", "")
    browser = next((name for name in ("Firefox", "Edg", "Chrome", "Safari") if name in agent), "A browser")
    system = next((name for name in ("Windows", "Android", "iPhone", "iPad", "Mac", "Linux") if name in agent), "")
    words = browser.replace("Edg", "Edge") + (f" on {system}" if system else "")
    return f"{words}, {client_address(request) or 'address not known'}"


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
