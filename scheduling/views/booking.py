"""From a wish to a visit: find a time, choose the patient, book."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from compliance.access import requires
from compliance.posts import posted, way_back
from patients import search
from patients.models import Patient
from patients.names import listed
from scheduling import booking, holds, obstacles, openings, taking
from scheduling import kinds as kinds_of
from scheduling.enums import Mode, Source
from scheduling.finder_forms import ALONG, FinderForm, after_these, asked_again, by_day, moved_away
from scheduling.forms import WHO, BookingForm, Slot, kinds, read_slot, said_apart, slot_text
from scheduling.models import Appointment, Occupation, Provider, VisitType
from scheduling.openings import Opening, Search
from scheduling.views.charts import banner_for, in_short, led_back, next_of, patient_of

SHOWN = 60  # openings on a page
INSTEAD = 3  # offered when a time was just taken


@requires("scheduling.book_appointment")
@require_safe
def find(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """The first free times for a patient; each leads to the page that books, holds or repeats it."""
    found = finder(request, patient=patient_of(request, patient_id))
    kept = {name: request.GET[name] for name in ("who", *ALONG) if request.GET.get(name)}
    if search_for := asked_again(request.GET.urlencode()):
        kept["search"] = search_for
    context = {
        **found,
        "banner": banner_for(request, patient_id),
        "patient_id": patient_id,
        "opens": f"{reverse('scheduling:book', args=[patient_id])}?{urlencode({**kept, 'slot': ''})}",
    }
    name = "scheduling/openings.html#results" if request.htmx else "scheduling/openings.html"  # type: ignore[attr-defined]
    return render(request, name, context)


@requires("scheduling.book_appointment")
@require_http_methods(["GET", "POST"])
def book(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """Book one visit. A time that was taken meanwhile offers the next three. Looking at the page holds nothing.

    In a panel what is refused is said there.
    """
    patient = patient_of(request, patient_id)
    may_overbook = request.user.may("scheduling.overbook_appointment")
    sent = posted(request)
    form = BookingForm(sent and said_apart(sent), user=request.user, may_overbook=may_overbook, initial=_initial(request))
    if not form.is_bound:
        return _asked(request, form, patient)
    if not form.is_valid():
        return _page(request, form, patient, status=422)
    try:
        visit = booking.book(patient=patient, by=request.user, now=timezone.now(), source=Source.PHONE, **form.details())
    except booking.SlotTaken:
        return _taken(request, form, patient)
    except booking.PatientBusy as busy:
        form = BookingForm(form.data, user=request.user, may_overbook=may_overbook, is_busy=True)
        return _page(request, form, patient, status=409, busy=busy.visit, is_elsewhere=busy.is_elsewhere)
    except (booking.OutsideHours, booking.NotSchedulable) as refused:
        form.add_error("room" if isinstance(refused, booking.WrongRoom) else None, str(refused))
        return _page(request, form, patient, status=422)
    messages.success(request, f"Booked: {in_short(visit)}.", extra_tags=f"undo-visit:{visit.pk}")
    return led_back(request, reverse("scheduling:visit", args=[visit.pk]))


@requires("scheduling.book_appointment")
@require_POST
def hold(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """Hold a time for a patient while the rest is asked for; the page that books it then says until when."""
    patient = patient_of(request, patient_id)
    slot, kind = read_slot(_given(request).get("slot", ""), request.user), _kind(request)
    if slot is None or kind is None:
        return redirect(other_times(patient.pk, _given(request)))
    may_overbook = request.user.may("scheduling.overbook_appointment")
    form = BookingForm(None, user=request.user, may_overbook=may_overbook, initial=_initial(request))
    try:
        kind = _for(request, kind, patient)
        mine: dict[str, Any] = {"by": request.user, "held_for": _call(request), "mode": _mode(request)}
        booking.hold(slot.provider, slot.starts_at, kind, now=timezone.now(), **mine)
    except booking.SlotTaken:
        return _taken(request, form, patient)
    except booking.OutsideHours as outside:
        return _page(request, form, patient, status=422, note=str(outside))
    return HttpResponseRedirect(_address(request, patient, slot, kind), status=303)


@requires("scheduling.book_appointment")
@require_POST
def let_go(request: HttpRequest) -> HttpResponse:
    """Give back the time that one holds outside of calls: the panel that booked it is closed."""
    booking.release(by=request.user)
    return redirect("scheduling:board")


@requires("scheduling.book_appointment")
@require_http_methods(["GET", "POST"])
def book_at(request: HttpRequest) -> HttpResponse:
    """An empty place on the board (`?slot=`): whose visit shall it be? What is typed is posted and never in an address."""
    slot = read_slot(request.GET.get("slot", ""), request.user)
    if slot is None:
        return redirect("scheduling:board")
    text = request.POST.get("q", "").strip()
    found = search.find(text, user=request.user) if text else None
    rows = [(patient, listed(patient)) for patient in found.patients] if found else []
    context = {"slot": slot, "rows": rows, "found": found, "text": text}
    return render(request, "scheduling/book_at.html", context, status=422 if request.POST and not text else 200)


def finder(request: HttpRequest, *, like: Appointment | None = None, patient: Patient | None = None) -> dict[str, Any]:
    """The form of the finder and what it found. Before anything is asked: a visit `like` this, or of the first kind."""
    form = FinderForm(request.GET, user=request.user, like=like)
    if "visit_type" not in request.GET:
        kind = like.visit_type if like else kinds(request.user).first()
        wanted = {"visit_type": kind and kind.pk, "provider": like and like.provider_id, "from_day": timezone.localdate()}
        wanted["mode"] = request.GET.get("mode", "")
        form = FinderForm(wanted, user=request.user, like=like)
    keep = [(name, request.GET[name]) for name in ALONG if request.GET.get(name)]
    if not form.is_valid():
        return {"finder": form, "keep": keep, "result": None, "days": []}
    now = timezone.now()
    new = like.is_new_patient if like else bool(patient and kinds_of.is_new(patient, now=now))
    searches = form.searches(held_for=_call(request), new_patient=new)
    found = openings.first_of(searches, now=now, limit=SHOWN)
    result = replace(found, openings=moved_away(found.openings, like))
    return {
        "finder": form,
        "keep": keep,
        "result": result,
        "days": by_day(result.openings, with_kinds=like is None or len(searches) > 1),
        "kinds": [search_for.visit_type for search_for in searches],
        "holds": holds.of_others(searches[0], now=now),
        "now": now,
        "several_places": form.several_places,
        "later": _later(request, found.openings),
    }


def _later(request: HttpRequest, found: list[Opening]) -> str:
    """The same search, for what comes after the last time that was found; empty where the page is not full."""
    asked = request.GET.copy()
    asked["after"] = after_these(found, SHOWN)
    return asked.urlencode() if asked["after"] else ""


def other_times(patient_id: UUID, said: Mapping[str, Any]) -> str:
    """The address of the search that led to a time, asked again, with what the page of the time knows besides."""
    along = {name: said.get(name) for name in ("who", *ALONG)}
    if along["mode"] not in Mode.values:
        del along["mode"]
    query = asked_again(str(said.get("search") or ""), **along)
    return f"{reverse('scheduling:openings', args=[patient_id])}{'?' if query else ''}{query}"


def instead_of(
    request: HttpRequest, provider: Provider, visit_type: VisitType, day: date, **more: Any
) -> list[tuple[Opening, str]]:
    """The next three free times with the same provider, as (opening, slot); `more` as of Search."""
    search_for = Search(visit_type, [provider], day, held_for=_call(request), by=request.user, **more)
    found = openings.first(search_for, now=timezone.now(), limit=INSTEAD).openings
    return [(one, slot_text(one.provider, one.starts_at)) for one in found]


def _asked(request: HttpRequest, form: BookingForm, patient: Patient) -> HttpResponse:
    """The page of one time and one patient."""
    slot = read_slot(_given(request).get("slot", ""), request.user)
    if slot is None:
        return redirect(other_times(patient.pk, _given(request)))
    if _kind(request) is None:
        form = BookingForm({"slot": str(slot)}, user=request.user)
        return _page(request, form, patient, status=422)
    return _page(request, form, patient, status=200)


def _address(request: HttpRequest, patient: Patient, slot: Slot, kind: VisitType) -> str:
    """Of the page that books a held time, with what was chosen and nothing that was typed."""
    here = next_of(request) if request.htmx else ""  # type: ignore[attr-defined]
    chosen = {
        "slot": str(slot),
        "visit_type": kind.pk,
        "mode": _mode(request),
        "who": request.POST.get("who") if request.POST.get("who") in dict(WHO) else None,
        "call": _call(request),
        "next": way_back(request, here),
        "search": request.POST.get("search"),
    }
    said = urlencode({name: value for name, value in chosen.items() if value})
    return f"{reverse('scheduling:book', args=[patient.pk])}?{said}"


def _held(request: HttpRequest, slot: Slot | None, now: datetime) -> Occupation | None:
    """What the person or her call holds of this time."""
    kind = _kind(request)
    if slot is None or kind is None:
        return None
    start, _ = taking.span(slot.starts_at, kind)
    rows = Occupation.objects.visible_to(request.user).holds(now).filter(taking.mine(_call(request), request.user))
    return rows.filter(resource=slot.provider.resource_id, starts_at=start).first()


def _taken(request: HttpRequest, form: BookingForm, patient: Patient) -> HttpResponse:
    slot = form.cleaned_data["slot"] if form.is_bound else read_slot(_given(request).get("slot", ""), request.user)
    kind = form.cleaned_data["visit_type"] if form.is_bound else _kind(request)
    day = slot and timezone.localtime(slot.starts_at).date()
    mode = form.cleaned_data["mode"] if form.is_bound else _mode(request)
    others = (
        instead_of(request, slot.provider, _for(request, kind, patient), day, mode=mode) if slot and day and kind else []
    )
    return _page(
        request, form, patient, status=409, is_taken=True, why=_why(request, form, slot, kind, patient), instead=others
    )


def _why(request: HttpRequest, form: BookingForm, slot: Slot | None, kind: VisitType | None, patient: Patient) -> str:
    """What stands in the way of a time that could not be taken."""
    if slot is None or kind is None:
        return ""
    of_hers, more = _for(request, kind, patient), {"mode": _mode(request)}
    if form.is_bound:
        more = {name: form.cleaned_data[name] for name in ("mode", "room")}
    more |= {"by": request.user, "held_for": _call(request)}
    return obstacles.in_words(slot.provider, slot.starts_at, of_hers, now=timezone.now(), **more)


def _page(request: HttpRequest, form: BookingForm, patient: Patient, *, status: int, **more: Any) -> HttpResponse:
    slot, now = read_slot(str(form["slot"].value() or ""), request.user), timezone.now()
    held = _held(request, slot, now)
    context = {
        "form": form,
        "banner": banner_for(request, patient.pk),
        "patient_id": patient.pk,
        "slot": slot,
        "held_until": held and held.hold_until,
        "other_times": other_times(patient.pk, {name: form[name].value() for name in ("search", "who", *ALONG)}),
        "now": now,
        **more,
    }
    return render(request, "scheduling/book.html", context, status=status)


def _given(request: HttpRequest) -> QueryDict:
    """What the asking names: of the form that holds, or of the address."""
    return said_apart(request.POST or request.GET)


def _initial(request: HttpRequest) -> dict[str, Any]:
    names = ("slot", "visit_type", "mode", "call", "next", "who", "search")
    said = _given(request)
    given = {name: said[name] for name in names if name in said}
    given.setdefault("next", next_of(request))
    if "visit_type" not in given and (kind := _kind(request)):
        given["visit_type"] = kind.pk
    return given


def _kind(request: HttpRequest) -> VisitType | None:
    rows = kinds(request.user)
    try:
        return rows.filter(pk=UUID(_given(request).get("visit_type", ""))).first() or rows.first()
    except ValueError:
        return rows.first()


def _mode(request: HttpRequest) -> str:
    mode = request.POST.get("mode", "")
    return mode if mode in Mode.values else ""


def _for(request: HttpRequest, kind: VisitType, patient: Patient) -> VisitType:
    """The kind with the minutes that the patient takes, as was said or as the records say."""
    said = {"new": True, "known": False}.get(request.POST.get("who", ""))
    return kind.as_for(new_patient=kinds_of.is_new(patient, now=timezone.now()) if said is None else said)


def _call(request: HttpRequest) -> UUID | None:
    try:
        return UUID(_given(request).get("call", ""))
    except ValueError:
        return None
