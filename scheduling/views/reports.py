"""The report on the schedule: tables, and charts beside them."""

from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from compliance.access import requires
from scheduling import reports, yields
from scheduling.bars import stacked
from scheduling.report_forms import ReportForm, usual

VISITS = (
    ("st-done", "held"),
    ("st-confirmed", "to come"),
    ("st-roomed", "not closed"),
    ("st-noshow", "did not come"),
    ("st-arrived", "left"),
    ("st-cancelled", "cancelled"),
)


@requires("scheduling.view_reports")
@require_safe
def report(request: HttpRequest) -> HttpResponse:
    """Of a period, by provider, place, kind of visit or week."""
    now, zone = timezone.now(), ZoneInfo(request.practice.time_zone)
    form = ReportForm(usual(request.GET, today=timezone.localdate()), user=request.user)
    if not form.is_valid():
        return render(request, "scheduling/report.html", {"form": form}, status=422)
    context = {"form": form, "span": form.span(zone), **_found(request, form, now, zone)}
    return render(request, "scheduling/report.html", context)


def _found(request: HttpRequest, form: ReportForm, now: Any, zone: ZoneInfo) -> dict[str, Any]:
    span, user = form.span(zone), request.user
    by = form.cleaned_data["by"]
    lines, won = reports.lines(user, span, by, now=now), yields.lines(user, span, by)
    kind = form.cleaned_data["kind"] or form.fields["kind"].queryset.first()
    return {
        "what": reports.BY[by][0],
        "lines": lines,
        "bars": stacked(((one.label, _parts(one)) for one in lines), VISITS),
        "looks": VISITS,
        "unclosed": reports.unclosed(user, span, now=now) if any(one.unclosed for one in lines) else [],
        "yields": [*won, yields.totals(won)] if len(won) > 1 else won,
        "tallies": [
            ("Cancelled: why", "Reason", reports.cancelled_by_reason(user, span)),
            ("Cancelled: by whose wish", "Wish of", reports.cancelled_by_whom(user, span)),
            ("Cancelled: how long before", "Before the visit", reports.cancelled_by_notice(user, span)),
            ("Did not come: first booked how long before", "Before the visit", reports.no_shows_by_lead(user, span)),
        ],
        "kind": kind,
        "waits": reports.third_next(user, kind, now=now, zone=zone) if kind else [],
        "looked_ahead": reports.LOOKED_AHEAD,
        "may_export": user.may("compliance.view_exports"),
    }


def _parts(one: reports.Line) -> tuple[int, ...]:
    """In the order of VISITS."""
    return one.held, one.ahead, one.unclosed, one.no_show, one.left, one.cancelled
