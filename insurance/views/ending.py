"""The last day of a coverage, and the picture of its card."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from compliance import differences
from compliance.access import requires
from compliance.posts import posted, with_version
from insurance import coverage as writer
from insurance.forms import CardForm, EndForm
from insurance.models import Coverage
from insurance.views.coverage import patient_with_banner
from patients import documents
from patients.enums import DocumentKind


@requires("insurance.change_coverage")
@require_http_methods(["GET", "POST"])
def end(request: HttpRequest, coverage_id: UUID) -> HttpResponse:
    """Enter the last day. Stale: 409, what was typed kept."""
    row = get_object_or_404(Coverage.objects.visible_to(request.user).select_related("payer"), pk=coverage_id)
    _, on_top = patient_with_banner(request, row.patient_id)
    form = EndForm(posted(request), initial={"version": row.version, "on": row.ends_on or timezone.localdate()})
    context = {**on_top, "row": row, "form": form, "heading": f"End {row.payer}"}
    if form.is_bound and form.is_valid():
        try:
            writer.end(row, **form.cleaned_data, by=request.user, now=timezone.now())
            messages.success(request, "The last day is saved.")
            return redirect("insurance:coverage", row.patient_id)
        except writer.EndsBeforeStart:
            form.add_error("on", f"It starts on {row.starts_on:%B %-d, %Y}: the last day must be on or after that.")
        except writer.PriorityTaken as taken:
            form.add_error("on", f"{taken.other.payer} is billed in this place by then. Choose an earlier day.")
        except writer.Stale as stale:
            rows = differences.between(form, {"on": stale.theirs.ends_on})
            again = EndForm(with_version(request.POST, stale.theirs.version))
            context |= {"row": stale.theirs, "is_stale": True, "differences": rows, "form": again}
            return render(request, "insurance/end.html", context, status=409)
    return render(request, "insurance/end.html", context, status=422 if form.errors else 200)


@requires("insurance.change_coverage")
@require_http_methods(["GET", "POST"])
def card(request: HttpRequest, coverage_id: UUID) -> HttpResponse:
    """Keep a picture of the card, sealed."""
    row = get_object_or_404(Coverage.objects.visible_to(request.user).select_related("payer"), pk=coverage_id)
    patient, on_top = patient_with_banner(request, row.patient_id)
    form = CardForm(request.POST, request.FILES) if request.method == "POST" else CardForm()
    if form.is_bound and form.is_valid():
        file = form.cleaned_data["card"]
        kind, title = DocumentKind.INSURANCE_CARD, f"Insurance card, {row.payer}"
        try:
            document = documents.store(patient, kind=kind, title=title, content=file.read(), name=file.name, by=request.user)
            writer.keep_card(row, document, by=request.user, now=timezone.now())
            return redirect("insurance:coverage", patient.pk)
        except documents.UploadRefused as refused:
            form.add_error("card", str(refused))
    context = {**on_top, "row": row, "form": form, "heading": f"Card of {row.payer}"}
    return render(request, "insurance/card.html", context, status=422 if form.errors else 200)
