"""Proof on the page: what each role may do, and who has access."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from compliance import roster
from compliance.access import matrix_by_app, requires
from compliance.roles import IN_A_PRACTICE


@requires("compliance.view_matrix")
@require_safe
def matrix(request: HttpRequest) -> HttpResponse:
    """The access matrix in words, app by app; it prints."""
    return render(request, "compliance/matrix.html", {"apps": matrix_by_app(), "roles": IN_A_PRACTICE})


@requires("compliance.view_access")
@require_safe
def who_has_access(request: HttpRequest) -> HttpResponse:
    """Every member with roles, since when, approved by whom, last sign-in, and what is missing."""
    now = timezone.now()
    return render(request, "compliance/access.html", {"members": roster.members(request.user, now=now), "now": now})
