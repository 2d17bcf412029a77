"""The call desk: the lobby over all practices, one call, and calls found again."""

from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from compliance.access import requires, signed_in
from compliance.audit import reads
from compliance.models import Practice
from compliance.posts import posted
from compliance.tenancy.urls import practice_url
from correspondence import calls, lobby
from correspondence.call_forms import TakeForm
from correspondence.models import Call
from correspondence.views.call_page import call_page
from patients import banner, names
from patients.models import Patient

PAGE = 50


@signed_in
@require_http_methods(["GET", "POST"])
def lobby_page(request: HttpRequest) -> HttpResponse:
    """All practices where one takes calls. POST: take a call at the practice dialled or chosen."""
    lines = lobby.lines(request.user, now=timezone.now())
    form = TakeForm(posted(request), auto_id="take_%s")
    practice = _practice(form, [line.practice for line in lines]) if form.is_bound and form.is_valid() else None
    if practice is not None:
        call = calls.take(form.cleaned_data["number"], practice=practice, by=request.user, now=timezone.now())
        return redirect(practice_url(practice, "correspondence:call", call.pk))
    context = {
        "form": form,
        "lines": lines,
        "mine": [row for line in lines for row in line.mine],
        "today": sorted((row for line in lines for row in line.today), key=lambda row: row.started_at, reverse=True),
    }
    return render(request, "correspondence/lobby.html", context, status=422 if form.is_bound else 200)


@requires("correspondence.view_call")
@require_safe
def call(request: HttpRequest, call_id: UUID) -> HttpResponse:
    """One call: who is calling, what is done, the log. Filters of the free times stand in the query string."""
    row = get_object_or_404(Call.objects.visible_to(request.user).select_related("handled_by"), pk=call_id)
    return call_page(request, row)


@requires("correspondence.view_call")
@require_safe
def call_list(request: HttpRequest) -> HttpResponse:
    """The practice's calls, newest first (`?page=`)."""
    return _list(request, "Calls", Call.objects.visible_to(request.user))


@requires("correspondence.view_call")
@require_safe
def of_patient(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """The calls about one patient, newest first (`?page=`)."""
    rows = Patient.objects.visible_to(request.user).with_names().prefetch_related("contacts")
    patient = get_object_or_404(rows, pk=patient_id)
    reads.opens_chart_of(patient.pk)
    found = Call.objects.visible_to(request.user).filter(patient=patient)
    return _list(request, f"Calls about {names.full(patient)}", found, patient=patient)


def _list(request: HttpRequest, heading: str, found, *, patient: Patient | None = None) -> HttpResponse:
    newest_first = found.with_outcome().select_related("handled_by").order_by("-started_at", "-pk")
    page = Paginator(newest_first, PAGE).get_page(request.GET.get("page"))
    rows = lobby.rows(list(page.object_list), request.practice, user=request.user)  # type: ignore[attr-defined]
    on_top = banner.banner_of(patient, today=timezone.localdate()) if patient else None
    context = {"heading": heading, "page": page, "rows": rows, "patient": patient, "banner": on_top}
    return render(request, "correspondence/call_list.html", context)


def _practice(form: TakeForm, among: list[Practice]) -> Practice | None:
    """Chosen by its button, or else by the number dialled; with one practice only it is that one."""
    said = form.cleaned_data
    chosen = next((practice for practice in among if practice.slug == said["practice"]), None)
    if chosen is None and said["dialled"]:
        chosen = lobby.practice_dialled(said["dialled"], among)
        if chosen is None:
            form.add_error("dialled", "That number belongs to none of your practices. Choose the practice below.")
        return chosen
    if chosen is None and len(among) == 1 and not said["practice"]:
        return among[0]
    if chosen is None:
        form.add_error(None, "Choose the practice that was called.")
    return chosen
