"""A case: what it is, what moved it, and what one does with it."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from compliance import case_ends, cases, charts, clock
from compliance.access import requires
from compliance.audit import reads
from compliance.case_forms import EndForm, HandOverForm, MoveForm, NewCaseForm, WaitForm
from compliance.enums import CaseStatus, kind_of_case
from compliance.models import Case, CaseTransition, User
from compliance.posts import way_back
from compliance.tenancy.urls import plain_url

NOT_YOURS = "This is for those to whom it was given, and nobody reviews her own act."


@requires("compliance.view_case")
@require_safe
def case(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """The case with its history."""
    return _page(request, _case(request, case_id))


@requires("compliance.work_case")
@require_http_methods(["GET", "HEAD", "POST"])
def new_case(request: HttpRequest) -> HttpResponse:
    """A task made by hand; `?patient=` is the opaque id of the patient it is about."""
    initial = {"to": str(request.user.pk), "patient": request.GET.get("patient")}
    form = NewCaseForm(request.POST if request.method == "POST" else None, initial=initial)
    if not form.is_valid():
        context = {"form": form, "is_assumed": clock.calendar_of(request.practice).is_assumed}
        return render(request, "compliance/new_case.html", context, status=422 if form.is_bound else 200)
    said = form.cleaned_data
    made = cases.open_task(
        summary=said["summary"],
        patient=said["patient"],
        owner=form.person,
        team=form.team,
        priority=said["priority"],
        due_at=said["due_at"],
        by=request.user,
        now=timezone.now(),
    )
    messages.success(request, "The task is made.")
    return redirect(_back(request, made))


@requires("compliance.work_case")
@require_POST
def done(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Done, with an optional note; where a row stands behind the case, with what came of it."""
    return _act(request, case_id, EndForm, _finish, "Done.")


@requires("compliance.work_case")
@require_POST
def take(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Make it one's own and open it."""
    return _act(request, case_id, EndForm, _take, "It is yours.")


@requires("compliance.work_case")
@require_POST
def wait(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Wait for somebody until a moment of the practice's clock."""
    return _act(request, case_id, WaitForm, _wait, "It waits.")


@requires("compliance.assign_case")
@require_POST
def hand_over(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Give it to a person or a team."""
    return _act(request, case_id, HandOverForm, _hand_over, "Handed over.")


@requires("compliance.work_case")
@require_POST
def undo(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Take the own last act back within 20 seconds, also when the case went to somebody else by it."""
    now = timezone.now()
    row = get_object_or_404(Case.objects.visible_to(request.user, moved_since=now - cases.UNDO_LASTS), pk=case_id)
    try:
        with case_ends.following(row, by=request.user, now=now):
            cases.undo(row, by=request.user, now=now)
        messages.success(request, "Undone.")
    except case_ends.Refused as refused:
        messages.error(request, str(refused))
    except (cases.TooLate, cases.Stale):
        messages.error(request, "That can be undone for 20 seconds, by whoever did it. Use the buttons of the case.")
    return redirect(_back(request, row))


def _finish(row: Case, form: MoveForm, **acting: Any) -> CaseTransition:
    return case_ends.end(row, form.cleaned_data.get("outcome", ""), **acting)


def _take(row: Case, form: MoveForm, **acting: Any) -> CaseTransition:
    if row.status == CaseStatus.IN_PROGRESS:
        return cases.hand_over(row, owner=acting["by"], **acting)
    with case_ends.following(row, by=acting["by"], now=acting["now"]):
        return cases.move(row, CaseStatus.IN_PROGRESS, owner_id=acting["by"].pk, team="", **acting)


def _wait(row: Case, form: WaitForm, **acting: Any) -> CaseTransition:
    with case_ends.following(row, by=acting["by"], now=acting["now"]):
        return cases.wait(row, on=form.cleaned_data["on"], until=form.cleaned_data["until"], **acting)


def _hand_over(row: Case, form: HandOverForm, **acting: Any) -> CaseTransition:
    return cases.hand_over(row, owner=form.person, team=form.team, **acting)


def _act(
    request: HttpRequest, case_id: UUID, form_class: type[MoveForm], act: Callable[..., CaseTransition], said: str
) -> HttpResponse:
    row = _case(request, case_id)
    form = _form(form_class, row, request.POST)
    if not form.is_valid():
        return _page(request, row, form=form, status=422)
    version, note = form.cleaned_data["version"], form.cleaned_data["note"]
    try:
        cases.insist(row, request.user)
        act(row, form, by=request.user, now=timezone.now(), version=version, note=note)
    except cases.NotYours:
        return _page(request, row, problem=NOT_YOURS, status=422)
    except case_ends.Refused as refused:
        return _page(request, _case(request, case_id), form=form, problem=str(refused), status=422)
    except case_ends.NotSaid:
        form.add_error("outcome", "Choose what came of it.")
        return _page(request, row, form=form, status=422)
    except cases.Stale as stale:
        return _stale(request, stale.case, form_class)
    except cases.IllegalMove as illegal:
        form.add_error(None, f"It is {row.get_status_display().lower()}. {illegal}.")
        return _page(request, row, form=form, status=422)
    except cases.ReasonMissing:
        form.add_error("note", "Say why it is opened again.")
        return _page(request, row, form=form, status=422)
    messages.success(request, said, extra_tags=f"undo:{row.pk}")
    return redirect(_back(request, row))


def _stale(request: HttpRequest, row: Case, form_class: type[MoveForm]) -> HttpResponse:
    """The page as it is now with what was typed; sent again it means: mine all the same."""
    again = request.POST.copy()
    again["version"] = str(row.version)
    return _page(request, row, form=_form(form_class, row, again), is_stale=True, status=409)


def _form(form_class: type[MoveForm], row: Case, said: QueryDict) -> MoveForm:
    return EndForm(said, ends=_ends(row)) if form_class is EndForm else form_class(said)


def _ends(row: Case) -> list[case_ends.End]:
    return case_ends.ends_of(row) if row.closed_at is None else []


def _case(request: HttpRequest, case_id: UUID) -> Case:
    row = get_object_or_404(Case.objects.visible_to(request.user).select_related("owner"), pk=case_id)
    patient = row.patient or charts.reviewed_in(row)
    if patient:
        if charts.is_barred(request.user, patient):
            raise Http404
        reads.note(patient, "case")  # what a review says of her, although the case does not name her
        reads.opens_chart_of(patient)
    return row


def _is_hers(row: Case, user: User) -> bool:
    try:
        cases.insist(row, user)
    except cases.NotYours:
        return False
    return True


def _back(request: HttpRequest, row: Case) -> str:
    """Where the page asked to return to; else the case, or one's work when the case went to somebody else."""
    if wanted := way_back(request, ""):
        return wanted
    if Case.objects.visible_to(request.user).filter(pk=row.pk).exists():
        return reverse("compliance:case", args=[row.pk])
    return plain_url("desk:my_work")


def _page(
    request: HttpRequest,
    row: Case,
    *,
    form: MoveForm | None = None,
    is_stale: bool = False,
    problem: str = "",
    status: int = 200,
) -> HttpResponse:
    fresh, is_hers = {"version": row.version}, _is_hers(row, request.user)
    steps = list(row.transitions.select_related("by", "to_owner").order_by("-at", "-pk"))
    context = {
        "case": row,
        "kind": kind_of_case(row.kind),
        "transitions": steps,
        "may_undo": bool(steps) and cases.may_undo(steps[0], by=request.user, now=timezone.now()),
        "form": form,
        "is_stale": is_stale,
        "problem": problem,
        "move_form": form if isinstance(form, EndForm) else EndForm(initial=fresh, ends=_ends(row)),
        "wait_form": form if isinstance(form, WaitForm) else WaitForm(initial=fresh),
        "hand_over_form": form if isinstance(form, HandOverForm) else HandOverForm(initial=fresh),
        "is_standing": row.closed_at is None,
        "may_work": is_hers and request.user.may("compliance.work_case"),
        "may_assign": is_hers and request.user.may("compliance.assign_case"),
    }
    return render(request, "compliance/case.html", context, status=status)
