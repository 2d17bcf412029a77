"""What was typed before a session ended: kept by the page itself, found again by it or on a list."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from compliance import drafts
from compliance.access import requires
from compliance.draft_labels import labelled
from compliance.models import Draft
from compliance.sessions import REFRESH_HEADER


@requires("compliance.keep_draft")
@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """One's own drafts; for a page's script, the draft of that page alone."""
    found = drafts.fresh(request.user, now=timezone.now())
    page = request.headers.get("X-Portal-Page")
    if page is not None:
        own = next((one for one in found if one.page == page), None)
        return JsonResponse({"id": str(own.pk), "fields": drafts.opened(own)} if own else {})
    shown = [(one, labelled(one.page, drafts.opened(one))) for one in found]
    return render(request, "compliance/drafts.html", {"drafts": shown})


@requires("compliance.keep_draft")
@require_POST
def keep(request: HttpRequest) -> HttpResponse:
    """Keep what stands in a form of the page that asks."""
    page = request.headers.get("X-Portal-Page", "")
    kept = drafts.keep(request.user, page=page, fields=drafts.fields_of(request.POST), now=timezone.now())
    return HttpResponse(status=204 if kept else 422)


@requires("compliance.keep_draft")
@require_POST
def used(request: HttpRequest, draft_id: UUID) -> HttpResponse:
    """Throw away a draft that was put back into its form, or is not wanted."""
    get_object_or_404(Draft.objects.visible_to(request.user).defer("body"), pk=draft_id).delete()
    return HttpResponse(status=204) if REFRESH_HEADER in request.headers else redirect("compliance:drafts")
