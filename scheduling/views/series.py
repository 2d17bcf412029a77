"""A visit that comes again and again: how it repeats, what stands in its way, and the series as it is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from compliance.access import requires
from compliance.audit import reads
from scheduling import series
from scheduling.booking import SlotTaken
from scheduling.enums import LOOKS, Skipped, Status
from scheduling.forms import read_slot
from scheduling.local import oddity
from scheduling.models import Occurrence, Series
from scheduling.patterns import BadPattern
from scheduling.series import Choice, Line
from scheduling.series_changes import is_edited
from scheduling.series_forms import RepeatForm, at_text, read_choices, text_of
from scheduling.views.booking import other_times
from scheduling.views.charts import banner_for, patient_of

BEGIN, SAVE = "begin", "save"
TAKEN = "Somebody took one of these times just now. Nothing was saved: look at the dates again."
UNSETTLED = "Choose what happens with each date that cannot be booked. Nothing was saved."
PAST_SHOWN = 50


@dataclass(frozen=True)
class Asked:
    """A line of the page before it is saved: a date, the proposals, and which one is chosen."""

    line: Line
    options: list[tuple[str, str]]
    chosen: str

    @property
    def name(self) -> str:
        """Of its field."""
        return f"on-{self.line.on:%Y-%m-%d}"


@requires("scheduling.book_appointment")
@require_http_methods(["GET", "POST"])
def repeat(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """How a visit repeats; then every date with what stands in its way; then it is saved, all or nothing."""
    patient = patient_of(request, patient_id)
    may_overbook = request.user.may("scheduling.overbook_appointment")
    step = request.POST.get("step", "")
    if request.method == "GET" or step == BEGIN:
        return _begun(request, patient_id, may_overbook)
    form = RepeatForm(request.POST, user=request.user, may_overbook=may_overbook)
    if not form.is_valid():
        return _page(request, form, patient_id, status=422)
    wanted = form.series(patient)
    call, now = form.cleaned_data["call"], timezone.now()
    try:
        lines = series.look(wanted, by=request.user, now=now, call=call)
        if step != SAVE or form.cleaned_data["looked"] != seen(wanted):
            return _page(request, form, patient_id, lines=lines, wanted=wanted)
        made = series.make(
            wanted, by=request.user, now=now, call=call, choices=read_choices(request.POST),
            overbook_reason=form.cleaned_data.get("overbook_reason", ""),
        )  # fmt: skip
    except BadPattern as bad:
        form.add_error(bad.field, str(bad))
        return _page(request, form, patient_id, status=422)
    except (series.Conflicts, SlotTaken) as refused:
        problem = TAKEN if isinstance(refused, SlotTaken) else UNSETTLED
        return _page(request, form, patient_id, lines=lines, wanted=wanted, problem=problem, status=409)
    messages.success(request, "The series is booked.")
    return redirect("scheduling:series", made.pk)


@requires("scheduling.view_schedule")
@require_safe
def one(request: HttpRequest, series_id: UUID) -> HttpResponse:
    """A series: its rule, and each of its dates with what became of it."""
    row = series_of(request, series_id)
    shown = _shown(request, row)
    today = timezone.now().astimezone(row.zone).date()
    context = {
        "series": row,
        "banner": banner_for(request, row.patient_id),
        "ahead": [each for each in shown if each["day"] >= today],
        "past": [each for each in reversed(shown) if each["day"] < today][:PAST_SHOWN],
        "continued_by": row.continued_by.first(),
        "may_change": request.user.may("scheduling.move_appointment"),
        "may_cancel": request.user.may("scheduling.cancel_appointment"),
    }
    return render(request, "scheduling/series.html", context)


def series_of(request: HttpRequest, series_id: UUID) -> Series:
    """A series on a calendar that is open to the user. Its patient's chart is opened by it."""
    rows = Series.objects.visible_to(request.user).select_related(
        "patient", "provider__resource", "visit_type", "location", "continues", "booked_by"
    )
    row = get_object_or_404(rows, pk=series_id)
    reads.opens_chart_of(row.patient_id)
    return row


def seen(wanted: Series) -> str:
    """What the list of dates on a page depends on: with another rule it has to be looked at again."""
    what = (wanted.provider_id, wanted.visit_type_id, wanted.first_on, wanted.starts, wanted.shift_days, wanted.mode)
    return " ".join(str(one) for one in (*what, wanted.pattern))


def asked(lines: Sequence[Line], choices: Mapping[date, Choice], *, may_overbook: bool, skip: str) -> list[Asked]:
    """The lines with the proposals for those that cannot be booked; the nearest free time is chosen at first."""
    return [_asked(line, choices, may_overbook, skip) for line in lines]


def _asked(line: Line, choices: Mapping[date, Choice], may_overbook: bool, skip: str) -> Asked:
    if line.refusal is None:
        return Asked(line, [], "")
    options = [(at_text(line.near), "")] if line.near else []
    options.append((series.SKIP, skip))
    if line.refusal.kind == Skipped.BUSY:
        options.append((series.DESPITE, "Book all the same"))
    elif may_overbook and line.refusal.may_be_overbooked:
        options.append((series.OVERBOOK, "Double-book"))
    chosen = text_of(choices, line.on)
    return Asked(line, options, chosen if chosen in dict(options) else options[0][0])


def _begun(request: HttpRequest, patient_id: UUID, may_overbook: bool) -> HttpResponse:
    said = request.POST or request.GET
    slot = read_slot(said.get("slot", ""), request.user)
    if slot is None:
        return redirect(other_times(patient_id, said))
    names = ("visit_type", "mode", "reason", "comment", "call", "search")
    initial: dict[str, Any] = {name: said[name] for name in names if said.get(name)} | {"slot": str(slot)}
    initial["weekdays"] = [slot.starts_at.astimezone(ZoneInfo(slot.zone)).weekday()]
    return _page(request, RepeatForm(initial=initial, user=request.user, may_overbook=may_overbook), patient_id)


def _page(
    request: HttpRequest,
    form: RepeatForm,
    patient_id: UUID,
    *,
    status: int = 200,
    lines: Sequence[Line] = (),
    wanted: Series | None = None,
    **more: Any,
) -> HttpResponse:
    may_overbook = "overbook_reason" in form.fields
    context = {
        "form": form,
        "slot": form.slot,
        "patient_id": patient_id,
        "other_times": other_times(patient_id, {name: form[name].value() for name in ("search", "mode", "call")}),
        "banner": banner_for(request, patient_id),
        "lines": asked(lines, read_choices(request.POST), may_overbook=may_overbook, skip="Leave this date out"),
        "stuck": sum(line.refusal is not None for line in lines),
        "wanted": wanted,
        "looked": seen(wanted) if wanted else "",
        **more,
    }
    return render(request, "scheduling/repeat.html", context, status=status)


def _shown(request: HttpRequest, row: Series) -> list[dict[str, Any]]:
    rows = (
        Occurrence.objects.visible_to(request.user)
        .filter(series=row)
        .select_related("visit__provider", "visit__rescheduled_from")
    )
    return [_state(row, each) for each in rows.order_by("original_on")]


def _state(row: Series, each: Occurrence) -> dict[str, Any]:
    """One date in words."""
    visit = each.visit
    starts_at: datetime = visit.starts_at if visit else row.begins(each.original_on)
    status = Status(visit.status) if visit else None
    return {
        "occurrence": each,
        "visit": visit,
        "starts_at": starts_at,
        "day": starts_at.astimezone(row.zone).date(),
        "look": LOOKS[status] if status else ("cancelled", "calendar-x"),
        "words": status.label if status else each.get_skipped_display(),
        "is_own": is_edited(row, each),
        "note": oddity(row.day_of(each.original_on), row.starts, row.zone) if not is_edited(row, each) else "",
    }
