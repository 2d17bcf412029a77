"""The part of a call's page about time: visits to come, what is held, the first free times. Only after the gate."""

from dataclasses import replace
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import HttpRequest
from django.utils import timezone

from compliance.moments import read_day, read_moment
from correspondence import call_act_forms, calls
from correspondence.models import Call
from correspondence.views import call_visits
from scheduling import holds, kinds, openings
from scheduling.enums import Mode
from scheduling.finder_forms import after_these, by_day, first_day, moved_away
from scheduling.forms import slot_text
from scheduling.models import Appointment, Occupation, Provider, VisitType
from scheduling.presence import zone_at

ROWS = 8  # times for each provider, of all together MOST_TIMES
MOST_TIMES = 20
PARTS = {"": "Any time", "morning": "Morning", "afternoon": "Afternoon"}


def visit_types_of(request: HttpRequest) -> Any:
    """The kinds of visit on offer."""
    return VisitType.objects.visible_to(request.user).filter(is_active=True).order_by("position", "name", "pk")


def visits_of(request: HttpRequest, call: Call) -> Any:
    """The patient's visits to come; none before the gate."""
    rows = Appointment.objects.visible_to(request.user).upcoming()
    rows = rows.filter(patient=call.patient_id) if calls.may_hear(call) else rows.none()
    return rows.filter(starts_at__gte=timezone.now()).select_related("provider", "visit_type", "location")


def choice_of_providers(request: HttpRequest) -> Any:
    """To whom a message may go, as a choice of a form."""
    return Provider.objects.open_to(request.user).working()


def providers_of(request: HttpRequest) -> list[Provider]:
    """Whose times are offered and to whom messages go, in the board's order."""
    return list(Provider.objects.open_to(request.user).working().select_related("resource", "user"))


def booking(
    request: HttpRequest, call: Call, providers: list[Provider], act: str, form: forms.Form | None
) -> dict[str, Any]:
    """The patient's visits, what the call holds, and the first times that are free."""
    now = timezone.now()
    own = call_visits.lines(request, call, now=now)
    types = list(visit_types_of(request))
    asked = _asked(request, call_visits.movable(own), types, providers)
    chosen = asked["chosen"]
    leads = (act == "gate" and form is None) or (bool(asked["after"]) and request.method == "GET")
    return asked | {
        "own_visits": own,
        "visit_types": types,
        "providers": providers,
        "parts": PARTS,
        **_found(request, call, asked, [chosen] if chosen else providers, now),
        "leads": leads,
        "held": _held(request, call),
        "times_form": form if act in ("book", "move", "hold") else None,
        "cancel_form": form if act == "cancel" else None,
        "new_cancel_form": call_act_forms.CancelForm(
            visits=Appointment.objects.visible_to(request.user).none(), initial={}, auto_id=False
        ),
        "modes": [(mode, Mode(mode).label) for mode in (asked["visit_type"].modes if asked["visit_type"] else [])],
    }


def _asked(
    request: HttpRequest, visits: list[Appointment], types: list[VisitType], providers: list[Provider]
) -> dict[str, Any]:
    """What is looked for, as the page's own links and form say it; anything else counts as not said."""
    said = request.POST if request.method == "POST" else request.GET
    moving = next((visit for visit in visits if str(visit.pk) == said.get("move")), None)
    wanted = str(moving.visit_type_id) if moving and not said.get("type") else said.get("type")
    after = said.get("after", "")
    return {
        "moving": moving,
        "visit_type": next((kind for kind in types if str(kind.pk) == wanted), types[0] if types else None),
        "chosen": next((one for one in providers if str(one.pk) == said.get("with")), None),
        "part": said["part"] if said.get("part") in PARTS else "",
        "from_day": max(read_day(said.get("from", "")) or timezone.localdate(), timezone.localdate()),
        "after": after if read_moment(after) else "",
    }


def _found(
    request: HttpRequest, call: Call, asked: dict[str, Any], providers: list[Provider], now: datetime
) -> dict[str, Any]:
    """What can be booked for the patient on the phone, as `scheduling/times.html` shows it."""
    if asked["visit_type"] is None or not providers:
        return {
            "result": openings.Result([], ["No provider or no kind of visit is set up yet. A practice admin does that."])
        }
    search, limit = _search(request, call, asked, providers, now), min(ROWS * len(providers), MOST_TIMES)
    result = openings.first(search, now=now, limit=limit, whole=True)
    free = moved_away(result.openings, asked["moving"])
    return {
        "result": replace(result, openings=free),
        "days": by_day(free),
        "several_places": len({one.location.pk for one in free}) > 1,
        "later": _later(asked, after_these(result.openings, limit)),
        "holds": holds.of_others(search, now=now),
        "now": now,
    }


def _search(
    request: HttpRequest, call: Call, asked: dict[str, Any], providers: list[Provider], now: datetime
) -> openings.Search:
    """Of the minutes that her visit takes, and within her limits; a visit that is moved is not in its own way."""
    moving, after = asked["moving"], read_moment(asked["after"])
    new = moving.is_new_patient if moving else _is_new(call, now)
    return openings.Search(
        asked["visit_type"].as_for(new_patient=new),
        providers,
        first_day(asked["from_day"], after),
        part=asked["part"],
        new_patient=new,
        after=after,
        held_for=call.pk,
        by=request.user,
        leaving=frozenset({moving.pk} if moving else ()),
        mode=moving.mode if moving else "",
    )


def _later(asked: dict[str, Any], after: str) -> str:
    """The same search, for what comes after these times; empty where there is no more."""
    if not after:
        return ""
    moving, chosen = asked["moving"], asked["chosen"]
    said = {
        "type": asked["visit_type"].pk,
        "with": chosen and chosen.pk,
        "part": asked["part"],
        "from": asked["from_day"],
        "move": moving and moving.pk,
        "after": after,
    }
    return urlencode({name: value for name, value in said.items() if value})


def _is_new(call: Call, now: datetime) -> bool:
    """Whether somebody is known to be on the phone whom nobody here has seen."""
    return bool(call.patient_id) and call.patient_id not in kinds.seen_among([call.patient_id], now=now)


def _held(request: HttpRequest, call: Call) -> dict[str, Any] | None:
    """What the call holds now, as its step says, and until when."""
    rows = Occupation.objects.visible_to(request.user).in_force(timezone.now())
    held = rows.filter(held_for=call.pk, hold_until__isnull=False).first()
    step = call.steps.filter(what="held", about_id=held.pk).first() if held else None
    if held is None or step is None:
        return None
    starts_at = datetime.fromisoformat(step.facts["starts_at"])
    provider = Provider.objects.open_to(request.user).get(pk=step.facts["provider_id"])
    return {
        "facts": step.facts,
        "starts_at": starts_at,
        "slot": slot_text(provider, starts_at),
        "until": held.hold_until,
        "zone": zone_at(provider, held.starts_at),
    }
