"""Proof on the page: what each role may do, and who has access."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from compliance import recertification, roster
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
    return _list(request)


@requires("compliance.review_access")
@require_POST
def review(request: HttpRequest) -> HttpResponse:
    """Keep that she looked at the list as it was shown."""
    try:
        recertification.record(request.POST.get("seen", ""), by=request.user, now=timezone.now())
    except recertification.ListChanged:
        return _list(request, alert="Somebody came or left since you opened this list. Look at it again.", status=409)
    messages.success(request, "Your review of this list is kept.")
    return redirect("compliance:access")


def _list(request: HttpRequest, *, alert: str = "", status: int = 200) -> HttpResponse:
    now = timezone.now()
    members = roster.members(request.user, now=now)
    context = {
        "members": members,
        "seen": recertification.mark([row for member in members for row in member.memberships]),
        "review": recertification.standing(request.practice, now=now),
        "may_review": request.user.may("compliance.review_access"),
    }
    return render(request, "compliance/access.html", context | {"now": now, "alert": alert}, status=status)
