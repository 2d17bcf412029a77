"""Who is to be seen again: the list, planning, attempts."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from compliance.access import requires
from compliance.audit import reads
from compliance.posts import posted
from patients.names import listed
from scheduling import lists, recalls
from scheduling.contacting import CALLABLE
from scheduling.enums_waiting import RECALL_OPEN, RecallStatus
from scheduling.forms import kinds
from scheduling.models import Appointment, Provider, Recall
from scheduling.views.charts import banner_for, patient_of
from scheduling.waiting_forms import AttemptForm, CloseForm, ListForm, RecallForm

SHOWN = 50
PLANNED = "Planned. It becomes work by itself."
NOT_CONTACTED = "The patient is not to be contacted, so nobody tries. Close the recall, or change the record first."


@requires("scheduling.view_schedule")
@require_safe
def recall_list(request: HttpRequest) -> HttpResponse:
    """Those to be called now, by when to try next; other states by the filter. Fifty rows."""
    said = ListForm(request.GET).said()
    rows = Recall.objects.visible_to(request.user)
    if said.get("state") in RecallStatus.values:
        rows = rows.filter(status=said["state"])
    else:
        rows = rows.filter(status__in=recalls.CALLED, **CALLABLE)
    for name, column in (("kind", "visit_type"), ("provider", "provider"), ("until", "due_on__lte")):
        rows = rows.filter(**{column: said[name]}) if name in said else rows
    total = rows.count()
    found = rows.select_related("visit_type", "provider").order_by(F("next_try_at").asc(nulls_first=True), "due_on", "pk")
    named = lists.named(found)[:SHOWN]
    context = {
        "rows": [(row, listed(row.patient)) for row in named],
        "total": total,
        "filters": {name: str(value) for name, value in said.items()},
        "states": RecallStatus.choices,
        "kinds": kinds(request.user),
        "providers": Provider.objects.open_to(request.user).working(),
        "may_confirm": request.user.may("scheduling.confirm_appointment"),
        "now": timezone.now(),
    }
    return render(request, "scheduling/recalls.html", context)


@requires("scheduling.plan_recall")
@require_http_methods(["GET", "HEAD", "POST"])
def plan(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """See her again in six months; `?visit=` is the visit from which it is asked."""
    patient, visit = patient_of(request, patient_id), _visit(request, patient_id)
    initial = {"visit_type": visit.visit_type_id, "provider": visit.provider_id} if visit else {}
    form = RecallForm(posted(request), user=request.user, initial=initial)
    if form.is_bound and form.is_valid():
        row = recalls.plan(patient=patient, from_visit=visit, by=request.user, now=timezone.now(), **form.details())
        is_met = row.status == RecallStatus.SCHEDULED
        messages.success(request, "Planned. A visit that is booked already meets it." if is_met else PLANNED)
        return redirect("scheduling:recalls_of", patient.pk)
    context = {"form": form, "banner": banner_for(request, patient_id), "patient_id": patient_id, "visit": visit}
    return render(request, "scheduling/recall_form.html", context, status=422 if form.is_bound else 200)


@requires("scheduling.view_schedule")
@require_safe
def of_patient(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """Every recall and every wish of one patient."""
    rows = Recall.objects.visible_to(request.user).filter(patient=patient_id).select_related("visit_type", "provider")
    context = {
        "banner": banner_for(request, patient_id),
        "patient_id": patient_id,
        "rows": rows.order_by("-due_on", "pk"),
        "entries": patient_of(request, patient_id).wait_entries.select_related("visit_type", "provider").in_order(),
        "may_plan": request.user.may("scheduling.plan_recall"),
        "may_work": request.user.may("scheduling.work_wait_list"),
    }
    return render(request, "scheduling/recalls_of.html", context)


@requires("scheduling.view_schedule")
@require_safe
def recall(request: HttpRequest, recall_id: UUID) -> HttpResponse:
    """One recall with its attempts."""
    return _page(request, _recall(request, recall_id))


@requires("scheduling.work_recall")
@require_POST
def attempt(request: HttpRequest, recall_id: UUID) -> HttpResponse:
    """She was tried; the result sets the next try."""
    row, form = _recall(request, recall_id), AttemptForm(request.POST)
    if not form.is_valid():
        return _page(request, row, attempt_form=form, status=422)
    try:
        recalls.attempt(row, by=request.user, now=timezone.now(), **form.cleaned_data)
    except recalls.NotContacted:
        return _page(request, row, problem=NOT_CONTACTED, status=422)
    except recalls.IllegalMove:
        return _page(request, _recall(request, recall_id), problem=_over(row), status=409)
    messages.success(request, "Kept.")
    return redirect("scheduling:recall", row.pk)


@requires("scheduling.work_recall")
@require_POST
def close(request: HttpRequest, recall_id: UUID) -> HttpResponse:
    """She need not be seen again."""
    row, form = _recall(request, recall_id), CloseForm(request.POST)
    if not form.is_valid():
        return _page(request, row, close_form=form, status=422)
    try:
        recalls.close(row, by=request.user, now=timezone.now(), note=form.cleaned_data["note"])
    except recalls.IllegalMove:
        return _page(request, _recall(request, recall_id), problem=_over(row), status=409)
    messages.success(request, "Closed.")
    return redirect("scheduling:recalls")


def _over(row: Recall) -> str:
    if row.status == RecallStatus.PLANNED:
        return f"The patient is called from {row.contact_from:%b} {row.contact_from.day} on."
    return "Somebody moved this recall meanwhile, or it is over. Look at it again."


def _recall(request: HttpRequest, recall_id: UUID) -> Recall:
    rows = Recall.objects.visible_to(request.user).select_related(
        "patient", "visit_type", "provider", "visit__location", "case"
    )
    row = get_object_or_404(rows, pk=recall_id)
    reads.opens_chart_of(row.patient_id)
    return row


def _page(request: HttpRequest, row: Recall, *, status: int = 200, **more: Any) -> HttpResponse:
    context = {
        "recall": row,
        "banner": banner_for(request, row.patient_id),
        "steps": row.steps.select_related("by").order_by("-at", "-pk"),
        "is_open": row.status in RECALL_OPEN,
        "is_due": row.status in (RecallStatus.DUE, RecallStatus.ATTEMPTING),
        "may_work": request.user.may("scheduling.work_recall"),
        "may_book": request.user.may("scheduling.book_appointment"),
        "attempt_form": AttemptForm(),
        "close_form": CloseForm(),
        **more,
    }
    return render(request, "scheduling/recall.html", context, status=status)


def _visit(request: HttpRequest, patient_id: UUID) -> Appointment | None:
    try:
        wanted = UUID(request.GET.get("visit", ""))
    except ValueError:
        return None
    return Appointment.objects.visible_to(request.user).filter(pk=wanted, patient=patient_id).first()
