"""A patient's coverage: seen, added, changed, ended; the member id is revealed on asking."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from compliance import differences
from compliance.access import requires
from compliance.audit import events, reads
from compliance.posts import posted
from insurance import coverage as writer
from insurance import eligibility
from insurance.forms import CoverageForm
from insurance.models import Coverage, Payer
from patients.banner import banner_of
from patients.models import Patient

SHOWN = ("plan_name", "group_id", "relationship", "subscriber_name", "priority", "starts_on", "ends_on")


def patient_with_banner(request: HttpRequest, patient_id: UUID) -> tuple[Patient, dict[str, Any]]:
    """The patient whose page it is, and what each of her pages shows on top."""
    patient = get_object_or_404(Patient.objects.visible_to(request.user).with_names(), pk=patient_id)
    reads.opens_chart_of(patient.pk)
    return patient, {"patient": patient, "banner": banner_of(patient, today=timezone.localdate())}


@requires("insurance.view_coverage")
@require_safe
def coverage(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """Every coverage of a patient with its last good check; ended ones stand below."""
    patient, on_top = patient_with_banner(request, patient_id)
    rows = list(
        Coverage.objects.visible_to(request.user).filter(patient=patient).select_related("payer").order_by("priority", "pk")
    )
    now = timezone.localtime()
    days = request.practice.eligibility_days  # type: ignore[attr-defined]
    standing = eligibility.needed_for(patient.pk, day=now.date(), now=now, days=days)
    return render(
        request,
        "insurance/coverage.html",
        {
            **on_top,
            "rows": rows,
            "standing": standing,
            "checks": eligibility.history(patient.pk),
            "may_change": request.user.may("insurance.change_coverage"),
            "may_check": request.user.may("insurance.check_eligibility"),
            "may_open_card": request.user.may("patients.view_document"),
            "may_reveal": request.user.may("insurance.reveal_member_id"),
        },
    )


@requires("insurance.change_coverage")
@require_http_methods(["GET", "POST"])
def add(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """A new coverage."""
    patient, on_top = patient_with_banner(request, patient_id)
    form = CoverageForm(posted(request), payers=_payers(request))
    if form.is_bound and form.is_valid():
        try:
            writer.add(patient=patient, by=request.user, **_fields(form))
            messages.success(request, "The insurance is added.")
            return redirect("insurance:coverage", patient.pk)
        except writer.PriorityTaken as taken:
            form.add_error("priority", f"{taken.other.payer} is billed in this place already on these days.")
    return _form_page(request, on_top, form, heading="Add insurance")


@requires("insurance.change_coverage")
@require_http_methods(["GET", "POST"])
def change(request: HttpRequest, coverage_id: UUID) -> HttpResponse:
    """Change or end a coverage. Stale: 409, theirs beside what was typed."""
    row = get_object_or_404(Coverage.objects.visible_to(request.user).select_related("payer"), pk=coverage_id)
    patient, on_top = patient_with_banner(request, row.patient_id)
    initial = {name: getattr(row, name) for name in (*SHOWN, "member_id")} | {"payer": row.payer_id}
    form = CoverageForm(posted(request), payers=_payers(request), initial=initial)
    if form.is_bound and form.is_valid():
        try:
            writer.change(row, version=_version(request), by=request.user, now=timezone.now(), **_fields(form))
            messages.success(request, "The insurance is changed.")
            return redirect("insurance:coverage", patient.pk)
        except writer.PriorityTaken as taken:
            form.add_error("priority", f"{taken.other.payer} is billed in this place already on these days.")
        except writer.Stale as stale:
            return _stale_page(request, on_top, form, stale.theirs)
    return _form_page(request, on_top, form, heading="Change insurance", row=row)


@requires("insurance.reveal_member_id")
@require_POST
def reveal(request: HttpRequest, coverage_id: UUID) -> HttpResponse:
    """Show the member id once; who asked is recorded."""
    row = get_object_or_404(Coverage.objects.visible_to(request.user).select_related("payer"), pk=coverage_id)
    _, on_top = patient_with_banner(request, row.patient_id)
    events.record("identifier.revealed", row, action=events.READ, by=request.user, body={"field": "member_id"})
    return render(request, "insurance/member_id.html", {"row": row, **on_top})


@requires("insurance.view_coverage")
@require_safe
def payers(request: HttpRequest) -> HttpResponse:
    """Insurers of the practice, with the line and the website for providers."""
    return render(request, "insurance/payers.html", {"payers": _payers(request)})


def _payers(request: HttpRequest) -> "QuerySet[Payer]":
    return Payer.objects.visible_to(request.user).filter(is_active=True).order_by("name")


def _fields(form: CoverageForm) -> dict[str, Any]:
    return {name: value if value != "" else None for name, value in form.cleaned_data.items()}


def _version(request: HttpRequest) -> int:
    text = request.POST.get("version", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def _stale_page(request: HttpRequest, on_top: dict[str, Any], form: CoverageForm, theirs: Coverage) -> HttpResponse:
    now = {name: getattr(theirs, name) for name in (*SHOWN, "member_id")} | {"payer": theirs.payer}
    context = {"form": form, "heading": "Change insurance", "row": theirs, "is_stale": True}
    rows = differences.between(form, now, covered={"member_id"})
    return render(request, "insurance/coverage_form.html", {**on_top, **context, "differences": rows}, status=409)


def _form_page(
    request: HttpRequest,
    on_top: dict[str, Any],
    form: CoverageForm,
    *,
    heading: str,
    row: Coverage | None = None,
) -> HttpResponse:
    context = {**on_top, "form": form, "heading": heading, "row": row}
    return render(request, "insurance/coverage_form.html", context, status=422 if form.errors else 200)
