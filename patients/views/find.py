"""Find a patient: one box, as you type or by Enter; what was typed stands in no address."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from compliance.access import requires
from patients import search
from patients.banner import Banner, banner_of
from patients.forms import FindForm


@requires("patients.find_patient")
@require_http_methods(["GET", "POST"])
def find(request: HttpRequest) -> HttpResponse:
    """The box and, once something was said, whom it fits: at most fifty, each with two identifiers."""
    form = FindForm(request.POST if request.method == "POST" else None)
    found = None
    if form.is_bound and form.is_valid() and form.cleaned_data["text"]:
        found = search.find(form.cleaned_data["text"], user=request.user)
    context = {
        "form": form,
        "found": found,
        "rows": _rows(found),
        "may_register": request.user.may("patients.register_patient"),
    }
    template = "patients/find.html#results" if request.htmx else "patients/find.html"  # type: ignore[attr-defined]
    return render(request, template, context, status=422 if form.errors else 200)


def _rows(found: search.Found | None) -> list[Banner]:
    today = timezone.localdate()
    return [banner_of(patient, today=today, is_one_of_many=True) for patient in found.patients] if found else []
