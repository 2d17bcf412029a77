"""The huddle sheet: looked at, and printed by an act of its own."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from compliance.access import requires
from compliance.audit import events
from secretary_portal.desk.huddle import sheets


@requires("scheduling.view_schedule")
@require_safe
def huddle(request: HttpRequest, day: date | None = None) -> HttpResponse:
    """Today, or any day; `?least=1` with the least health data."""
    day, least = day or timezone.localdate(), request.GET.get("least") == "1"
    found = sheets(
        request.user,
        day,
        zone=ZoneInfo(request.practice.time_zone),
        now=timezone.now(),
        days=request.practice.eligibility_days,
        least=least,
    )
    context = {
        "sheets": found,
        "visits": sum(len(one.entries) for one in found),
        "not_ready": sum(one.not_ready for one in found),
        "day": day,
        "least": least,
        "is_today": day == timezone.localdate(),
        "previous": day - timedelta(days=1),
        "next_day": day + timedelta(days=1),
        "is_print": "print" in request.GET,
    }
    return render(request, "desk/huddle.html", context)


@requires("scheduling.view_schedule")
@require_POST
def print_huddle(request: HttpRequest, day: date) -> HttpResponse:
    """Printing is recorded, and leads to the page that prints itself."""
    least = request.POST.get("least") == "1"
    events.record("huddle.printed", by=request.user, body={"day": day.isoformat(), "least": least})
    return redirect(f"{reverse('desk:huddle', args=[day])}?print=1{'&least=1' if least else ''}")
