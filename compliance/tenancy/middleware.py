"""`/p/<slug>/…`: the practice in the URL becomes the script prefix, and the context of everything inside."""

from collections.abc import Callable
from typing import Any, cast
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import structlog
from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.db import DatabaseError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import get_script_prefix, set_script_prefix
from django.utils import timezone

from compliance import sessions
from compliance.access import standing_of
from compliance.audit.requests import know_page, know_session
from compliance.audit.second_sink import SinkFull
from compliance.models import Practice, User
from compliance.tenancy import acting_in

from .urls import split

log = structlog.get_logger(__name__)


class _RollBack(Exception):
    """The answer is a server error: what was written on the way to it is undone, its events too."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


class PracticeMiddleware:
    """Opens the practice's context around the response, rendering included.

    Another practice's URL answers 404, as if it were not there. A failing COMMIT, or an audit event that cannot be
    written here or in the second sink, answers 503, and every server error leaves as the error page alone: nothing
    leaves unrecorded.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer one request, inside the practice that its path names."""
        request.practice = None  # type: ignore[attr-defined]
        know_session(request.session.session_key)
        found = split(request.path_info)
        if found is None:
            return self.get_response(request)
        if not request.user.is_authenticated:
            return redirect_to_login(_way_back(request), settings.LOGIN_URL)
        slug, rest = found
        before = get_script_prefix()
        request.path_info = rest
        set_script_prefix(f"{before}p/{slug}/")
        try:
            return self._inside(request, slug)
        finally:
            set_script_prefix(before)
            timezone.deactivate()

    def _inside(self, request: HttpRequest, slug: str) -> HttpResponse:
        practice = Practice.objects.filter(slug=slug).first()
        try:
            if practice is None:
                raise Http404
            with acting_in(practice.pk, cast(User, request.user).pk):
                self._enter(request, practice)
                response = self.get_response(request)
                if response.status_code >= 500:
                    raise _RollBack(response.status_code)
        except _RollBack as undone:
            return _bare(request, undone.status)
        except Http404:
            request.practice = None  # type: ignore[attr-defined]
            return render(request, "404.html", status=404)
        except (DatabaseError, SinkFull) as error:
            log.error("request.not_recorded", error=type(error).__name__)
            return render(request, "503.html", status=503)
        return response

    def _enter(self, request: HttpRequest, practice: Practice) -> None:
        if not standing_of(cast(User, request.user)).roles:
            raise Http404
        request.practice = practice  # type: ignore[attr-defined]
        sessions.shorten(request, practice.idle_minutes)
        timezone.activate(ZoneInfo(practice.time_zone))
        structlog.contextvars.bind_contextvars(practice=str(practice.pk), user=str(request.user.pk))

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        """Keep pages of a practice inside one and the others outside; note which page it is for the audit events."""
        know_page(request.resolver_match.view_name if request.resolver_match else "")
        belongs_inside = getattr(view, "in_practice", None)
        is_inside = request.practice is not None  # type: ignore[attr-defined]
        if belongs_inside and not is_inside:
            raise Http404
        if belongs_inside is False and is_inside:
            return redirect(request.path_info)
        return None


def _bare(request: HttpRequest, status: int) -> HttpResponse:
    """The error page, whatever the view had rendered: what it read stands in no event any more."""
    template = "503.html" if status == 503 else "500.html"
    return HttpResponse(render_to_string(template, {"reference": getattr(request, "id", "")}), status=status)


def _way_back(request: HttpRequest) -> str:
    """Where to go after signing in: the page asked for, or the one whose form was sent."""
    came_from = urlsplit(request.headers.get("Referer", ""))
    if request.method != "POST" or came_from.netloc != request.get_host() or split(came_from.path) is None:
        return request.get_full_path()
    return came_from.path
