"""What the page of one call shows. Stored values of a patient are put into it only after the gate."""

from datetime import timedelta
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from compliance.audit import reads
from correspondence import call_act_forms, call_forms, calls
from correspondence.calls import log
from correspondence.enums import CallReason, CallStatus
from correspondence.models import Call, CallStep
from correspondence.views.call_times import booking, choice_of_providers, providers_of
from patients import banner, names
from patients.enums import Sex
from patients.models import Patient

REASON_OF = {
    "booked": CallReason.BOOK,
    "moved": CallReason.CHANGE,
    "cancelled": CallReason.CHANGE,
    "confirmed": CallReason.CONFIRM,
}


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
        **_who(call, works, act, form, tried),
        **_chart(request, call, works),
        **_candidates(request, call, works),
    }
    if works:
        context |= _what(request, call, context["may_hear"], act, form) | _end(call, steps, act, form)
    name = "correspondence/call.html#desk" if getattr(request, "htmx", False) else "correspondence/call.html"
    return render(request, name, context, status=status)


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


def _chart(request: HttpRequest, call: Call, works: bool) -> dict[str, Any]:
    """What is on file of the patient: only while it may be told, or when the call is over and only read."""
    told = calls.may_hear(call) or not works
    patient = _patient(request, call) if call.patient_id and told else None
    if patient is not None:
        reads.opens_chart_of(patient.pk)
    return {
        "may_hear": calls.may_hear(call),
        "patient": patient,
        "banner": banner.banner_of(patient, today=timezone.localdate()) if patient else None,
        "number": call.phone if told and call.patient_id else None,
        "number_ending": call.phone[-2:] if call.phone else "",
    }


def _candidates(request: HttpRequest, call: Call, works: bool) -> dict[str, Any]:
    """Who it may be, masked, while that is still asked."""
    if not works or call.patient_id is not None:
        return {"candidates": [], "tries_left": 0}
    near = calls.candidates(call, user=request.user)
    return {"candidates": [_masked(one) for one in near], "tries_left": calls.tries_left(call)}


def _who(call: Call, works: bool, act: str, form: forms.Form | None, tried: calls.Tried | None) -> dict[str, Any]:
    """What is asked of the caller, and how what she said compared."""
    version = {"version": call.version}
    return {
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
        "sex": "" if patient.sex == Sex.UNKNOWN else patient.get_sex_display(),
        "language": patient.language,
        "interpreter": patient.interpreter_needed,
        "is_deceased": patient.is_deceased,
    }


def _answers(tried: calls.Tried | None) -> list[tuple[str, bool]]:
    if tried is None:
        return []
    return [(call_forms.IDENTIFIERS[kind], matched) for kind, matched in tried.answers.items()]


def _what(request: HttpRequest, call: Call, may_hear: bool, act: str, form: forms.Form | None) -> dict[str, Any]:
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
        or call_act_forms.MessageForm(providers=choice, initial=version, auto_id="message_%s"),
        "open_message": calls.open_message(call),
        "callback_form": _bound("callback", act, form)
        or call_act_forms.CallbackForm(initial=version | {"at": rounded}, auto_id="callback_%s"),
        "transfer_form": _bound("transfer", act, form)
        or call_act_forms.TransferForm(initial=version, auto_id="transfer_%s"),
    }
    return context | (booking(request, call, providers, act, form) if may_hear else {})


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
