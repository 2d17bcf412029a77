"""Where the second factor is asked for again: sessions that never used it, and pages that give power.

The door asks at the sign-in. This stands behind it: what got past the door by any other way has no factor in its session.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode

from compliance import factor
from compliance.audit import events
from compliance.models import User
from compliance.tenancy.urls import plain_url

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


def confirm_and_return(request: HttpRequest, back: str) -> HttpResponse:
    """Lead to the page that asks once more who it is, and from there to the path `back`."""
    return redirect(f"{plain_url('account_reauthenticate')}?{urlencode({'next': back})}")


def confirmed(back: str) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]]:
    """Let a POST pass only within 15 minutes of a proof; else nothing is done, and `back` names the page to come back to."""

    def decorate(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @wraps(view)
        def entered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if factor.recently(request):
                return view(request, *args, **kwargs)
            messages.warning(request, ASKED)
            return confirm_and_return(request, reverse(back))

        return entered

    return decorate


class Confirmed:
    """In front of a `PracticeAdmin` whose rows give power: adding and deeds want a recent proof."""

    address: Callable[..., str]

    def add_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """The form is not even shown before."""
        if not factor.recently(request):
            return confirm_and_return(request, request.get_full_path())
        return super().add_view(request, *args, **kwargs)  # type: ignore[misc]

    def do(self, request: HttpRequest, object_id: str, deed: str) -> HttpResponse:
        """Nothing is done before."""
        if not factor.recently(request):
            messages.warning(request, ASKED)
            return confirm_and_return(request, self.address("changelist"))
        return super().do(request, object_id, deed)  # type: ignore[misc]
