"""Time is closed over visits: they are listed first, then found other times, many at once."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from compliance.access import requires
from compliance.models import User
from compliance.moments import read_day
from compliance.posts import posted
from patients.names import listed_of, rows_of
from scheduling import displaced, proposals, set_up, telling
from scheduling.booking import PatientBusy
from scheduling.closing_forms import CLOSED, OTHERS, SAME, CloseForm, among, chosen, digest, ids
from scheduling.forms import slot_text
from scheduling.models import Appointment, Closure, Provider
from scheduling.moved import elsewhere
from scheduling.presence import zone_at
from scheduling.proposals import Proposal
from scheduling.standing import listed
from scheduling.views.refusals import in_words

MOST = 60  # visits on a page; the rest follows when these are settled


@requires("scheduling.close_time")
@require_http_methods(["GET", "POST"])
def close(request: HttpRequest) -> HttpResponse:
    """Close time. Over booked visits it takes two steps: the first lists them, the second closes and makes them work."""
    form = CloseForm(posted(request), user=request.user, initial=_initial(request))
    if not (form.is_bound and form.is_valid()):
        context = {"form": form, "to": _to(request)}
        return render(request, "scheduling/close.html", context, status=422 if form.is_bound else 200)
    visits = list(displaced.within(form.closure(), now=timezone.now()))
    if visits and ("page" in request.POST or form.cleaned_data["seen"] != digest(visits)):
        return _list(request, form)
    said = {name: form.cleaned_data.get(name) for name in CLOSED}
    try:
        closure = set_up.close_time(**said, seen=ids(visits), by=request.user, now=timezone.now())
    except set_up.NotSeen:
        return _list(request, form)
    if not visits:
        messages.success(request, "Closed. No visits stand in that time.")
        return redirect("scheduling:board", timezone.localtime(closure.starts_at).date())
    messages.success(request, _became(closure, len(visits)))
    return redirect(f"{reverse('scheduling:closed', args=[closure.pk])}?to={_to(request)}")


@requires("scheduling.move_appointment")
@require_safe
def still_full(request: HttpRequest) -> HttpResponse:
    """Closed times in which visits still stand."""
    rows = displaced.still_full(now=timezone.now()).filter(pk__in=Closure.objects.visible_to(request.user))
    context = {"rows": [(row, words(row)) for row in rows], "may_close": request.user.may("scheduling.close_time")}
    return render(request, "scheduling/still_full.html", context)


@requires("scheduling.move_appointment")
@require_http_methods(["GET", "POST"])
def closed(request: HttpRequest, closure_id: UUID) -> HttpResponse:
    """The visits in a closed time with proposals; those for which one is chosen are moved, each by itself."""
    closure = get_object_or_404(
        Closure.objects.visible_to(request.user).select_related("provider", "location", "resource__location"), pk=closure_id
    )
    if request.method != "POST":
        return _page(request, closure)
    now = timezone.now()
    visits = _rows(request.user, closure)
    wanted = chosen(request.POST, visits, request.user)
    became = proposals.move(wanted, by=request.user, now=now, why=closure.reason)
    moved = {pk: new for pk, new in became.items() if isinstance(new, Appointment)}
    if "tell" in request.POST:
        telling.open_work([(old, moved[old.pk]) for old in visits if old.pk in moved], by=request.user, now=now)
    refused = {pk: what for pk, what in became.items() if isinstance(what, Exception)}
    if refused:
        return _page(request, closure, refused=refused, moved=len(moved), status=409)
    said = f"{_number(len(moved))} moved." if moved else "Nothing was moved: no time was chosen."
    (messages.success if moved else messages.info)(request, said)
    return redirect(f"{reverse('scheduling:closed', args=[closure.pk])}?to={request.POST.get('among', '')[:36]}")


def _to(request: HttpRequest) -> str:
    """With whom times are proposed afterwards: others, as when somebody falls ill, or the same provider."""
    return OTHERS if (request.POST or request.GET).get("to") == OTHERS else SAME


def _initial(request: HttpRequest) -> dict[str, Any]:
    """`?provider=&day=` of a link; with `&away=now` the rest of that day, as when somebody falls ill."""
    day = read_day(request.GET.get("day", ""))
    known = {str(one.pk): one for one in Provider.objects.open_to(request.user).working()}
    first = {"provider": known.get(request.GET.get("provider", "")), "first_day": day}
    return first | ({"reason": "Away"} if "away" in request.GET else {})


def _became(closure: Closure, number: int) -> str:
    """What the visits in a time that was closed just now are."""
    stand = displaced.within(closure, now=timezone.now()).count()
    went = f" {_number(number - stand)} went to another room or machine." if number > stand else ""
    work = f" {_number(stand)} became work: find other times below, or leave them as work." if stand else ""
    return f"Closed.{went}{work}"


def _list(request: HttpRequest, form: CloseForm) -> HttpResponse:
    """The form again with the visits that stand in the time; 409 where the list that was shown is not true any more."""
    every = list(displaced.within(form.closure(), now=timezone.now()))
    has_changed = form.cleaned_data["seen"] not in ("", digest(every))
    form.data = form.data.copy()
    form.data["seen"] = digest(every)
    context = {
        "form": form,
        "standing": listed(every, request.user, page=request.POST.get("page")),
        "has_changed": has_changed,
        "of_thing": form.cleaned_data.get("resource"),
        "to": _to(request),
    }
    return render(request, "scheduling/close.html", context, status=409 if has_changed else 200)


def _page(
    request: HttpRequest,
    closure: Closure,
    *,
    refused: dict[UUID, Exception] | None = None,
    moved: int = 0,
    status: int = 200,
) -> HttpResponse:
    asked = request.POST.get("among") or request.GET.get("to", "")
    to, providers = among(asked, closure, request.user)
    visits = _rows(request.user, closure)
    every = displaced.within(closure, now=timezone.now()).count()
    shown = visits[:MOST]
    is_shut = providers is None or closure.provider_id is None
    stretch = (closure.starts_at, closure.ends_at) if is_shut else None
    rows = proposals.propose(shown, providers, now=timezone.now(), closed=stretch)
    for row in rows:
        what = (refused or {}).get(row.visit.pk)
        row.problem, row.is_warning = in_words(what, row.visit) if what else "", isinstance(what, PatientBusy)
    context = {
        "closure": closure,
        "when": words(closure),
        "rows": _with_names(rows),
        "to": to,
        "others": [one for one in Provider.objects.open_to(request.user).working() if one.pk != closure.provider_id],
        "hidden": every - len(visits),
        "left": every,
        "more": len(visits) - len(shown),
        "came_of": displaced.came_of(closure) | {"elsewhere": elsewhere(closure).count()},
        "refused": len(refused or {}),
        "moved": moved,
    }
    return render(request, "scheduling/closed.html", context, status=status)


def _rows(user: User, closure: Closure) -> list[Appointment]:
    """The visits in it whose charts are open to the user, with what a row shows."""
    rows = displaced.within(closure, now=timezone.now()).filter(pk__in=Appointment.objects.visible_to(user))
    return list(rows.select_related("patient", "provider__resource", "visit_type", "location", "room"))


def _named(visits: list[Appointment]) -> list[tuple[Appointment, str]]:
    names = rows_of({visit.patient_id for visit in visits})
    return [(visit, listed_of(names.get(visit.patient_id, ()))) for visit in visits]


def _with_names(rows: list[Proposal]) -> list[dict[str, Any]]:
    names = dict(_named([row.visit for row in rows]))
    return [
        {
            "name": names[row.visit],
            "row": row,
            "choices": [(one, slot_text(one.provider, one.starts_at)) for one in row.choices],
        }
        for row in rows
    ]


def words(closure: Closure) -> str:
    """When it is closed: All of Mon, Dec 7; Mon, Dec 7 – Fri, Dec 11; or with the hours.

    In the zone of its place, of where it stands, or of where its provider is then; else the practice's.
    """
    zone = _zone(closure)
    start, end = timezone.localtime(closure.starts_at, zone), timezone.localtime(closure.ends_at, zone)
    if (start.hour, start.minute, end.hour, end.minute) == (0, 0, 0, 0):
        last = end.date() - timedelta(days=1)
        return f"All of {_day(start)}" if last == start.date() else f"{_day(start)} – {_day(last)}"
    if start.date() == end.date():
        return f"{_day(start)}, {start:%-I:%M %p} – {end:%-I:%M %p}"
    return f"{_day(start)}, {start:%-I:%M %p} – {_day(end)}, {end:%-I:%M %p}"


def _zone(closure: Closure) -> ZoneInfo | None:
    """As it was entered (`CloseForm`); None for the practice's."""
    place = closure.location or (closure.resource and closure.resource.location)
    if place:
        return ZoneInfo(place.time_zone)
    return ZoneInfo(zone_at(closure.provider, closure.starts_at)) if closure.provider else None


def _day(day: date) -> str:
    return f"{day:%a, %b} {day.day}"


def _number(count: int) -> str:
    return "1 visit" if count == 1 else f"{count} visits"
