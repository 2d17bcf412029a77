"""One visit: what it is, what moved it, and everything one does with it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from compliance import differences
from compliance.access import insist, requires
from compliance.posts import posted, with_version
from scheduling import booking, history, in_closed, interpreters, rebooking, steps, visits
from scheduling.enums import LOOKS, OVER, UPCOMING, Status
from scheduling.forms import ActForm, CancelForm, ChangeForm
from scheduling.models import Appointment, Occurrence
from scheduling.views.charts import banner_for, in_short, led_back, next_of, visit_of
from scheduling.views.refusals import CANNOT, in_words

CHANGED = ("mode", "reason", "room", "comment", "prepared")


@dataclass(frozen=True)
class Verb:
    """One thing that is done to a visit by a button: its words, permission, act, and the statuses it starts from."""

    name: str
    words: str
    icon: str
    permission: str
    act: Callable[..., Any]
    before: frozenset[Status]
    needs: str = ""

    def permission_from(self, status: str) -> str:
        """What one needs for it: to erase what is over is to reopen it."""
        return REOPEN if self.name == "error" and status in OVER else self.permission

    def do(self, visit: Appointment, form: ActForm, *, request: HttpRequest, now: datetime) -> None:
        """Hand the form's fields that the act takes to the domain."""
        said = form.cleaned_data
        steps.as_shown(visit, said["version"])
        more: dict[str, Any] = {}
        if self.needs == "reason":
            more["reason"] = said["reason"]
        if self.name == "confirm" and said["via"]:
            more["via"] = said["via"]
        if self.name == "check-in":
            more["verified"] = frozenset(said["verified"])
        if self.name == "room":
            more["room"] = said["room"]
        if self.name == "finish":
            more["quick"] = request.user.may("scheduling.quick_complete")
        self.act(visit, by=request.user, now=now, version=said["version"], **more)


S = Status
ARRIVE, CANCEL = "scheduling.arrive_appointment", "scheduling.cancel_appointment"
REOPEN = "scheduling.reopen_appointment"
VERBS = [
    Verb("confirm", "Confirm", "calendar-check", "scheduling.confirm_appointment", visits.confirm, frozenset({S.BOOKED})),
    Verb("arrive", "Arrived", "user-check", ARRIVE, visits.arrive, frozenset(UPCOMING)),
    Verb("check-in", "Check in", "clipboard-check", ARRIVE, visits.check_in, frozenset({S.ARRIVED})),
    Verb("room", "To room", "door-open", ARRIVE, visits.room, frozenset({S.ARRIVED, S.CHECKED_IN})),
    Verb("finish", "Completed", "check", ARRIVE, visits.finish, frozenset({S.CHECKED_IN, S.ROOMED, *UPCOMING})),
    Verb("no-show", "Did not come", "user-x", ARRIVE, visits.no_show, frozenset(UPCOMING)),
    Verb("leave", "Left unseen", "log-out", ARRIVE, visits.leave, frozenset({S.ARRIVED, S.CHECKED_IN, S.ROOMED}), "reason"),
    Verb(
        "reopen", "Take back", "undo-2", REOPEN, visits.reopen,
        frozenset({S.FULFILLED, S.NO_SHOW}), "reason",
    ),
    Verb(
        "error", "Entered in error", "eraser", CANCEL, visits.enter_in_error,
        frozenset(Status) - {S.IN_ERROR, S.CANCELLED, S.RESCHEDULED}, "reason",
    ),
]  # fmt: skip
BY_NAME = {verb.name: verb for verb in VERBS}


@requires("scheduling.view_schedule")
@require_safe
def visit(request: HttpRequest, visit_id: UUID) -> HttpResponse:
    """The visit with its history and what may be done with it."""
    return page(request, visit_of(request, visit_id))


@requires("scheduling.view_schedule")
@require_POST
def act(request: HttpRequest, visit_id: UUID, verb: str) -> HttpResponse:
    """One verb of VERBS; each has a permission of its own. In a panel what is refused is said there."""
    found = BY_NAME.get(verb)
    if found is None:
        raise Http404
    insist(request.user, found.permission)
    row = visit_of(request, visit_id)
    insist(request.user, found.permission_from(row.status))
    form = ActForm(request.POST, user=request.user, visit=row, verb=found.name, needs=found.needs)
    if not form.is_valid():
        problem = "" if "reason" in form.errors else "That could not be read. Reload the page and try again."
        return page(request, row, problem=problem, acted=form, status=422)
    try:
        found.do(row, form, request=request, now=timezone.now())
    except CANNOT as refused:
        return _refused(request, row, refused, acted=form)
    messages.success(request, f"{row.get_status_display()}.", extra_tags=f"undo-visit:{row.pk}")
    return led_back(request, reverse("scheduling:visit", args=[row.pk]))


@requires("scheduling.cancel_appointment")
@require_http_methods(["GET", "POST"])
def cancel(request: HttpRequest, visit_id: UUID) -> HttpResponse:
    """Why, by whose wish, who told the patient: three fields, one act. In a panel what is missing is said there."""
    row = visit_of(request, visit_id)
    form = CancelForm(posted(request), initial={"version": row.version})
    if not (form.is_bound and form.is_valid()):
        return page(request, row, cancel_form=form, status=422 if form.is_bound else 200)
    try:
        visits.cancel(row, by=request.user, now=timezone.now(), **form.cleaned_data)
    except steps.Stale as stale:
        theirs = visit_of(request, visit_id)
        again = CancelForm(with_version(request.POST, theirs.version))
        return page(request, theirs, problem=in_words(stale, row), cancel_form=again, status=409)
    except CANNOT as refused:
        return _refused(request, row, refused, cancel_form=form)
    messages.success(request, f"Cancelled: {in_short(row)}.", extra_tags=f"undo-visit:{row.pk}")
    return led_back(request, reverse("scheduling:visit", args=[row.pk]))


@requires("scheduling.move_appointment")
@require_http_methods(["GET", "POST"])
def change(request: HttpRequest, visit_id: UUID) -> HttpResponse:
    """Way, reason, room and note of a visit that stays where it is. Room taken or stale: 409, what was typed is kept."""
    row = visit_of(request, visit_id)
    initial = {name: getattr(row, name) for name in ("version", *CHANGED)}
    form = ChangeForm(posted(request), user=request.user, visit=row, initial=initial)
    context = {"form": form, "visit": row, "banner": banner_for(request, row.patient_id)}
    if not (form.is_bound and form.is_valid()):
        return render(request, "scheduling/change.html", context, status=422 if form.is_bound else 200)
    try:
        booking.move(row, by=request.user, now=timezone.now(), **form.cleaned_data)
    except booking.SlotTaken:
        form.add_error("room", "This room is taken at that time. Choose another.")
        return render(request, "scheduling/change.html", context, status=409)
    except booking.Stale:
        theirs = visit_of(request, visit_id)
        rows = differences.between(form, {name: getattr(theirs, name) for name in CHANGED})
        again = ChangeForm(with_version(request.POST, theirs.version), user=request.user, visit=row)
        context |= {"form": again, "visit": theirs, "is_stale": True, "differences": rows}
        return render(request, "scheduling/change.html", context, status=409)
    except CANNOT as refused:
        form.add_error(None, in_words(refused, row))
        return render(request, "scheduling/change.html", context, status=409)
    messages.success(request, "Changed.")
    return redirect("scheduling:visit", row.pk)


@requires("scheduling.view_schedule")
@require_POST
def undo(request: HttpRequest, visit_id: UUID) -> HttpResponse:
    """Take one's own last act back, within 20 seconds. In a panel what is refused is said there."""
    row = visit_of(request, visit_id)
    try:
        row = visits.undo(row, by=request.user, now=timezone.now())
        messages.success(request, "Undone.")
    except CANNOT as refused:
        if request.htmx:  # type: ignore[attr-defined]
            return _refused(request, row, refused)
        messages.error(request, in_words(refused, row))
    return led_back(request, reverse("scheduling:visit", args=[row.pk]))


def _refused(request: HttpRequest, row: Appointment, refused: Exception, **more: Any) -> HttpResponse:
    """What stood in the way, beside the visit as it is now."""
    status = 409 if isinstance(refused, steps.Stale) else 422
    return page(request, visit_of(request, row.pk), problem=in_words(refused, row), status=status, **more)


def _acts(request: HttpRequest, row: Appointment, now: datetime, acted: ActForm | None) -> list[tuple[Verb, ActForm]]:
    """What one may do with a visit, each with its form: the one that was just posted as it was."""
    verbs = [verb for verb in _possible(row, now) if request.user.may(verb.permission_from(row.status))]
    own = {acted.verb: acted} if acted else {}
    asks = {"user": request.user, "visit": row}
    return [(verb, own.get(verb.name) or ActForm(**asks, verb=verb.name, needs=verb.needs)) for verb in verbs]


def _possible(row: Appointment, now: datetime) -> list[Verb]:
    """What its status lets one do; nobody arrives on another day, be it late, nor stays away before the day."""
    verbs = [verb for verb in VERBS if row.status in verb.before]
    day, today = (timezone.localtime(moment, ZoneInfo(row.location.time_zone)).date() for moment in (row.starts_at, now))
    if row.status not in (*UPCOMING, S.NO_SHOW) or day == today:
        return verbs
    absent = {"arrive", "finish", "no-show"} if day > today else {"arrive"}
    if row.status == S.NO_SHOW:
        absent = {"reopen"}
    return [verb for verb in verbs if verb.name not in absent]


def page(request: HttpRequest, row: Appointment, *, status: int = 200, **more: Any) -> HttpResponse:
    """The visit's page, with a problem or a form that was not accepted."""
    is_open, now = row.status in UPCOMING, timezone.now()
    in_closed.say([row] if is_open and row.ends_at > now else [])
    last = row.transitions.order_by("-at", "-pk").first()
    context = {
        "visit": row,
        "look": LOOKS[Status(row.status)],
        "banner": banner_for(request, row.patient_id),
        "lines": history.lines(row),
        "origin": history.origin(row),
        "first_at": history.first_time(row),
        "occurrence": Occurrence.objects.visible_to(request.user).filter(visit=row).select_related("series").first(),
        "acts": _acts(request, row, now, more.get("acted")),
        "may_undo": visits.may_undo(row, last, by=request.user, now=now),
        "successor": getattr(row, "rescheduled_to", None),
        "interpreter": interpreters.case_of(row, request.user) if row.patient.interpreter_needed else None,
        "rebooking": rebooking.of_visit(row),
        "may_plan": request.user.may("scheduling.plan_recall"),
        "cancel_form": more.pop("cancel_form", None) or CancelForm(initial={"version": row.version}),
        "may_move": is_open and request.user.may("scheduling.move_appointment"),
        "may_cancel": is_open and request.user.may("scheduling.cancel_appointment"),
        "next": next_of(request),
        "cancel_is_open": request.resolver_match.view_name == "scheduling:cancel",
        **more,
    }
    return render(request, "scheduling/visit.html", context, status=status)
