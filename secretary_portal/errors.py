"""Error pages: a sentence, a reference, one way on; never a trace. None of them asks the database."""

import sys

from django.conf import settings
from django.contrib.sessions.exceptions import SessionInterrupted
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.loader import render_to_string

from compliance.audit.events import NotRecorded
from compliance.audit.second_sink import SinkFull

NOT_NOW = (NotRecorded, SinkFull, OperationalError, InterfaceError)  # the trail or the database, not the portal

OPEN_TOO_LONG = "This form was open too long. Go back, reload the page and send it again; what you typed is still there."


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form came without its token: a page left open over a sign-out, most likely."""
    return _page(request, "403.html", 403, OPEN_TOO_LONG)


def refused(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400 for what Django itself does not take; whoever was signed out in mid-request comes to the sign-in page."""
    if isinstance(exception, SessionInterrupted):
        return HttpResponseRedirect(settings.LOGIN_URL)
    return _page(request, "400.html", 400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403 inside one's own practice."""
    return _page(request, "403.html", 403, str(exception))


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404, the same whether a thing is not there or another practice's."""
    return _page(request, "404.html", 404)


def failed(request: HttpRequest) -> HttpResponse:
    """500 with the request's id as reference; 503 where the trail cannot be written or the database is away.

    Django calls this while it handles the exception. Either status undoes the request's transaction.
    """
    if isinstance(sys.exception(), NOT_NOW):
        return _page(request, "503.html", 503)
    return _page(request, "500.html", 500)


def _page(request: HttpRequest, template: str, status: int, sentence: str = "") -> HttpResponse:
    """Rendered without the request, so that no context processor looks for a user or a practice."""
    context = {"sentence": sentence, "reference": getattr(request, "id", "")}
    return HttpResponse(render_to_string(template, context), status=status)
