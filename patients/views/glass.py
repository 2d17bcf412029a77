"""A closed chart opened in need: for one person, with a reason, for half an hour."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from compliance import charts, reauthentication
from compliance.access import requires
from compliance.roles import Role
from patients.chart_forms import GlassForm
from patients.models import Patient

TOLD = {Role.PRIVACY_OFFICER: "The privacy officer was", Role.PRACTICE_ADMIN: "The practice's admins were"}


@requires("patients.break_glass")
@require_http_methods(["GET", "HEAD", "POST"])
def glass(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """Asks for the second factor again, then for the reason. Nothing of the chart is on this page."""
    row = get_object_or_404(Patient.objects.open_to(request.user), pk=patient_id)
    if not charts.is_closed_to(request.user, row.pk, now=timezone.now()):
        return redirect("patients:patient", row.pk)
    if not reauthentication.recently(request):
        return reauthentication.asked_first(request)
    form = GlassForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        context = {
            "form": form,
            "is_restricted": charts.is_restricted(row.pk),
            "told": TOLD[charts.reviewers_of(request.user)],
        }
        return render(request, "patients/glass.html", context, status=422 if form.is_bound else 200)
    charts.break_glass(row.pk, **form.said(), by=request.user, now=timezone.now())
    messages.success(request, f"The chart is open to you for 30 minutes. {TOLD[charts.reviewers_of(request.user)]} told.")
    return redirect("patients:patient", row.pk)
