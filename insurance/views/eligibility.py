"""Is the visit covered: the badge, and the form for what a payer said."""

from datetime import date
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from compliance.access import requires
from compliance.moments import read_day
from compliance.posts import posted
from insurance import eligibility
from insurance.forms import CheckForm
from insurance.models import Coverage
from insurance.views.coverage import patient_with_banner
from patients.models import Patient
from scheduling.models import Appointment


@requires("insurance.view_readiness")
@require_safe
def readiness(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """How the patient's insurance stands for one day (`?on=2026-11-23`): word and colour, no amounts."""
    patient = get_object_or_404(Patient.objects.visible_to(request.user), pk=patient_id)
    day = _day(request)
    days = request.practice.eligibility_days  # type: ignore[attr-defined]
    standing = eligibility.needed_for(patient.pk, day=day, now=timezone.now(), days=days)
    context = {
        "standing": standing,
        "patient": patient,
        "day": day,
        "may_check": request.user.may("insurance.check_eligibility"),
    }
    name = "insurance/readiness.html#badge" if request.htmx else "insurance/readiness.html"  # type: ignore[attr-defined]
    return render(request, name, context)


@requires("insurance.view_readiness")
@require_safe
def day_badges(request: HttpRequest, day: str) -> HttpResponse:
    """How insurance stands for every visit of a day: out-of-band badges for the board, or a page. Nothing is opened."""
    on = read_day(day)
    if on is None:
        raise Http404
    visits = Appointment.objects.visible_to(request.user).standing().on(on, timezone.get_current_timezone())
    visits = list(visits.filter(visit_type__needs_coverage=True).select_related("provider").order_by("starts_at", "pk"))
    days = request.practice.eligibility_days  # type: ignore[attr-defined]
    standings = eligibility.standings([(visit.patient_id, on) for visit in visits], now=timezone.now(), days=days)
    rows = [(visit, standings[visit.patient_id, on]) for visit in visits]
    name = "insurance/day_badges.html#badges" if request.htmx else "insurance/day_badges.html"  # type: ignore[attr-defined]
    return render(request, name, {"rows": rows, "day": on, "not_ready": sum(not how.is_ready for _, how in rows)})


@requires("insurance.check_eligibility")
@require_http_methods(["GET", "POST"])
def check(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """Write down what the payer said about one day of service."""
    patient, on_top = patient_with_banner(request, patient_id)
    coverages = Coverage.objects.visible_to(request.user).filter(patient=patient).active().select_related("payer")
    day = _day(request)
    first = next((row for row in coverages.order_by("priority") if row.holds_on(day)), None)
    form = CheckForm(posted(request), coverages=coverages, initial={"serviced_on": day, "coverage": first})
    if form.is_bound and form.is_valid():
        try:
            _record(request, form)
            messages.success(request, "The check is saved.")
            return redirect("insurance:coverage", patient.pk)
        except eligibility.NotCovered:
            form.add_error("serviced_on", "This insurance does not cover that date. Check its first and last day.")
    context = {**on_top, "form": form, "coverage": first, "day": day}
    return render(request, "insurance/check.html", context, status=422 if form.errors else 200)


def _record(request: HttpRequest, form: CheckForm) -> None:
    said = form.cleaned_data
    eligibility.record(
        said["coverage"],
        serviced_on=said["serviced_on"],
        method=said["method"],
        is_in_force=said["is_in_force"],
        by=request.user,
        now=timezone.now(),
        details=form.details(),
    )


def _day(request: HttpRequest) -> date:
    return read_day(request.GET.get("on", "")) or timezone.localdate()
