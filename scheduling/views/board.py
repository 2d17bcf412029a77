"""The day board: a page, and what the page asks every half minute."""

from datetime import date, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from compliance.access import requires
from compliance.audit import events, reads
from compliance.moments import read_day
from scheduling import in_closed, shut
from scheduling.board import day_board, version_of


@requires("scheduling.view_schedule")
@require_safe
def board(request: HttpRequest, day: date | None = None) -> HttpResponse:
    """Today, or any day. `?date=` of the date box leads to that day's address."""
    if "date" in request.GET:
        return redirect("scheduling:board", asked_day(request))
    return render(request, "scheduling/board.html", _context(request, day or timezone.localdate()))


@requires("scheduling.view_schedule")
@require_safe
def board_changes(request: HttpRequest, day: date) -> HttpResponse:
    """The board again when `?seen=` is not its version any more; 204, with nothing opened, when it is."""
    reads.by_refresh()
    zone = ZoneInfo(request.practice.time_zone)  # type: ignore[attr-defined]
    if request.GET.get("seen") == version_of(request.user, day, zone, now=timezone.now()):
        return HttpResponse(status=204)
    return render(request, "scheduling/board.html#board", _context(request, day))


@requires("scheduling.view_schedule")
@require_POST
def print_board(request: HttpRequest, day: date) -> HttpResponse:
    """Printing is an act of its own: it is recorded, and leads to the page that prints itself."""
    events.record("schedule.printed", by=request.user, body={"day": day.isoformat()})
    return redirect(
        f"{reverse('scheduling:board', args=[day])}?print=1{'&gone=1' if request.GET.get('gone') == '1' else ''}"
    )


def asked_day(request: HttpRequest) -> date:
    """The day of `?date=`; today when it is none."""
    return read_day(request.GET["date"]) or timezone.localdate()


def _context(request: HttpRequest, day: date) -> dict:
    with_gone = request.GET.get("gone") == "1"
    practice = request.practice  # type: ignore[attr-defined]
    today, zone = timezone.localdate(), ZoneInfo(practice.time_zone)
    closed = shut.on(request.user, day, zone)
    things = in_closed.things_on(day, zone) if closed else {}
    return {
        "board": day_board(request.user, day, practice=practice, now=timezone.now(), with_gone=with_gone, shut=things),
        "shut": closed,
        "day": day,
        "is_today": day == today,
        "previous": day - timedelta(days=1),
        "next": day + timedelta(days=1),
        "with_gone": with_gone,
        "is_print": "print" in request.GET,
        "may_move": request.user.may("scheduling.move_appointment"),
        "move_url": reverse("scheduling:move", args=[UUID(int=0)]).replace(str(UUID(int=0)), "VISIT"),
        "may_book": request.user.may("scheduling.book_appointment"),
        "may_close": request.user.may("scheduling.close_time"),
    }
