"""The week, the month, and the flow of a day."""

from calendar import Calendar
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from compliance.access import requires
from scheduling import flow, load, shut
from scheduling.models import Provider
from scheduling.views.board import asked_day
from scheduling.views.charts import allowed


@requires("scheduling.view_schedule")
@require_safe
def week(request: HttpRequest, day: date | None = None) -> HttpResponse:
    """Seven days of everybody, Monday first: how many visits, and how full."""
    day = asked_day(request) if "date" in request.GET else day or timezone.localdate()
    monday = day - timedelta(days=day.weekday())
    providers = _providers(request, monday, monday + timedelta(days=6))
    loads = load.of(providers, monday, monday + timedelta(days=6), zone=_zone(request))
    context = {
        "monday": monday,
        "sunday": monday + timedelta(days=6),
        "days": [monday + timedelta(days=n) for n in range(7)],
        "rows": [(one, loads[one.pk]) for one in providers],
        **_around(day, monday - timedelta(days=7), monday + timedelta(days=7)),
    }
    return render(request, "scheduling/week.html", context)


@requires("scheduling.view_schedule")
@require_safe
def month(request: HttpRequest, day: date | None = None) -> HttpResponse:
    """A month of one provider, `?provider=`, week by week."""
    day = asked_day(request) if "date" in request.GET else day or timezone.localdate()
    weeks = Calendar().monthdatescalendar(day.year, day.month)
    providers = _providers(request, weeks[0][0], weeks[-1][-1])
    chosen = _chosen(request.GET.get("provider", ""), providers)
    found = load.of([chosen], weeks[0][0], weeks[-1][-1], zone=_zone(request))[chosen.pk] if chosen else []
    by_day = {one.day: one for one in found}
    first = day.replace(day=1)
    context = {
        "providers": providers,
        "provider": chosen,
        "weeks": [[by_day.get(one) for one in week] for week in weeks],
        "names": weeks[0],
        **_around(first, (first - timedelta(days=1)).replace(day=1), (first + timedelta(days=32)).replace(day=1)),
    }
    return render(request, "scheduling/month.html", context)


@requires("scheduling.view_schedule")
@require_safe
def flow_of_day(request: HttpRequest, day: date | None = None) -> HttpResponse:
    """Who is where, by state, provider or room (`?by=`)."""
    day = day or timezone.localdate()
    by = request.GET.get("by", "")
    by = by if by in flow.BY else "state"
    limit = request.practice.waiting_limit_minutes
    context = {
        "groups": flow.of_day(request.user, day, by, zone=_zone(request), limit=limit, now=timezone.now()),
        "shut": shut.on(request.user, day, _zone(request)),
        "by": by,
        "ways": [(key, words) for key, (words, _) in flow.BY.items()],
        "limit": limit,
        **_around(day, day - timedelta(days=1), day + timedelta(days=1)),
        **allowed(request, "arrive_appointment"),
    }
    return render(request, "scheduling/flow.html", context)


def _around(day: date, previous: date, following: date) -> dict[str, Any]:
    today = timezone.localdate()
    return {"day": day, "previous": previous, "next_day": following, "today": today, "is_today": day == today}


def _zone(request: HttpRequest) -> ZoneInfo:
    return ZoneInfo(request.practice.time_zone)


def _providers(request: HttpRequest, first: date, last: date) -> list[Provider]:
    """Who sees patients, and whoever still has visits on these days."""
    start, end = (datetime.combine(day, time.min, _zone(request)) for day in (first, last + timedelta(days=1)))
    return list(Provider.objects.open_to(request.user).seen_between(start, end))


def _chosen(said: str, providers: list[Provider]) -> Provider | None:
    try:
        wanted = UUID(said)
    except ValueError:
        wanted = None
    return next((one for one in providers if one.pk == wanted), next(iter(providers), None))
