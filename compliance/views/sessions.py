"""Where one is signed in, and ending a session somewhere else."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from compliance import sessions
from compliance.access import signed_in


@signed_in
@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """One's own sessions."""
    found = sessions.own(request.user, this=request.session)
    return render(request, "compliance/sessions.html", {"sessions": found, "zone": request.user.time_zone or "UTC"})


@signed_in
@require_POST
def end(request: HttpRequest, mark: str) -> HttpResponse:
    """End one of one's own sessions; what ended meanwhile is as good."""
    sessions.end_one(request.user, mark)
    messages.success(request, "That session is ended.")
    return redirect("compliance:sessions")
