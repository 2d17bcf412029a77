"""Who may open one chart: for the privacy officer and the practice admin. A chart stands here by its MRN, never a name."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from compliance import charts
from compliance.access import requires
from compliance.models import Barred, BrokenGlass, ChartGrant, ChartRestriction, Relation
from patients.chart_forms import BarForm, PersonForm
from patients.models import Patient

SHOWN = 50
REFUSED = {
    charts.OwnReach: "You cannot widen what you yourself may open. Ask another admin or the privacy officer.",
    charts.Already: "It stands so already.",
    charts.NotRestricted: "This chart is not restricted.",
}


@requires("compliance.view_restrictions")
@require_safe
def restricted(request: HttpRequest) -> HttpResponse:
    """Charts that are restricted now, and the glass that was broken last."""
    standing = ChartRestriction.objects.visible_to(request.user).filter(ended_at__isnull=True)
    broken = BrokenGlass.objects.visible_to(request.user).select_related("user").order_by("-broken_at", "-pk")
    context = {
        "restrictions": standing.select_related("by").order_by("-created_at", "-pk")[:SHOWN],
        "broken": broken[:SHOWN],
    }
    return render(request, "patients/restricted.html", context)


@requires("compliance.view_restrictions")
@require_safe
def who(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """Whether one chart is restricted, to whom it is open, and who keeps out."""
    return _page(request, _row(request, patient_id))


@requires("compliance.restrict_chart")
@require_POST
def restrict(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """Close the chart to all but named people."""
    row = _row(request, patient_id)
    return _done(request, row.pk, lambda: charts.restrict(row.pk, by=request.user), "Restricted to named people.")


@requires("compliance.restrict_chart")
@require_POST
def lift(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """Open it again to everybody whose role opens charts."""
    row = _row(request, patient_id)
    said = "No longer restricted."
    return _done(request, row.pk, lambda: charts.lift(row.pk, by=request.user, now=timezone.now()), said)


@requires("compliance.restrict_chart")
@require_POST
def name(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """Name a person to whom it is open."""
    row, form = _row(request, patient_id), PersonForm(request.POST)
    if not form.is_valid():
        return _page(request, row, name_form=form, status=422)
    return _done(request, row.pk, lambda: charts.name(form.chosen, row.pk, by=request.user), "Named.")


@requires("compliance.restrict_chart")
@require_POST
def bar(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """Keep a person out of it: family, neighbours, herself."""
    row, form = _row(request, patient_id), BarForm(request.POST)
    if not form.is_valid():
        return _page(request, row, bar_form=form, status=422)
    relation = Relation(form.cleaned_data["relation"])
    act = lambda: charts.bar(form.chosen, row.pk, relation=relation, by=request.user)  # noqa: E731
    return _done(request, row.pk, act, "This person no longer sees the chart.")


@requires("compliance.restrict_chart")
@require_POST
def end_grant(request: HttpRequest, grant_id: UUID) -> HttpResponse:
    """Take a name off the list."""
    row = get_object_or_404(ChartGrant.objects.visible_to(request.user), pk=grant_id)
    return _done(request, row.patient, lambda: charts.end(row, by=request.user, now=timezone.now()), "Taken off.")


@requires("compliance.restrict_chart")
@require_POST
def end_bar(request: HttpRequest, barred_id: UUID) -> HttpResponse:
    """Let a barred person see the chart again as her role allows."""
    row = get_object_or_404(Barred.objects.visible_to(request.user), pk=barred_id)
    return _done(request, row.patient, lambda: charts.end(row, by=request.user, now=timezone.now()), "No longer barred.")


def _row(request: HttpRequest, patient_id: UUID) -> Patient:
    return get_object_or_404(Patient.objects.open_to(request.user), pk=patient_id)


def _done(request: HttpRequest, patient: UUID, act: Callable[[], Any], said: str) -> HttpResponse:
    try:
        act()
    except tuple(REFUSED) as refused:
        messages.error(request, REFUSED[type(refused)])
    else:
        messages.success(request, said)
    return redirect("patients:who", patient)


def _page(request: HttpRequest, row: Patient, *, status: int = 200, **forms: Any) -> HttpResponse:
    standing = {"patient": row.pk, "ended_at__isnull": True}
    context = {
        "patient": row,
        "is_restricted": charts.is_restricted(row.pk),
        "named": ChartGrant.objects.visible_to(request.user).filter(**standing).select_related("user", "by"),
        "barred": Barred.objects.visible_to(request.user).filter(**standing).select_related("user", "by"),
        "may_restrict": request.user.may("compliance.restrict_chart"),
        "name_form": forms.get("name_form") or PersonForm(),
        "bar_form": forms.get("bar_form") or BarForm(),
    }
    return render(request, "patients/who.html", context, status=status)
