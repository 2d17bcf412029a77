"""Changing and cancelling a series: this visit, this and those that follow, or all; the page asks which."""

from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from compliance.access import requires
from compliance.posts import posted, with_version
from scheduling import series, series_changes, steps
from scheduling.booking import SlotTaken
from scheduling.enums import UPCOMING, Scope
from scheduling.models import Occurrence, Series
from scheduling.patterns import BadPattern
from scheduling.series_changes import Changed, Reach
from scheduling.series_forms import CancelSeriesForm, ChangeSeriesForm, read_choices, started
from scheduling.views.charts import banner_for
from scheduling.views.series import SAVE, TAKEN, UNSETTLED, asked, series_of

STALE = "Somebody changed this series meanwhile. Nothing was saved; below it stands as it is now."


@requires("scheduling.move_appointment")
@require_http_methods(["GET", "POST"])
def change(request: HttpRequest, series_id: UUID, on: date) -> HttpResponse:
    """Where the visits go; then every date with what stands in its way; then all are moved, or none."""
    row = series_of(request, series_id)
    here = _standing(request, row, on)
    may_overbook = request.user.may("scheduling.overbook_appointment")
    initial = _initial(row, here) | {"version": row.version}
    form = ChangeSeriesForm(posted(request), user=request.user, may_overbook=may_overbook, initial=initial)
    if not (form.is_bound and form.is_valid()):
        return _change_page(request, row, here, form, status=422 if form.is_bound else 200)
    said = form.cleaned_data
    asks = {"by": request.user, "now": timezone.now(), "with_edited": said["with_edited"]}
    asked_for = (on, said["scope"], form.terms(started(_moment(here), row.zone)[0]))
    try:
        lines = series_changes.look(row, *asked_for, **asks)
    except BadPattern as bad:
        form.add_error(bad.field, str(bad))
        return _change_page(request, row, here, form, status=422)
    shown = {"lines": lines, "looked": _seen(said)}
    if request.POST.get("step") != SAVE or said["looked"] != _seen(said):
        return _change_page(request, row, here, form, **shown)
    more = {"version": said["version"], "overbook_reason": said.get("overbook_reason", "")}
    try:
        after = series_changes.change(row, *asked_for, choices=read_choices(request.POST), **asks, **more)
    except Changed:
        again = ChangeSeriesForm(with_version(request.POST, row.version), user=request.user, may_overbook=may_overbook)
        return _change_page(request, row, here, again, status=409, problem=STALE, **shown)
    except (series.Conflicts, SlotTaken, steps.Stale) as refused:
        problem = UNSETTLED if isinstance(refused, series.Conflicts) else TAKEN
        return _change_page(request, row, here, form, status=409, problem=problem, **shown)
    messages.success(request, "The series is changed.")
    return redirect("scheduling:series", after.pk)


@requires("scheduling.cancel_appointment")
@require_http_methods(["GET", "POST"])
def cancel(request: HttpRequest, series_id: UUID, on: date) -> HttpResponse:
    """Why, by whose wish, who told the patient, and how much: one act."""
    row = series_of(request, series_id)
    here = _standing(request, row, on)
    form = CancelSeriesForm(posted(request), initial={"version": row.version, "scope": Scope.THIS})
    if not (form.is_bound and form.is_valid()):
        return _cancel_page(request, row, here, form, status=422 if form.is_bound else 200)
    said = form.cleaned_data
    scope = said.pop("scope")
    try:
        found = series_changes.cancel(row, on, scope, by=request.user, now=timezone.now(), **said)
    except (Changed, steps.Stale):
        again = CancelSeriesForm(with_version(request.POST, row.version))
        return _cancel_page(request, row, here, again, status=409, problem=STALE)
    messages.success(request, _told(found))
    return redirect("scheduling:series", row.pk)


def _standing(request: HttpRequest, row: Series, on: date) -> Occurrence:
    """The date that an act begins with: its visit is still to come. Raises Http404."""
    rows = Occurrence.objects.visible_to(request.user)
    found = rows.filter(series=row, original_on=on).select_related("visit").first()
    if found is None or found.visit is None or found.visit.status not in UPCOMING:
        raise Http404
    return found


def _seen(said: dict[str, Any]) -> str:
    """What the list of dates depends on: with other words in the form it has to be looked at again."""
    what = (said["scope"], said["with_edited"], said["day"], said["starts"], said["provider"].pk, said["visit_type"].pk)
    return " ".join(str(one) for one in (*what, said["mode"]))


def _moment(here: Occurrence) -> Any:
    assert here.visit is not None
    return here.visit.starts_at


def _initial(row: Series, here: Occurrence) -> dict[str, Any]:
    day, starts = started(_moment(here), row.zone)
    same = {"provider": row.provider_id, "visit_type": row.visit_type_id, "mode": row.mode}
    return {"scope": Scope.THIS, "day": day, "starts": starts, **same}


def _change_page(
    request: HttpRequest, row: Series, here: Occurrence, form: ChangeSeriesForm, *, status: int = 200, **more: Any
) -> HttpResponse:
    lines = more.pop("lines", ())
    may_overbook = "overbook_reason" in form.fields
    context = _about(request, row, here) | {
        "form": form,
        "lines": asked(lines, read_choices(request.POST), may_overbook=may_overbook, skip="Leave it where it is"),
        "stuck": sum(line.refusal is not None for line in lines),
        **more,
    }
    return render(request, "scheduling/series_change.html", context, status=status)


def _cancel_page(
    request: HttpRequest, row: Series, here: Occurrence, form: CancelSeriesForm, *, status: int = 200, **more: Any
) -> HttpResponse:
    context = _about(request, row, here) | {"form": form, **more}
    return render(request, "scheduling/series_cancel.html", context, status=status)


def _about(request: HttpRequest, row: Series, here: Occurrence) -> dict[str, Any]:
    """What both pages say of the series: how many a scope is about, and what was changed on its own."""
    found = series_changes.reach(row, here.original_on, Scope.ALL, now=timezone.now())
    later = [one for one in found.open if one.original_on >= here.original_on]
    return {
        "series": row,
        "here": here,
        "banner": banner_for(request, row.patient_id),
        "numbers": {"following": len(later), "all": len(found.open)},
        "edited": found.edited,
    }


def _told(found: Reach) -> str:
    """What was done, and what stays."""
    number = len(found.open)
    sentence = f"{number} visit{'' if number == 1 else 's'} cancelled."
    kept = len(found.edited)
    if not kept:
        return sentence
    stays = "visit that was changed on its own stays" if kept == 1 else "visits that were changed on their own stay"
    return f"{sentence} {kept} {stays}."
