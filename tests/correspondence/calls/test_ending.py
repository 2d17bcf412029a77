"""Red flags, closing, and the log that is left."""

import pytest
from django.db import IntegrityError, transaction

from compliance.models import AuditEvent
from correspondence import calls
from correspondence.calls import log
from correspondence.enums import CallReason, CallStatus, RedFlagAnswer
from correspondence.models import Call, CallStep
from tests.correspondence.calls.deeds import FREE, book
from tests.factories.calls import NOW


def close(call, seen, outcome=CallStatus.RESOLVED, reason=CallReason.BOOK):
    calls.close(call, outcome=outcome, reason=reason, summary="Booked.", **seen(call))


def test_a_red_flag_without_an_answer_cannot_be_closed(verified, seen):
    calls.flag(verified, ["Overdose"], **seen(verified))

    with pytest.raises(calls.RedFlagUnanswered):
        close(verified, seen)
    with pytest.raises(calls.RedFlagUnanswered):
        calls.abandon(verified, **seen(verified))


def test_the_database_refuses_it_too(verified, seen):
    calls.flag(verified, ["Overdose"], **seen(verified))

    with pytest.raises(IntegrityError, match="call_with_red_flag_closed_with_answer"), transaction.atomic():
        Call.objects.update(status=CallStatus.CLOSED, ended_at=NOW)


def answer(call, seen, answer=RedFlagAnswer.PROVIDER_REACHED, who="Dr. Okafor"):
    calls.answer_flag(call, answer=answer, who=who, at=NOW, **seen(call))


def test_an_answered_red_flag_can_be_closed(verified, seen):
    calls.flag(verified, ["Overdose"], **seen(verified))
    answer(verified, seen)

    close(verified, seen, CallStatus.ESCALATED)

    assert Call.objects.get().status == CallStatus.CLOSED


@pytest.mark.parametrize("reached", [RedFlagAnswer.TRANSFERRED, RedFlagAnswer.PROVIDER_REACHED])
def test_whoever_was_reached_has_a_name(verified, seen, reached):
    calls.flag(verified, ["Overdose"], **seen(verified))

    with pytest.raises(calls.WhoAnswered):
        answer(verified, seen, reached, who="")


def test_a_second_sign_asks_for_an_answer_again(verified, seen):
    calls.flag(verified, ["Overdose"], **seen(verified))
    answer(verified, seen)

    calls.flag(verified, ["Overdose", "Trouble breathing"], **seen(verified))

    assert verified.red_flag_answer == ""


def test_a_red_flag_is_taken_back_with_a_reason_only(verified, seen):
    calls.flag(verified, ["Overdose"], **seen(verified))

    with pytest.raises(calls.WhyMissing):
        calls.flag(verified, [], **seen(verified))

    assert Call.objects.get().red_flags == ["Overdose"]


def test_only_signs_of_the_calls_list_are_kept(verified, seen):
    calls.flag(verified, ["Overdose", "Nonsense"], **seen(verified))

    assert verified.red_flags == ["Overdose"]


def test_closing_keeps_outcome_summary_and_end(verified, seen):
    close(verified, seen)

    call = Call.objects.with_outcome().get()
    assert (call.status, call.outcome, call.summary, call.ended_at) == (
        CallStatus.CLOSED,
        CallStatus.RESOLVED,
        "Booked.",
        NOW,
    )


def test_a_closed_call_is_not_written_further(verified, seen):
    close(verified, seen)

    with pytest.raises(calls.Closed):
        calls.transfer(verified, to="Nurse Kim", **seen(verified))


def test_a_call_is_about_something(verified, seen):
    with pytest.raises(calls.ReasonMissing):
        close(verified, seen, reason="")


def test_a_wrong_number_is_closed_at_once(call, seen):
    calls.abandon(call, **seen(call))

    call = Call.objects.with_outcome().get()
    assert (call.status, call.outcome, call.patient_id) == (CallStatus.CLOSED, CallStatus.ABANDONED, None)


@pytest.mark.parametrize(
    ("done", "outcome"),
    [
        (["taken"], CallStatus.RESOLVED),
        (["booked"], CallStatus.RESOLVED),
        (["message"], CallStatus.MESSAGE_TAKEN),
        (["booked", "callback"], CallStatus.CALLBACK),
        (["transferred"], CallStatus.TRANSFERRED),
    ],
)
def test_the_steps_speak_for_an_outcome(done, outcome):
    assert calls.suggested_outcome(Call(), done) == outcome


def test_a_red_flag_speaks_for_an_emergency():
    assert calls.suggested_outcome(Call(red_flags=["Overdose"]), ["booked"]) == CallStatus.ESCALATED


def test_the_summary_is_made_of_the_steps(verified, seen):
    book(verified, seen)
    steps = verified.steps.order_by("at", "pk")

    assert log.suggested_summary(steps, reason=CallReason.BOOK, caller="The patient") == (
        "The patient called: book a visit. Verified by name and birth date. "
        "Booked Annual physical, Mon, Nov 23 1:00 PM with Dr. Okafor."
    )


def test_every_step_has_an_audit_event(verified, seen):
    calls.transfer(verified, to="Nurse Kim", **seen(verified))

    kinds = AuditEvent.objects.filter(object_id=str(verified.pk)).values_list("kind", flat=True)
    assert set(kinds) == {"call.taken", "call.verified", "call.transferred"}


def test_facts_of_a_step_hold_nothing_sealed(verified, seen):
    calls.ask_back(verified, phone="+16085550199", at=FREE, about="Her knee", **seen(verified))
    calls.transfer(verified, to="Nurse Kim", **seen(verified))

    plain = str(list(CallStep.objects.values_list("facts", flat=True)))
    assert not any(word in plain for word in ("0199", "knee", "Kim", "Lopez"))
