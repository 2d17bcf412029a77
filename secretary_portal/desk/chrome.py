"""What stands around every page: the practice, its time, the way to everything else."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpRequest
from django.utils import timezone

from compliance.models import Practice, User
from compliance.sessions import BEGAN_AT, DEFAULT_IDLE_MINUTES, LONGEST
from compliance.tenancy.urls import practice_url
from compliance.zones import spoken
from secretary_portal.desk import ways, work


@dataclass(frozen=True)
class Other:
    """One of the person's practices, and where switching to it leads."""

    practice: Practice
    url: str


class Chrome:
    """The frame of one page. Nothing is asked before the template asks, so a fragment or an error page costs nothing."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request
        self.practice: Practice | None = getattr(request, "practice", None)
        self.now = timezone.now()

    @cached_property
    def user(self) -> User | None:
        """Whoever has signed in."""
        user = getattr(self.request, "user", None)
        return user if isinstance(user, User) or getattr(user, "is_authenticated", False) else None

    @property
    def theme(self) -> str:
        """light, dark, or empty for what the computer says."""
        return self.user.theme if self.user else ""

    @property
    def seconds_at_most(self) -> int:
        """Until the session ends whatever is done, and one more, so that it has ended when the page looks."""
        began = self.request.session.get(BEGAN_AT, self.now.timestamp())
        return int(began + LONGEST.total_seconds() - self.now.timestamp()) + 1

    @property
    def idle_minutes(self) -> int:
        """After how long the session ends when nobody is there."""
        return self.request.session.get("idle_minutes", DEFAULT_IDLE_MINUTES)

    @property
    def initials(self) -> str:
        """Of the first and the last word of the name."""
        words = self.user.name.split() if self.user else []
        return "".join(word[0] for word in (words[:1] + words[1:][-1:])).upper()

    @property
    def zone_name(self) -> str:
        """The practice's zone as people say it: Central."""
        return spoken(self.practice.time_zone, self.now) if self.practice else ""

    @property
    def own_time(self) -> str:
        """The time where the person is, when her clock differs from the practice's; with the weekday when that does too."""
        if self.practice is None or self.user is None or not self.user.time_zone:
            return ""
        return _elsewhere(self.now, here=self.practice.time_zone, there=self.user.time_zone)

    @cached_property
    def places(self) -> list[ways.Place]:
        """The main navigation."""
        return ways.main(self.request)

    @cached_property
    def account(self) -> list[tuple[str, list[ways.Place]]]:
        """The account menu by group."""
        return ways.menu(self.request)

    @cached_property
    def practices(self) -> list[Other]:
        """The practices to switch between; each leads to the same page there where that page is not about one row."""
        if self.user is None or self.practice is None:
            return []
        return [Other(practice, self._same_place(practice)) for practice in work.practices_of(self.user, now=self.now)]

    def _same_place(self, practice: Practice) -> str:
        match = self.request.resolver_match
        if match is not None and not match.args and not match.kwargs and self.request.method == "GET":
            return practice_url(practice, match.view_name)
        return practice_url(practice, "desk:home")


def _elsewhere(now: datetime, *, here: str, there: str) -> str:
    practice, own = now.astimezone(ZoneInfo(here)), now.astimezone(ZoneInfo(there))
    if practice.utcoffset() == own.utcoffset():
        return ""
    weekday = f" {own:%a}" if own.date() != practice.date() else ""
    return f"{own:%-I:%M %p}{weekday}"


def chrome(request: HttpRequest) -> dict[str, Any]:
    """Context of the page's frame."""
    return {"practice": getattr(request, "practice", None), "chrome": Chrome(request)}
