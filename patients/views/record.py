"""A patient's page, and the small acts on it: consent, a number revealed, a death written down."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from compliance import differences
from compliance.access import requires
from compliance.audit import events, reads
from compliance.posts import with_version
from patients import consent as consents
from patients import registration
from patients.banner import Banner, banner_of
from patients.details import standing
from patients.enums import IdentifierKind
from patients.forms import ConsentForm, DeceasedForm
from patients.languages import language_name
from patients.models import ContactPoint, Document, Identifier, Patient
from patients.record import contact_rows, masked, name_rows

# Sections of other apps that the page leads to.
ELSEWHERE = {
    "find_time": "scheduling.book_appointment",
    "visits": "scheduling.view_schedule",
    "readiness": "insurance.view_readiness",
    "coverage": "insurance.view_coverage",
    "calls": "correspondence.view_call",
    "reminders": "correspondence.view_reminder",
}


@requires("patients.open_chart")
@require_safe
def patient(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """Who she is, how to reach her, what she allows; other apps' sections come by their own addresses."""
    if _is_behind_glass(request, patient_id):
        return redirect("patients:glass", patient_id)
    row = _patient(request, patient_id)
    numbers = [one for one in row.identifiers.all() if one.kind != IdentifierKind.MRN]
    documents = Document.objects.visible_to(request.user).filter(patient=row).order_by("-created_at", "-pk")
    context = {
        "patient": row,
        "banner": _banner(request, row),
        "language": language_name(row.language),
        "contacts": contact_rows(row),
        "names": name_rows(row),
        "addresses": standing(row.addresses.all()),
        "numbers": numbers,
        "documents": documents,
        "may_view_documents": request.user.may("patients.open_document"),
        "may_change": request.user.may("patients.change_patient"),
        "may_reveal": request.user.may("patients.reveal_identifier"),
        "may_store": request.user.may("patients.store_document"),
        "may_restrict": request.user.may("compliance.restrict_chart"),
        "may": {name: request.user.may(permission) for name, permission in ELSEWHERE.items()},
    }
    return render(request, "patients/patient.html", context)


@requires("patients.open_chart")
@require_safe
def banner(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """Who it is, for a page of another app that knows her by her opaque id only."""
    row = _patient(request, patient_id)
    return render(request, "patients/banner.html", {"patient": row, "banner": _banner(request, row)})


@requires("patients.change_patient")
@require_POST
def consent(request: HttpRequest, contact_id: UUID) -> HttpResponse:
    """Give or withdraw one purpose for one contact."""
    row = get_object_or_404(ContactPoint.objects.visible_to(request.user), pk=contact_id)
    form = ConsentForm(request.POST)
    if not form.is_valid():
        return _to_page(request, row, error="Choose what is allowed or not.")
    try:
        registration.allow(row, **form.cleaned_data, by=request.user, now=timezone.now())
    except consents.NotPossible:
        return _to_page(request, row, error="This contact cannot be used for that.")
    messages.success(request, "Allowed." if form.cleaned_data["is_given"] else "No longer allowed.")
    return redirect("patients:patient", row.patient_id)


def _to_page(request: HttpRequest, row: ContactPoint, *, error: str) -> HttpResponse:
    messages.error(request, error)
    return redirect("patients:patient", row.patient_id)


@requires("patients.reveal_identifier")
@require_POST
def reveal(request: HttpRequest, identifier_id: UUID) -> HttpResponse:
    """Show a number once; who asked is recorded. A Social Security number shows its last four, never more."""
    row = get_object_or_404(Identifier.objects.visible_to(request.user), pk=identifier_id)
    reads.opens_chart_of(row.patient_id)
    events.record("identifier.revealed", row, action=events.READ, by=request.user, body={"field": row.get_kind_display()})
    return render(request, "patients/number.html", {"number": row, "shown": masked(row)})


@requires("patients.change_patient")
@require_http_methods(["GET", "POST"])
def deceased(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """Write down a death; booking and reminders obey from then on."""
    row = _patient(request, patient_id)
    form = DeceasedForm(request.POST if request.method == "POST" else None, initial={"version": row.version})
    if not form.is_bound or not form.is_valid():
        return _deceased_page(request, row, form, status=422 if form.is_bound else 200)
    said = {"on": form.cleaned_data["deceased_on"], "version": form.cleaned_data["version"]}
    try:
        registration.mark_deceased(row, **said, by=request.user, now=timezone.now())
    except registration.Stale as stale:
        again = DeceasedForm(with_version(request.POST, stale.version))
        return _deceased_page(request, row, again, status=409, differences=_of_death(form, _patient(request, row.pk)))
    messages.success(request, "Saved.")
    return redirect("patients:patient", row.pk)


def _deceased_page(request: HttpRequest, row: Patient, form: DeceasedForm, *, status: int, **more: Any) -> HttpResponse:
    context = {"patient": row, "banner": banner_of(row, today=timezone.localdate()), "form": form, "is_stale": status == 409}
    return render(request, "patients/deceased.html", context | more, status=status)


def _of_death(form: DeceasedForm, theirs: Patient) -> list[differences.Difference]:
    """The day, and the death itself, which the form has no box for."""
    alive = [] if theirs.is_deceased else [("Deceased", "No", "Yes")]
    return [*alive, *differences.between(form, {"deceased_on": theirs.deceased_on})]


def _is_behind_glass(request: HttpRequest, patient_id: UUID) -> bool:
    """Whether all that this person can do here is to break the glass. Asked only where the page is not hers anyway."""
    if Patient.objects.visible_to(request.user).filter(pk=patient_id).exists():
        return False
    may = request.user.may("patients.break_glass")
    return may and Patient.objects.open_to(request.user).filter(pk=patient_id).exists()


def _banner(request: HttpRequest, row: Patient) -> Banner:
    """Whose role opens no charts sees of a broken one what is hers alone, not what the schedule says of her."""
    return banner_of(row, today=timezone.localdate(), is_one_of_many=not request.user.may("patients.view_patient"))


def _patient(request: HttpRequest, patient_id: UUID) -> Patient:
    rows = Patient.objects.visible_to(request.user).with_names()
    row = get_object_or_404(rows.prefetch_related("contacts__consents", "addresses", "identifiers"), pk=patient_id)
    reads.opens_chart_of(row.pk)
    return row
