"""Where the second factor is asked for again: before what gives power or cannot be taken back (security.md section 4).

One meaning everywhere: the second factor itself, given again after the sign-in, within ACCOUNT_REAUTHENTICATION_TIMEOUT.
The door asks at the sign-in; what got past it by any other way has no factor in its session, and is signed out here.
"""

import time
from collections.abc import Callable
from functools import wraps
from typing import Any, cast
from urllib.parse import urlencode

from allauth.account import app_settings
from allauth.account.internal.flows.login import get_authentication_records
from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from compliance import factor
from compliance.audit import events
from compliance.models import User
from compliance.tenancy.urls import plain_url

TO_WRITE = 5 * 60  # seconds that the reason for a sanction takes
ASKED = "Confirm that it is you first. Nothing was changed; do it again afterwards."


class FactorMiddleware:
    """Signs out an enrolled person whose session has not used her second factor, whatever made that session."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """One query, and only for sessions without a factor: newcomers until they have set one up."""
        user = cast(User, request.user)
        if user.is_authenticated and not factor.was_used(request) and factor.is_enrolled(user):
            events.record("signin.refused", by=user, body={"why": "session without second factor"}, refused=True)
            logout(request)
        return self.get_response(request)


def recently(request: HttpRequest, *, spare: int = 0) -> bool:
    """Whether this person gave a second factor again, beyond signing in; her password alone is no proof.

    `spare`: and that it holds for so many seconds more.
    """
    since = time.time() - app_settings.REAUTHENTICATION_TIMEOUT + spare
    rows = get_authentication_records(request, request.user)
    return any(row["method"] == "mfa" and row.get("reauthenticated") and row["at"] > since for row in rows)


def asked_at(request: HttpRequest, *, back: str) -> str:
    """Where the second factor is asked for, by app or passkey, with the way to the path `back`."""
    rows = Authenticator.objects.filter(user=request.user.pk, type=Authenticator.Type.TOTP)
    name = "mfa_reauthenticate" if rows.exists() else "mfa_reauthenticate_webauthn"
    return f"{plain_url(name)}?{urlencode({'next': back})}"


def asked_first(request: HttpRequest, *, back: str = "") -> HttpResponse:
    """Lead to where the second factor is asked for, and back to this page or another path."""
    return redirect(asked_at(request, back=back or request.get_full_path()))


def confirmed(back: str) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]]:
    """Let a POST pass only with a recent proof; else nothing is done, and `back` names the page to come back to."""

    def decorate(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @wraps(view)
        def entered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if recently(request):
                return view(request, *args, **kwargs)
            messages.warning(request, ASKED)
            return asked_first(request, back=reverse(back))

        return entered

    return decorate


class Confirmed:
    """In front of a `PracticeAdmin` whose rows give power: adding and deeds want a recent proof."""

    address: Callable[..., str]

    def add_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """The form is not even shown before."""
        if not recently(request):
            return asked_first(request)
        return super().add_view(request, *args, **kwargs)  # type: ignore[misc]

    def _asked_before(self, request: HttpRequest) -> str:
        """The proof comes before the writing, and holds while one writes."""
        return "" if recently(request, spare=TO_WRITE) else asked_at(request, back=request.get_full_path())

    def do(self, request: HttpRequest, object_id: str, deed: str) -> HttpResponse:
        """Nothing is done before."""
        if not recently(request):
            messages.warning(request, ASKED)
            return asked_first(request, back=self.address("changelist"))
        return super().do(request, object_id, deed)  # type: ignore[misc]
