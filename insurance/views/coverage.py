"""A patient's coverage: seen, added, changed, ended; the member id is revealed on asking."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from compliance.access import requires
from compliance.audit import events, reads
from insurance import coverage as writer
from insurance import eligibility
from insurance.forms import CoverageForm
from insurance.models import Coverage, Payer
from patients.models import Patient

SHOWN = ("plan_name", "group_id", "relationship", "subscriber_name", "priority", "starts_on", "ends_on")


def _patient(request: HttpRequest, patient_id: UUID) -> Patient:
    patient = get_object_or_404(Patient.objects.visible_to(request.user).with_names(), pk=patient_id)
    reads.opens_chart_of(patient.pk)
    return patient


@requires("insurance.view_coverage")
@require_safe
def coverage(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """Every coverage of a patient with its last good check; ended ones stand below."""
    patient = _patient(request, patient_id)
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
            "patient": patient,
            "rows": rows,
            "standing": standing,
            "checks": eligibility.history(patient.pk),
            "may_change": request.user.may("insurance.change_coverage"),
            "may_check": request.user.may("insurance.check_eligibility"),
            "may_reveal": request.user.may("insurance.reveal_member_id"),
        },
    )


@requires("insurance.change_coverage")
@require_http_methods(["GET", "POST"])
def add(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """A new coverage."""
    patient = _patient(request, patient_id)
    form = CoverageForm(request.POST or None, payers=_payers(request))
    if form.is_bound and form.is_valid():
        try:
            writer.add(patient=patient, by=request.user, **_fields(form))
            return redirect("insurance:coverage", patient.pk)
        except writer.PriorityTaken as taken:
            form.add_error("priority", f"{taken.other.payer} is billed in this place already on these days.")
    return _form_page(request, patient, form, heading="Add insurance")


@requires("insurance.change_coverage")
@require_http_methods(["GET", "POST"])
def change(request: HttpRequest, coverage_id: UUID) -> HttpResponse:
    """Change or end a coverage. Stale: 409, theirs beside what was typed."""
    row = get_object_or_404(Coverage.objects.visible_to(request.user).select_related("payer"), pk=coverage_id)
    patient = _patient(request, row.patient_id)
    initial = {name: getattr(row, name) for name in (*SHOWN, "member_id")} | {"payer": row.payer_id}
    form = CoverageForm(request.POST or None, payers=_payers(request), initial=initial)
    if form.is_bound and form.is_valid():
        try:
            writer.change(row, version=_version(request), by=request.user, now=timezone.now(), **_fields(form))
            return redirect("insurance:coverage", patient.pk)
        except writer.PriorityTaken as taken:
            form.add_error("priority", f"{taken.other.payer} is billed in this place already on these days.")
        except writer.Stale as stale:
            return _form_page(request, patient, form, heading="Change insurance", row=stale.theirs, status=409)
    return _form_page(request, patient, form, heading="Change insurance", row=row)


@requires("insurance.reveal_member_id")
@require_POST
def reveal(request: HttpRequest, coverage_id: UUID) -> HttpResponse:
    """Show the member id once; who asked is recorded."""
    row = get_object_or_404(Coverage.objects.visible_to(request.user).select_related("payer"), pk=coverage_id)
    patient = _patient(request, row.patient_id)
    events.record("identifier.revealed", row, action=events.READ, by=request.user, body={"field": "member_id"})
    return render(request, "insurance/member_id.html", {"row": row, "patient": patient})


def _payers(request: HttpRequest):
    return Payer.objects.visible_to(request.user).filter(is_active=True).order_by("name")


def _fields(form: CoverageForm) -> dict:
    return {name: value if value != "" else None for name, value in form.cleaned_data.items()}


def _version(request: HttpRequest) -> int:
    text = request.POST.get("version", "")
    return int(text) if text.isdigit() and len(text) < 10 else 0


def _form_page(
    request: HttpRequest, patient: Patient, form: CoverageForm, *, heading: str, row: Coverage | None = None, status: int = 0
) -> HttpResponse:
    context = {"patient": patient, "form": form, "heading": heading, "row": row, "is_stale": status == 409}
    return render(request, "insurance/coverage_form.html", context, status=status or (422 if form.errors else 200))
