"""Exports: asked for, agreed to by a second person, fetched once."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from compliance import bulk, reauthentication, tasks
from compliance.access import requires
from compliance.bulk_forms import DecideForm, ExportForm
from compliance.exports import SOURCES
from compliance.models import Export
from compliance.reauthentication import confirmed

SHOWN = 50
NOT_TO_FETCH = "This file was fetched already, is not yours to fetch, or its 24 hours are over. Ask again."


@requires("compliance.view_exports")
@require_safe
def exports(request: HttpRequest) -> HttpResponse:
    """The newest exports of the practice: who, what, why, where each stands."""
    rows = Export.objects.visible_to(request.user).select_related("asked_by", "decided_by", "job")
    context = {
        "rows": [(row, SOURCES[row.what].title) for row in rows.order_by("-asked_at", "-pk")[:SHOWN]],
        "now": timezone.now(),
        "may_approve": request.user.may("compliance.approve_export"),
    }
    return render(request, "compliance/exports.html", context)


@requires("compliance.view_exports")
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    """Ask for one, after proving again who asks; a report's link says in its query what, and of which days."""
    if not reauthentication.recently(request):
        return reauthentication.asked_first(request)
    asked = {name: request.GET.get(name) for name in ("what", "first", "last")}
    form = ExportForm(request.POST if request.method == "POST" else None, by=request.user, initial=asked)
    if not form.is_valid():
        return render(request, "compliance/export.html", {"form": form}, status=422 if form.is_bound else 200)
    export = bulk.ask(**form.said(), by=request.user)
    tasks.soon(export)
    waits = export.status == Export.Status.WAITING
    messages.success(request, "A second person has to agree." if waits else "It is being made. Fetch it from this page.")
    return redirect("compliance:exports")


@requires("compliance.approve_export")
@require_http_methods(["GET", "HEAD", "POST"])
def decide(request: HttpRequest, export_id: UUID) -> HttpResponse:
    """Agree to somebody else's export, or refuse it, after proving again who decides."""
    row = get_object_or_404(Export.objects.visible_to(request.user).select_related("asked_by"), pk=export_id)
    if not reauthentication.recently(request):
        return reauthentication.asked_first(request)
    form = DecideForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        context = {"row": row, "title": SOURCES[row.what].title, "form": form}
        return render(request, "compliance/export_decide.html", context, status=422 if form.is_bound else 200)
    try:
        bulk.decide(row, agrees=form.cleaned_data["agrees"] == "yes", by=request.user, now=timezone.now())
    except bulk.OwnExport:
        messages.error(request, "You asked for this export. Somebody else has to agree to it.")
    except bulk.Decided:
        messages.error(request, "This was decided already.")
    else:
        tasks.soon(row)
        messages.success(request, "Your decision is recorded.")
    return redirect("compliance:exports")


@requires("compliance.view_exports")
@require_POST
@confirmed("compliance:exports")
def fetch(request: HttpRequest, export_id: UUID) -> HttpResponse:
    """The file, to be saved: once, within 24 hours, for whoever asked and proves again that it is she."""
    row = get_object_or_404(Export.objects.visible_to(request.user), pk=export_id)
    try:
        content = bulk.fetch(row, by=request.user, now=timezone.now())
    except bulk.NotToFetch:
        messages.error(request, NOT_TO_FETCH)
        return redirect("compliance:exports")
    response = HttpResponse(content, content_type=SOURCES[row.what].content_type)
    response["Content-Disposition"] = f'attachment; filename="{bulk.file_name(row)}"'
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "no-store"
    return response
