"""A case: what it is, what moved it, and the four things one does with it."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from compliance import cases
from compliance.access import requires
from compliance.audit import reads
from compliance.case_forms import HandOverForm, MoveForm, WaitForm
from compliance.enums import CaseStatus, kind_of_case
from compliance.models import Case


def _case(request: HttpRequest, case_id: UUID) -> Case:
    case = get_object_or_404(Case.objects.visible_to(request.user).select_related("owner"), pk=case_id)
    if case.patient:
        reads.opens_chart_of(case.patient)
    return case


@requires("compliance.view_case")
@require_safe
def case(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """The case with its history."""
    return _page(request, _case(request, case_id))


@requires("compliance.work_case")
@require_POST
def done(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Done, with an optional note."""
    return _act(request, case_id, MoveForm, lambda row, form, now: _moved(request, row, CaseStatus.COMPLETED, form, now))


@requires("compliance.work_case")
@require_POST
def take(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Make it one's own and open it."""
    return _act(request, case_id, MoveForm, lambda row, form, now: _taken(request, row, form, now))


@requires("compliance.work_case")
@require_POST
def wait(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Wait for somebody until a moment of the practice's clock."""
    return _act(
        request,
        case_id,
        WaitForm,
        lambda row, form, now: cases.wait(
            row,
            on=form.cleaned_data["on"],
            until=form.cleaned_data["until"],
            by=request.user,
            now=now,
            version=form.cleaned_data["version"],
            note=form.cleaned_data["note"],
        ),
    )


@requires("compliance.assign_case")
@require_POST
def hand_over(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Give it to a person or a team."""
    return _act(
        request,
        case_id,
        HandOverForm,
        lambda row, form, now: cases.hand_over(
            row,
            by=request.user,
            now=now,
            owner=form.person,
            team=form.team,
            version=form.cleaned_data["version"],
            note=form.cleaned_data["note"],
        ),
    )


@requires("compliance.work_case")
@require_POST
def undo(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Take the own last act back, within 20 seconds."""
    row = _case(request, case_id)
    try:
        cases.undo(row, by=request.user, now=timezone.now())
        messages.success(request, "Undone.")
    except cases.TooLate:
        messages.error(request, "That can be undone for 20 seconds, by whoever did it. Use the buttons below.")
    return redirect(_back(request, case_id))


def _act(request: HttpRequest, case_id: UUID, form_class: type, act: Callable[..., object]) -> HttpResponse:
    row = _case(request, case_id)
    form = form_class(request.POST)
    if not form.is_valid():
        return _page(request, row, form=form, status=422)
    try:
        act(row, form, timezone.now())
    except cases.Stale as stale:
        return _page(request, stale.case, form=form, is_stale=True, status=409)
    except cases.IllegalMove as illegal:
        form.add_error(None, f"It is {row.get_status_display().lower()}. {illegal}.")
        return _page(request, row, form=form, status=422)
    except cases.ReasonMissing:
        form.add_error("note", "Say why it is opened again.")
        return _page(request, row, form=form, status=422)
    messages.success(request, f"{row.get_status_display()}.", extra_tags=f"undo:{row.pk}")
    return redirect(_back(request, case_id))


def _moved(request: HttpRequest, row: Case, to: CaseStatus, form: MoveForm, now: datetime) -> object:
    return cases.move(
        row, to, by=request.user, now=now, version=form.cleaned_data["version"], note=form.cleaned_data["note"]
    )


def _taken(request: HttpRequest, row: Case, form: MoveForm, now: datetime) -> object:
    if row.status == CaseStatus.IN_PROGRESS:
        return cases.hand_over(row, by=request.user, owner=request.user, now=now, version=form.cleaned_data["version"])
    return cases.move(
        row,
        CaseStatus.IN_PROGRESS,
        by=request.user,
        now=now,
        version=form.cleaned_data["version"],
        note=form.cleaned_data["note"],
        owner_id=request.user.pk,
        team="",
    )


def _back(request: HttpRequest, case_id: UUID) -> str:
    wanted = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(wanted, allowed_hosts=None):
        return wanted
    from django.urls import reverse

    return reverse("compliance:case", args=[case_id])


def _page(
    request: HttpRequest, row: Case, *, form: object = None, is_stale: bool = False, status: int = 200
) -> HttpResponse:
    context = {
        "case": row,
        "kind": kind_of_case(row.kind),
        "transitions": row.transitions.select_related("by", "to_owner").order_by("-at", "-pk"),
        "form": form,
        "is_stale": is_stale,
        "move_form": form if isinstance(form, MoveForm) else MoveForm(initial={"version": row.version}),
        "wait_form": form if isinstance(form, WaitForm) else WaitForm(initial={"version": row.version}),
        "hand_over_form": form if isinstance(form, HandOverForm) else HandOverForm(initial={"version": row.version}),
        "is_standing": row.closed_at is None,
        "may_assign": request.user.may("compliance.assign_case"),
    }
    return render(request, "compliance/case.html", context, status=status)
