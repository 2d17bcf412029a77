"""A provider's day: the next patient on top, then the list; on a phone, a screen, and one sheet of paper."""

from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from compliance.access import requires
from compliance.audit import events
from scheduling.day import provider_day
from scheduling.models import Provider
from scheduling.views.board import asked_day
from scheduling.views.charts import allowed


@requires("scheduling.view_schedule")
@require_safe
def day(request: HttpRequest, day: date | None = None) -> HttpResponse:
    """One's own day; others choose a provider by `?provider=`."""
    day = asked_day(request) if "date" in request.GET else day or timezone.localdate()
    providers = _providers(request, day)
    chosen = _chosen(request.GET.get("provider", ""), request, providers)
    zone = ZoneInfo(request.practice.time_zone)  # type: ignore[attr-defined]
    context = {
        "providers": providers,
        "provider": chosen,
        "list": provider_day(request.user, chosen, day, zone=zone, now=timezone.now()) if chosen else None,
        "day": day,
        "is_today": day == timezone.localdate(),
        "previous": day - timedelta(days=1),
        "next_day": day + timedelta(days=1),
        "is_print": "print" in request.GET,
        "is_own": bool(chosen and chosen.user_id == request.user.pk),
        "today": timezone.localdate(),
        **allowed(request, "arrive_appointment", "close_time"),
    }
    return render(request, "scheduling/day.html", context)


@requires("scheduling.view_schedule")
@require_POST
def print_day(request: HttpRequest, day: date) -> HttpResponse:
    """Printing is an act of its own: it is recorded, and leads to the page that prints itself."""
    providers = _providers(request, day)
    chosen = _chosen(request.POST.get("provider", ""), request, providers)
    if chosen is None:
        raise Http404
    events.record("day.printed", chosen, by=request.user, body={"day": day.isoformat()})
    return redirect(f"{reverse('scheduling:day', args=[day])}?provider={chosen.pk}&print=1")


def _providers(request: HttpRequest, day: date) -> list[Provider]:
    """Who sees patients, and whoever still has visits on this day."""
    zone = ZoneInfo(request.practice.time_zone)  # type: ignore[attr-defined]
    start, end = (datetime.combine(one, time.min, zone) for one in (day, day + timedelta(days=1)))
    return list(Provider.objects.open_to(request.user).seen_between(start, end))


def _chosen(said: str, request: HttpRequest, providers: list[Provider]) -> Provider | None:
    try:
        wanted = UUID(said)
    except ValueError:
        wanted = None
    own = next((one for one in providers if one.user_id == request.user.pk), None)
    return next((one for one in providers if one.pk == wanted), own or next(iter(providers), None))
