"""What the page of one call shows. Stored values of a patient are put into it only after the gate."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.dateparse import parse_date

from compliance.audit import reads
from correspondence import call_forms, calls
from correspondence.calls import log
from correspondence.enums import CallReason, CallStatus
from correspondence.models import Call, CallStep
from patients import banner, names
from patients.models import Patient
from scheduling import openings
from scheduling.models import Appointment, Occupation, Provider, VisitType

SHOWN_TIMES = 12
SHOWN_VISITS = 6
REASON_OF = {
    "booked": CallReason.BOOK,
    "moved": CallReason.CHANGE,
    "cancelled": CallReason.CHANGE,
    "confirmed": CallReason.CONFIRM,
}
PARTS = {"": "Any time", "morning": "Morning", "afternoon": "Afternoon"}


def call_page(
    request: HttpRequest,
    call: Call,
    *,
    act: str = "",
    form: forms.Form | None = None,
    tried: calls.Tried | None = None,
    problem: str = "",
    status: int = 200,
) -> HttpResponse:
    """The page, or for htmx its one region. `act` and `form` are what was just posted; a failed form is shown again."""
    if form is not None:
        form.data = form.data.copy()
        form.data["version"] = call.version  # sent again, it is about the call as shown now
    steps = list(call.steps.select_related("by").order_by("at", "pk"))
    works = request.user.may("correspondence.take_call") and call.status != CallStatus.CLOSED
    context = {
        "call": call,
        "act": act,
        "failed": form,
        "problem": problem,
        "is_open": works,
        "greeting_name": request.user.name.split()[0] if request.user.name else "",
        "log": log.lines(steps),
        "state": _state(call, steps),
        **_who(request, call, works, act, form, tried),
    }
    if works:
        context |= _what(request, call, context["may_hear"], act, form) | _end(call, steps, act, form)
    name = "correspondence/call.html#desk" if getattr(request, "htmx", False) else "correspondence/call.html"
    return render(request, name, context, status=status)


def providers_of(request: HttpRequest) -> list[Provider]:
    """Whose times are offered and to whom messages go, in the board's order."""
    return list(Provider.objects.open_to(request.user).working().select_related("resource", "user"))


def choice_of_providers(request: HttpRequest) -> Any:
    """To whom a message may go, as a choice of a form."""
    return Provider.objects.open_to(request.user).working()


def visits_of(request: HttpRequest, call: Call) -> Any:
    """The patient's visits to come; none before the gate."""
    rows = Appointment.objects.visible_to(request.user).upcoming()
    rows = rows.filter(patient=call.patient_id) if calls.may_hear(call) else rows.none()
    return rows.filter(starts_at__gte=timezone.now()).select_related("provider", "visit_type", "location")


def visit_types_of(request: HttpRequest) -> Any:
    """The kinds of visit on offer."""
    return VisitType.objects.visible_to(request.user).filter(is_active=True).order_by("position", "name", "pk")


def _state(call: Call, steps: list[CallStep]) -> tuple[str, str, str]:
    """(look, icon, words) of the one thing that has to be seen at once: whether anything may be told."""
    passed = next((step for step in steps if step.what == "verified"), None)
    if passed is None:
        told = call.status not in (CallStatus.OPEN, CallStatus.IDENTIFIED)
        return ("todo", "shield-off", "Not verified: message only") if told else ("bad", "shield-alert", "Not verified")
    words = log.words(passed)
    if not calls.may_hear(call):
        return "todo", "shield-minus", f"{words}. Caller has no authority: message only"
    return "good", "shield-check", words


def _bound(act: str, posted: str, form: forms.Form | None) -> forms.Form | None:
    """The form that was just posted, when it is this one and failed."""
    return form if posted == act else None


def _who(
    request: HttpRequest,
    call: Call,
    works: bool,
    act: str,
    form: forms.Form | None,
    tried: calls.Tried | None,
) -> dict[str, Any]:
    version = {"version": call.version}
    told = calls.may_hear(call) or not works
    patient = _patient(request, call) if call.patient_id and told else None
    if patient is not None:
        reads.opens_chart_of(patient.pk)
    is_asked = works and call.patient_id is None
    return {
        "may_hear": calls.may_hear(call),
        "patient": patient,
        "banner": banner.banner_of(patient, today=timezone.localdate()) if patient else None,
        "number": call.phone if told and call.patient_id else None,
        "number_ending": call.phone[-2:] if call.phone else "",
        "candidates": [_masked(one) for one in calls.candidates(call, user=request.user)] if is_asked else [],
        "tries_left": calls.tries_left(call) if is_asked else 0,
        "answers": _answers(tried),
        "gate_form": _bound("gate", act, form) or call_forms.GateForm(initial=version, auto_id="gate_%s"),
        "caller_form": _bound("caller", act, form)
        or call_forms.CallerForm(
            initial=version
            | {"relationship": call.relationship, "authority": call.authority}
            | ({"name": call.caller_name, "source": call.authority_note} if works else {}),
            auto_id="caller_%s",
        ),
    }


def _patient(request: HttpRequest, call: Call) -> Patient:
    rows = Patient.objects.visible_to(request.user).with_names()
    return rows.prefetch_related("contacts").get(pk=call.patient_id)


def _masked(patient: Patient) -> dict[str, Any]:
    """A candidate before the gate: initials, and what one has to know to talk to her."""
    name = names.official(patient)
    parts = [name.given, name.family] if name else []
    return {
        "id": patient.pk,
        "initials": " ".join(f"{part[0]}." for part in parts if part) or "–",
        "sex": patient.get_sex_display(),
        "language": patient.language,
        "interpreter": patient.interpreter_needed,
        "is_deceased": patient.is_deceased,
    }


def _answers(tried: calls.Tried | None) -> list[tuple[str, bool]]:
    if tried is None:
        return []
    return [(call_forms.IDENTIFIERS[kind], matched) for kind, matched in tried.answers.items()]


def _what(
    request: HttpRequest, call: Call, may_hear: bool, act: str, form: forms.Form | None
) -> dict[str, Any]:
    version = {"version": call.version}
    signs, providers = calls.signs_of(call), providers_of(request)
    choice = choice_of_providers(request)
    soon = timezone.localtime() + timedelta(hours=1)
    rounded = soon.replace(minute=soon.minute // 15 * 15, second=0, microsecond=0)
    context = {
        "reason_form": _bound("reason", act, form)
        or call_forms.ReasonForm(initial=version | {"reason": call.reason}, auto_id="reason_%s"),
        "flags_form": _bound("flags", act, form)
        or call_forms.FlagsForm(signs=signs, initial=version | {"signs": call.red_flags}, auto_id="flags_%s"),
        "answer_form": _bound("answer", act, form) or call_forms.AnswerForm(initial=version, auto_id="answer_%s"),
        "message_form": _bound("message", act, form)
        or call_forms.MessageForm(providers=choice, initial=version, auto_id="message_%s"),
        "open_message": calls.open_message(call),
        "callback_form": _bound("callback", act, form)
        or call_forms.CallbackForm(initial=version | {"at": rounded}, auto_id="callback_%s"),
        "transfer_form": _bound("transfer", act, form) or call_forms.TransferForm(initial=version, auto_id="transfer_%s"),
    }
    return context | (_booking(request, call, providers, act, form) if may_hear else {})


def _booking(
    request: HttpRequest, call: Call, providers: list[Provider], act: str, form: forms.Form | None
) -> dict[str, Any]:
    visits = list(visits_of(request, call).order_by("starts_at", "pk")[:SHOWN_VISITS])
    types = list(visit_types_of(request))
    asked = request.POST if request.method == "POST" else request.GET
    moving = next((visit for visit in visits if str(visit.pk) == asked.get("move")), None)
    wanted = str(moving.visit_type_id) if moving and not asked.get("type") else asked.get("type")
    visit_type = next((kind for kind in types if str(kind.pk) == wanted), types[0] if types else None)
    chosen = next((one for one in providers if str(one.pk) == asked.get("with")), None)
    part = asked.get("part") if asked.get("part") in PARTS else ""
    from_day = max(_day(asked.get("from", "")) or timezone.localdate(), timezone.localdate())
    found = _free(call, visit_type, [chosen] if chosen else providers, from_day, part or "")
    return {
        "visits": visits,
        "visit_types": types,
        "visit_type": visit_type,
        "providers": providers,
        "chosen": chosen,
        "part": part,
        "parts": PARTS,
        "from_day": from_day,
        "moving": moving,
        "days": _by_day(found.openings),
        "nothing": found.reasons,
        "held": _held(request, call),
        "times_form": _bound("book", act, form) or _bound("move", act, form) or _bound("hold", act, form),
        "cancel_form": _bound("cancel", act, form),
        "new_cancel_form": call_forms.CancelForm(visits=Appointment.objects.none(), initial={}, auto_id=False),
        "modes": [(mode, call_forms.Mode(mode).label) for mode in (visit_type.modes if visit_type else [])],
    }


def _free(
    call: Call, visit_type: VisitType | None, providers: list[Provider], from_day: date, part: str
) -> openings.Result:
    if visit_type is None or not providers:
        return openings.Result([], ["No provider or no kind of visit is set up yet. A practice admin does that."])
    search = openings.Search(visit_type, providers, from_day, part=part, held_for=call.pk)
    return openings.first(search, now=timezone.now(), limit=SHOWN_TIMES)


def _by_day(found: Iterable[openings.Opening]) -> list[tuple[date, list[openings.Opening]]]:
    def day(opening: openings.Opening) -> date:
        return timezone.localtime(opening.starts_at).date()

    return [(on, list(times)) for on, times in groupby(found, key=day)]


def _held(request: HttpRequest, call: Call) -> dict[str, Any] | None:
    """What the call holds now, as its step says, and until when."""
    rows = Occupation.objects.visible_to(request.user).in_force(timezone.now())
    held = rows.filter(held_for=call.pk, hold_until__isnull=False).first()
    step = call.steps.filter(what="held", about_id=held.pk).first() if held else None
    if held is None or step is None:
        return None
    starts_at = datetime.fromisoformat(step.facts["starts_at"])
    return {"facts": step.facts, "starts_at": starts_at, "until": held.hold_until}


def _end(call: Call, steps: list[CallStep], act: str, form: forms.Form | None) -> dict[str, Any]:
    done = [step.what for step in steps]
    guessed = next((REASON_OF[what] for what in reversed(done) if what in REASON_OF), "")
    reason = call.reason or guessed
    caller = "The patient" if call.relationship == "self" and call.patient_id else "Somebody"
    if call.patient_id and call.relationship != "self":
        caller = f"{call.get_relationship_display()} of the patient"
    initial = {
        "version": call.version,
        "summary": log.suggested_summary(steps, reason=reason, caller=caller),
        "reason": reason,
        "outcome": calls.suggested_outcome(call, done),
    }
    return {
        "close_form": _bound("close", act, form) or call_forms.CloseForm(initial=initial, auto_id="close_%s"),
        "needs_answer": bool(call.red_flags) and not call.red_flag_answer,
        "has_help": any(what in REASON_OF or what in ("message", "added-to") for what in done),
    }


def _day(text: str) -> date | None:
    try:
        return parse_date(text)
    except ValueError:
        return None
