"""Signing in and out, and choosing a new password: allauth's views, marked, and answering as ours do."""

from collections.abc import Callable
from functools import partial, wraps
from typing import Any

import structlog
from allauth.account import views as allauth
from allauth.core.context import request_context
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from compliance import door, factor, reauthentication
from compliance.access import public, signed_in
from compliance.audit import events
from compliance.counter import Counter

log = structlog.get_logger(__name__)
TOO_MANY = "This was tried too often. Nothing was changed; wait a minute, then try again."


def refused_is_422(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Answer 422 where allauth shows a failed form with 200."""

    @wraps(view)
    def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        shown = getattr(response, "context_data", None) or {}
        forms = [shown[name] for name in ("form", "webauthn_form") if shown.get(name) is not None]
        if response.status_code == 200 and any(form.errors for form in forms):
            response.status_code = 422
        return response

    return answered


def counted(counter: Counter, of: Callable[[HttpRequest], str]) -> Callable[..., Callable[..., HttpResponse]]:
    """Answer 429 where a form was sent more often than `counter` admits for the key that `of` finds."""

    def decorate(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @wraps(view)
        def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if request.method != "POST" or counter.admits(of(request)):
                return view(request, *args, **kwargs)
            by = request.user if request.user.is_authenticated else None
            events.record("signin.refused", by=by, body={"why": "too many tries"}, refused=True)
            return render(request, "429.html", {"sentence": TOO_MANY}, status=429)

        return answered

    return decorate


def _forgets(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Let the browser throw away what it kept of the pages, once somebody signed out."""

    @wraps(view)
    def answered(request: HttpRequest) -> HttpResponse:
        response = view(request)
        if request.method == "POST":
            response["Clear-Site-Data"] = '"cache", "storage"'
        return response

    return answered


def _with_a_password(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """404 for somebody who signs in without one."""

    @wraps(view)
    def answered(request: HttpRequest) -> HttpResponse:
        if not request.user.has_usable_password():
            raise Http404
        return view(request)

    return answered


def _with_the_factor(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Ask whoever has a second factor for it again first, before the form as before the deed."""

    @wraps(view)
    def answered(request: HttpRequest) -> HttpResponse:
        if factor.is_enrolled(request.user) and not reauthentication.recently(request):
            return reauthentication.asked_first(request)
        return view(request)

    return answered


class _AnsweredFirst(HttpResponseRedirect):
    """A redirect that does something once it has left: WSGI and ASGI servers close an answer after sending it."""

    def __init__(self, to: str, then: Callable[[], None]) -> None:
        super().__init__(to)
        self._then = then

    def close(self) -> None:
        """Do it, then close."""
        try:
            self._then()
        finally:
            super().close()


@public
@counted(door.RESETS_FROM_HERE, door.here)
@refused_is_422
def ask_for_reset(request: HttpRequest) -> HttpResponse:
    """The same answer at the same cost whoever asks: only after it is a link sent, or not."""
    response = allauth.password_reset(request)
    return _AnsweredFirst(response.url, partial(_send_link, request)) if hasattr(request, "send_link") else response


def _send_link(request: HttpRequest) -> None:
    with request_context(request):
        try:
            request.send_link()  # type: ignore[attr-defined]
        except OSError as error:  # smtplib's own errors are among them
            log.error("reset.not_sent", error=type(error).__name__)


sign_in = public(refused_is_422(allauth.login))
sign_out = public(_forgets(allauth.logout))
not_active = public(allauth.account_inactive)
reset_asked = public(allauth.password_reset_done)
choose_password = public(counted(door.RESETS_FROM_HERE, door.here)(refused_is_422(allauth.password_reset_from_key)))
password_chosen = public(allauth.password_reset_from_key_done)
change_password = signed_in(_with_a_password(_with_the_factor(refused_is_422(allauth.password_change))))
