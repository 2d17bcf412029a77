"""Visits of the next days that nobody has confirmed: a list to call by."""

from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from compliance.access import requires
from patients.banner import phone
from patients.names import listed
from scheduling import lists, steps, visits
from scheduling.enums import Status
from scheduling.models import Appointment
from scheduling.views.charts import visit_of
from scheduling.views.refusals import in_words
from scheduling.views.visit import page
from scheduling.waiting_forms import days_ahead, last_day

SHOWN = 100


@requires("scheduling.confirm_appointment")
@require_safe
def unconfirmed(request: HttpRequest) -> HttpResponse:
    """The next `?days=` days, today included; whoever was left no message comes first."""
    number = days_ahead(request.GET.get("days", ""))
    zone = ZoneInfo(request.practice.time_zone)  # type: ignore[attr-defined]
    now = timezone.now()
    last = last_day(now.astimezone(zone).date(), number)
    end = datetime.combine(last + timedelta(days=1), time.min, zone)
    rows = Appointment.objects.visible_to(request.user).filter(status=Status.BOOKED, starts_at__gt=now, starts_at__lt=end)
    rows = rows.filter(patient__is_deceased=False, patient__is_active=True)
    total = rows.count()
    context = {
        "rows": _rows(rows),
        "total": total,
        "days": number,
        "choices": (1, 2, 3, 7, 14),
        "here": request.get_full_path(),
    }
    return render(request, "scheduling/unconfirmed.html", context)


@requires("scheduling.confirm_appointment")
@require_POST
def left_message(request: HttpRequest, visit_id: UUID) -> HttpResponse:
    """A message was left: who, and when, stands in the visit's history."""
    row = visit_of(request, visit_id)
    try:
        visits.left_message(row, by=request.user, now=timezone.now())
    except steps.IllegalMove as refused:
        return page(request, row, problem=in_words(refused, row), status=422)
    messages.success(request, "Kept: a message was left.")
    days = days_ahead(request.POST.get("days", ""))
    return redirect(f"{reverse('scheduling:unconfirmed')}?days={days}")


def _rows(rows: Any) -> list[tuple[Appointment, str, str]]:
    named = lists.to_confirm(rows)[:SHOWN]
    return [(row, listed(row.patient), phone(row.patient)) for row in named]
