"""Register a patient, and change one. Nobody is written down twice unseen; nobody's change is lost unseen."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from compliance import differences
from compliance.access import requires
from compliance.audit import reads
from patients import duplicates, registration
from patients.banner import banner_of
from patients.details import Details
from patients.fields import echo
from patients.forms import PatientForm, initial_of
from patients.models import Patient

MRN_TAKEN = "Another patient has this MRN. Find her by it, or leave the box empty for the next number."


@requires("patients.register_patient")
@require_http_methods(["GET", "POST"])
def register(request: HttpRequest) -> HttpResponse:
    """A new patient. Who may be the same is shown first (409); "register all the same" goes on."""
    form = PatientForm(request.POST if request.method == "POST" else None)
    if not form.is_bound or not form.is_valid():
        return _register_page(request, form)
    found = duplicates.candidates(form.details(), user=request.user)
    if found and request.POST.get("all_the_same") != "yes":
        return _register_page(request, form, found=found, status=409)
    try:
        patient = registration.register(form.details(), by=request.user, now=timezone.now())
    except registration.MrnTaken:
        form.add_error("mrn", MRN_TAKEN)
        return _register_page(request, form)
    messages.success(request, "Registered.")
    return redirect("patients:patient", patient.pk)


@requires("patients.change_patient")
@require_http_methods(["GET", "POST"])
def change(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """Change what is on file. Stale: 409, theirs beside what was typed."""
    patient = _patient(request, patient_id)
    form = PatientForm(request.POST if request.method == "POST" else None, base=registration.details_of(patient))
    if not form.is_bound or not form.is_valid():
        return _change_page(request, patient, form, version=_version(request) or patient.version)
    try:
        registration.change(patient, form.details(), version=_version(request), by=request.user, now=timezone.now())
    except registration.MrnTaken:
        form.add_error("mrn", MRN_TAKEN)
        return _change_page(request, patient, form, version=_version(request))
    except registration.Stale as stale:
        return _change_page(request, patient, form, version=stale.version, theirs=stale.theirs)
    messages.success(request, "Saved.")
    return redirect("patients:patient", patient.pk)


@requires("patients.register_patient")
@require_POST
def read_day(request: HttpRequest) -> HttpResponse:
    """How a date of birth was read, said back as it is typed."""
    text = request.POST.get("birth_date", "").strip()[:40]
    return render(request, "patients/day_read.html", {"read": echo(text) if text else ""})


def _patient(request: HttpRequest, patient_id: UUID) -> Patient:
    rows = Patient.objects.visible_to(request.user).with_names()
    patient = get_object_or_404(rows.prefetch_related("contacts__consents", "addresses", "identifiers"), pk=patient_id)
    reads.opens_chart_of(patient.pk)
    return patient


def _version(request: HttpRequest) -> int:
    text = request.POST.get("version", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def _register_page(
    request: HttpRequest, form: PatientForm, *, found: list[duplicates.Candidate] | None = None, status: int = 0
) -> HttpResponse:
    today = timezone.localdate()
    rows = [(banner_of(one.patient, today=today, is_one_of_many=True), one.reasons) for one in found or ()]
    context = {"form": form, "candidates": rows}
    return render(request, "patients/register.html", context, status=status or (422 if form.errors else 200))


def _change_page(
    request: HttpRequest, patient: Patient, form: PatientForm, *, version: int, theirs: Details | None = None
) -> HttpResponse:
    context = {
        "patient": patient,
        "banner": banner_of(patient, today=timezone.localdate()),
        "form": form,
        "version": version,
        "is_stale": theirs is not None,
        "differences": differences.between(form, initial_of(theirs), mine=initial_of(form.details())) if theirs else [],
    }
    status = 409 if theirs else (422 if form.errors else 200)
    return render(request, "patients/change.html", context, status=status)
