"""A door without a password, and the mail that was sent. Both exist in the demo only."""

from django.conf import settings
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from compliance import factor, people
from secretary_portal.demo import doors, mail_sink

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
SHOWN = 50


@login_not_required
@require_safe
def sign_in(request: HttpRequest, secret: str) -> HttpResponse:
    """Sign in as the person whose link this is, as if she had typed her password and the code of her app."""
    email = doors.who_opens(secret, private=settings.DEMO_DIRECTORY)
    person = people.by_email(email) if email else None
    if person is None:
        raise Http404
    login(request, person, backend=BACKEND)
    factor.prove(request, person)
    return redirect(settings.LOGIN_REDIRECT_URL)


@login_not_required
@require_safe
def mail(request: HttpRequest) -> HttpResponse:
    """What the portal sent to the demo's mail server, newest first."""
    return render(request, "demo/mail.html", {"letters": mail_sink.letters(settings.DEMO_DIRECTORY / "mail", limit=SHOWN)})
