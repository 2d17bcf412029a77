"""What is done during a call: one address for each act, one table of how it is done and worded."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from compliance.access import insist, requires
from correspondence import call_act_forms, call_forms, calls
from correspondence.calls import Tried
from correspondence.enums import CallStatus
from correspondence.models import Call
from correspondence.views import call_page as page
from correspondence.views import call_times
from correspondence.views.call_refusals import REFUSED
from patients import search
from patients.models import Patient
from scheduling.enums import Mode

NOT_YET = "Tell the caller nothing that is on file. Ask again, or for something else."


@dataclass(frozen=True)
class Act:
    """A form, what is done with it, and the permission beyond taking calls that it asks for."""

    form: type[forms.Form]
    do: Callable[[HttpRequest, Call, Any, datetime], Any]
    permission: str = "correspondence.take_call"


@requires("correspondence.take_call")
@require_POST
def act(request: HttpRequest, call_id: UUID, what: str) -> HttpResponse:
    """Do one thing of ACTS: then the page again (htmx), or back to it. 422 what is missing, 409 what was overtaken."""
    call = get_object_or_404(Call.objects.visible_to(request.user).select_related("handled_by"), pk=call_id)
    doing = ACTS.get(what)
    if doing is None:
        raise Http404
    insist(request.user, doing.permission)
    form = _form(request, call, what, doing.form)
    if not form.is_valid():
        return page.call_page(request, call, act=what, form=form, status=422)
    try:
        answer = doing.do(request, call, form, timezone.now())
    except tuple(REFUSED) as refused:
        return _refused(request, call, what, form, refused)
    if isinstance(answer, Tried) and not answer.passed:
        form.add_error(None, NOT_YET)
        return page.call_page(request, call, act=what, form=form, tried=answer, status=422)
    return page.call_page(request, call, act=what) if request.htmx else redirect("correspondence:call", call.pk)  # type: ignore[attr-defined]


def _form(request: HttpRequest, call: Call, name: str, form_class: type[forms.Form]) -> forms.Form:
    """The act's form with the rows that may be chosen in it."""
    options: dict[str, Any] = {"auto_id": f"{name}_%s"}
    if form_class is call_forms.FlagsForm:
        options["signs"] = calls.signs_of(call)
    if form_class is call_act_forms.TimeForm:
        options |= {"user": request.user, "visit_types": call_times.visit_types_of(request)}
    if form_class is call_act_forms.MessageForm:
        options["providers"] = call_times.choice_of_providers(request)
    if issubclass(form_class, call_act_forms.VisitForm):
        options["visits"] = call_times.visits_of(request, call)
    return form_class(request.POST, **options)


def _refused(request: HttpRequest, call: Call, name: str, form: forms.Form, refused: Exception) -> HttpResponse:
    field, words, status = REFUSED[type(refused)]
    call = Call.objects.visible_to(request.user).select_related("handled_by").get(pk=call.pk)
    form.add_error(field if field in form.fields else None, words or str(refused))
    return page.call_page(request, call, act=name, form=form, problem=type(refused).__name__, status=status)


def _as_seen(request: HttpRequest, form: forms.Form, now: datetime) -> dict[str, Any]:
    return {"version": form.cleaned_data["version"], "by": request.user, "now": now}


def _gate(request: HttpRequest, call: Call, form: call_forms.GateForm, now: datetime) -> Tried:
    return calls.identify(call, among=_among(request, call, form), said=form.said, **_as_seen(request, form, now))


def _among(request: HttpRequest, call: Call, form: call_forms.GateForm) -> list[Patient]:
    """Against whom it is held: the candidate chosen, or else those with the caller's number and those found by it."""
    chosen, said = form.cleaned_data["candidate"], form.said
    near = calls.candidates(call, user=request.user)
    if chosen:
        return [patient for patient in near if patient.pk == chosen]
    texts = [" ".join(said[kind] for kind in ("name", "birth_date") if kind in said), said.get("phone", "")]
    found = [one for text in texts if text for one in search.find(text, user=request.user, limit=calls.MOST_TRIES).patients]
    return list({patient.pk: patient for patient in [*found, *near]}.values())


def _unverified(request: HttpRequest, call: Call, form: forms.Form, now: datetime) -> None:
    calls.give_up(call, **_as_seen(request, form, now))


def _caller(request: HttpRequest, call: Call, form: forms.Form, now: datetime) -> None:
    said = form.cleaned_data
    calls.say_who(
        call,
        relationship=said["relationship"],
        authority=said["authority"],
        source=said["source"],
        name=said["name"],
        **_as_seen(request, form, now),
    )


def _reason(request: HttpRequest, call: Call, form: forms.Form, now: datetime) -> None:
    calls.note_reason(call, reason=form.cleaned_data["reason"], **_as_seen(request, form, now))


def _flags(request: HttpRequest, call: Call, form: forms.Form, now: datetime) -> None:
    calls.flag(call, form.cleaned_data["signs"], why=form.cleaned_data["why"], **_as_seen(request, form, now))


def _answer(request: HttpRequest, call: Call, form: forms.Form, now: datetime) -> None:
    said = form.cleaned_data
    calls.answer_flag(call, answer=said["answer"], who=said["who"], at=said["at"], **_as_seen(request, form, now))


def _time(form: forms.Form) -> dict[str, Any]:
    slot = form.cleaned_data["slot"]
    return {"provider": slot.provider, "starts_at": slot.starts_at}


def _book(request: HttpRequest, call: Call, form: forms.Form, now: datetime) -> None:
    said = form.cleaned_data
    modes = said["type"].modes
    calls.book(
        call,
        visit_type=said["type"],
        mode=said["mode"] or (modes[0] if modes else Mode.OFFICE),
        despite_overlap=said["despite"],
        **_time(form),
        **_as_seen(request, form, now),
    )


def _hold(request: HttpRequest, call: Call, form: forms.Form, now: datetime) -> None:
    calls.hold(call, visit_type=form.cleaned_data["type"], **_time(form), **_as_seen(request, form, now))


def _let_go(request: HttpRequest, call: Call, form: forms.Form, now: datetime) -> None:
    calls.let_go(call, **_as_seen(request, form, now))


def _move(request: HttpRequest, call: Call, form: forms.Form, now: datetime) -> None:
    said = form.cleaned_data
    visit = get_object_or_404(call_times.visits_of(request, call), pk=said["visit"])
    calls.move(
        call,
        visit,
        visit_version=said["visit_version"],
        despite_overlap=said["despite"],
        **_time(form),
        **_as_seen(request, form, now),
    )


def _confirm(request: HttpRequest, call: Call, form: forms.Form, now: datetime) -> None:
    calls.confirm(call, form.cleaned_data["visit"], **_as_seen(request, form, now))


def _cancel(request: HttpRequest, call: Call, form: forms.Form, now: datetime) -> None:
    said = form.cleaned_data
    calls.cancel(call, said["visit"], reason=said["reason"], initiator=said["initiator"], **_as_seen(request, form, now))


def _message(request: HttpRequest, call: Call, form: forms.Form, now: datetime) -> None:
    said = form.cleaned_data
    calls.take_message(
        call,
        text=said["text"],
        provider=said["provider"],
        priority=said["priority"],
        practice=request.practice,  # type: ignore[attr-defined]
        add_to=calls.open_message(call) if said["add"] else None,
        **_as_seen(request, form, now),
    )


def _callback(request: HttpRequest, call: Call, form: forms.Form, now: datetime) -> None:
    said = form.cleaned_data
    phone = said["phone"] or call.phone or ""
    calls.ask_back(call, phone=phone, at=said["at"], about=said["about"], **_as_seen(request, form, now))


def _transfer(request: HttpRequest, call: Call, form: forms.Form, now: datetime) -> None:
    calls.transfer(call, to=form.cleaned_data["to"], **_as_seen(request, form, now))


def _hang_up(request: HttpRequest, call: Call, form: forms.Form, now: datetime) -> None:
    calls.hang_up(call, **_as_seen(request, form, now))


def _close(request: HttpRequest, call: Call, form: forms.Form, now: datetime) -> None:
    said = form.cleaned_data
    outcome = CallStatus(said["outcome"])
    calls.close(call, outcome=outcome, reason=said["reason"], summary=said["summary"], **_as_seen(request, form, now))


def _abandon(request: HttpRequest, call: Call, form: forms.Form, now: datetime) -> None:
    calls.abandon(call, **_as_seen(request, form, now))


ACTS = {
    "gate": Act(call_forms.GateForm, _gate),
    "unverified": Act(call_forms.ActForm, _unverified),
    "caller": Act(call_forms.CallerForm, _caller),
    "reason": Act(call_forms.ReasonForm, _reason),
    "flags": Act(call_forms.FlagsForm, _flags),
    "answer": Act(call_forms.AnswerForm, _answer),
    "book": Act(call_act_forms.TimeForm, _book, "scheduling.book_appointment"),
    "hold": Act(call_act_forms.TimeForm, _hold, "scheduling.book_appointment"),
    "let-go": Act(call_forms.ActForm, _let_go),
    "move": Act(call_act_forms.TimeForm, _move, "scheduling.move_appointment"),
    "confirm": Act(call_act_forms.VisitForm, _confirm, "scheduling.confirm_appointment"),
    "cancel": Act(call_act_forms.CancelForm, _cancel, "scheduling.cancel_appointment"),
    "message": Act(call_act_forms.MessageForm, _message),
    "callback": Act(call_act_forms.CallbackForm, _callback),
    "transfer": Act(call_act_forms.TransferForm, _transfer),
    "hang-up": Act(call_forms.ActForm, _hang_up),
    "close": Act(call_forms.CloseForm, _close),
    "abandon": Act(call_forms.ActForm, _abandon),
}
