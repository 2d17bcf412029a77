"""Calls: states, gate, rights, red flags, acts, ending (workflows.md section 3)."""

import re
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from compliance.enums import CaseStatus, Priority
from compliance.models import AuditEvent, Case
from correspondence import calls
from correspondence.calls import log
from correspondence.enums import CALL_NEXT, OUTCOMES, Authority, CallReason, CallStatus, RedFlagAnswer, Relationship
from correspondence.models import Call, CallStep, RedFlags
from patients.models import Verification
from scheduling.booking import SlotTaken
from scheduling.enums import CancelReason, Initiator, Status
from scheduling.models import Appointment, Occupation
from tests.factories import calls as made
from tests.factories import patients, scheduling
from tests.factories.calls import NOW

WORKFLOW = (  # the first line of workflows.md section 3
    "open → identified | unidentified → (resolved | message-taken | transferred | escalated-emergency"
    " | callback-scheduled | abandoned/wrong-number) → closed"
)
FREE = NOW + timedelta(hours=2, minutes=19)  # 1 PM


@pytest.fixture(autouse=True)
def in_chicago():
    """As the middleware does inside a practice."""
    with timezone.override("America/Chicago"):
        yield


@pytest.fixture
def call(inside, secretary):
    return made.call(inside, by=secretary)


@pytest.fixture
def patient(inside, secretary):
    return patients.patient(by=secretary)


@pytest.fixture
def verified(inside, secretary, patient):
    return made.verified(inside, patient, by=secretary)


@pytest.fixture
def seen(secretary):
    """Arguments of an act on a call as it stands."""
    return lambda call, now=NOW: {"version": call.version, "by": secretary, "now": now}


def whats(call):
    return list(call.steps.order_by("at", "pk").values_list("what", flat=True))


def test_the_table_is_that_of_the_workflow():
    begun, outcomes, end = re.split(r" → \(|\) → ", WORKFLOW)
    start, then = begun.split(" → ")
    named = {CallStatus(word.split("/")[0]) for word in outcomes.split(" | ")}

    assert named == OUTCOMES
    assert CALL_NEXT[CallStatus(start)] == {CallStatus(word) for word in then.split(" | ")}
    assert CALL_NEXT[CallStatus.IDENTIFIED] == named
    assert all(CALL_NEXT[outcome] == {CallStatus(end)} for outcome in named)
    assert CALL_NEXT[CallStatus.CLOSED] == frozenset()


def test_somebody_not_verified_at_first_may_be_verified_later():
    assert CALL_NEXT[CallStatus.UNIDENTIFIED] == OUTCOMES | {CallStatus.IDENTIFIED}


@pytest.mark.parametrize("text", ["(608) 555-0123", "608.555.0123", "+1 608 555 0123", "6085550123", "1-608-555-0123"])
def test_a_number_is_read_in_any_form(text):
    assert calls.e164(text) == "+16085550123"


@pytest.mark.parametrize("text", ["", "abc", "12", "6" * 61, "608555\x000123"])
def test_what_is_no_number_is_none(text):
    assert calls.e164(text) is None


def test_taking_a_call_keeps_the_red_flags_it_is_asked_by(inside, secretary):
    RedFlags.objects.create(number=7, signs=["Bee sting"], published_at=NOW)

    call = made.call(inside, by=secretary)
    RedFlags.objects.create(number=8, signs=["Other"], published_at=NOW)

    assert calls.signs_of(call) == ["Bee sting"]


def test_a_practice_without_a_list_gets_the_first_one(call):
    assert (call.red_flags_number, len(calls.signs_of(call))) == (1, 12)


def test_taking_a_call_is_the_first_line_of_its_log(call):
    assert whats(call) == ["taken"]


def identify(call, patient, seen, **said):
    return calls.identify(call, among=[made._with_rows(patient)], said=said, **seen(call))


def test_a_name_alone_never_counts(call, patient, seen):
    tried = identify(call, patient, seen, name="Maria Lopez")

    assert (tried.passed, tried.answers, call.patient_id) == (False, {"name": True}, None)


def test_name_and_birth_date_open_the_call(call, patient, seen):
    tried = identify(call, patient, seen, name="Maria Lopez", birth_date="03/27/1985")

    call = Call.objects.get()
    assert (tried.passed, call.status, call.patient_id) == (True, CallStatus.IDENTIFIED, patient.pk)


def test_which_identifiers_matched_is_kept_and_not_what_was_said(call, patient, seen):
    identify(call, patient, seen, name="Maria Lopez", birth_date="03/27/1985")

    assert Verification.objects.get(call=call.pk).matched == ["name", "birth_date"]
    assert call.steps.get(what="verified").facts["matched"] == ["name", "birth_date"]


def test_a_failed_try_answers_for_each_identifier(call, patient, seen):
    tried = identify(call, patient, seen, name="Maria Lopez", birth_date="1/1/1990")

    assert tried.answers == {"name": True, "birth_date": False}


def test_each_failed_try_is_recorded(call, patient, seen):
    identify(call, patient, seen, name="Maria Lopez", birth_date="1/1/1990")

    assert whats(call) == ["taken", "not-verified"]
    assert calls.tries_left(call) == calls.MOST_TRIES - 1


def test_guessing_ends_after_five_tries(call, patient, seen):
    for year in range(1990, 1990 + calls.MOST_TRIES):
        identify(call, patient, seen, name="Maria Lopez", birth_date=f"3/27/{year}")

    with pytest.raises(calls.TooManyTries):
        identify(call, patient, seen, name="Maria Lopez", birth_date="03/27/1985")


def test_two_tries_at_once_are_one_try(call, patient, seen):
    first = seen(call)
    identify(call, patient, seen, name="Maria Lopez", birth_date="1/1/1990")

    with pytest.raises(calls.Stale):
        calls.identify(call, among=[made._with_rows(patient)], said=made.SAID, **first)


def test_what_fits_two_patients_opens_neither(call, patient, secretary, seen):
    twin = patients.patient(by=secretary, phone="+16085550199")
    rows = [made._with_rows(patient), made._with_rows(twin)]

    tried = calls.identify(call, among=rows, said=made.SAID, **seen(call))

    assert (tried.passed, call.patient_id) == (False, None)
    assert "more than one patient" in log.words(call.steps.get(what="not-verified"))


def test_one_identifier_more_tells_them_apart(call, patient, secretary, seen):
    twin = patients.patient(by=secretary, phone="+16085550199")
    rows = [made._with_rows(patient), made._with_rows(twin)]
    said = {"birth_date": "3/27/1985", "phone": "608 555 0199"}

    calls.identify(call, among=rows, said=said, **seen(call))

    assert call.patient_id == twin.pk


def test_candidates_are_those_with_the_callers_number(call, patient, secretary):
    patients.patient(by=secretary, phone="+16085550199")

    assert [one.pk for one in calls.candidates(call, user=secretary)] == [patient.pk]


def test_a_withheld_number_has_no_candidates(inside, patient, secretary):
    call = made.call(inside, by=secretary, number=None)

    assert calls.candidates(call, user=secretary) == []


def test_the_patient_herself_may_hear(verified):
    assert calls.may_hear(verified)


def test_nobody_may_hear_before_the_gate(call):
    assert not calls.may_hear(call)


def test_somebody_else_without_a_right_leaves_a_message_only(verified, seen):
    calls.say_who(verified, relationship=Relationship.SPOUSE, **seen(verified))

    assert not calls.may_hear(verified)


def test_a_signed_consent_lets_somebody_else_hear(verified, seen):
    right = {"relationship": Relationship.SPOUSE, "authority": Authority.SIGNED_CONSENT, "source": "Consent 12"}

    calls.say_who(verified, **right, **seen(verified))

    assert calls.may_hear(verified)


@pytest.mark.parametrize("authority", [a for a in Authority if a and a != Authority.MINORS_PARENT])
def test_a_right_has_a_source(verified, seen, authority):
    with pytest.raises(calls.AuthoritySourceMissing):
        calls.say_who(verified, relationship=Relationship.CHILD, authority=authority, **seen(verified))


def test_the_parent_of_a_grown_up_has_no_right_as_parent(verified, seen):
    with pytest.raises(calls.NotAMinor):
        calls.say_who(verified, relationship=Relationship.PARENT, authority=Authority.MINORS_PARENT, **seen(verified))


def test_the_parent_of_a_minor_may_hear(inside, secretary, seen):
    child = patients.patient(by=secretary, given="Leo", birth_date=date(2020, 5, 1))
    call = made.verified(inside, child, by=secretary, said={"name": "Leo Lopez", "birth_date": "5/1/2020"})

    calls.say_who(call, relationship=Relationship.PARENT, authority=Authority.MINORS_PARENT, **seen(call))

    assert calls.may_hear(call)


def test_booking_without_a_right_is_refused(call, seen):
    who, kind = scheduling.provider(), scheduling.visit_type()

    with pytest.raises(calls.NotAuthorised):
        calls.book(call, provider=who, starts_at=FREE, visit_type=kind, mode="office", **seen(call))

    assert Appointment.objects.count() == 0


def book(call, seen, who=None, starts_at=FREE):
    who = who or scheduling.provider("Dr. Okafor")
    kind = scheduling.visit_type("Annual physical")
    return calls.book(call, provider=who, starts_at=starts_at, visit_type=kind, mode="office", **seen(call))


def test_a_booking_writes_its_line(verified, seen):
    visit = book(verified, seen)

    step = verified.steps.get(what="booked")
    assert (step.about_id, log.words(step)) == (
        visit.pk,
        "Booked Annual physical, Mon, Nov 23 1:00 PM with Dr. Okafor",
    )


def test_a_refused_booking_leaves_no_line(verified, seen, secretary):
    who = scheduling.provider()
    scheduling.visit(by=secretary, who=who, starts_at=FREE)

    with pytest.raises(SlotTaken):
        book(verified, seen, who)

    assert "booked" not in whats(Call.objects.get())


def test_a_stale_act_is_refused_and_does_nothing(verified, seen):
    args = seen(verified)
    calls.note_reason(verified, reason=CallReason.BOOK, **args)

    with pytest.raises(calls.Stale):
        calls.transfer(verified, to="Nurse Kim", **args)

    assert "transferred" not in whats(verified)


def test_a_hold_is_free_again_when_the_caller_hangs_up(verified, seen):
    kind = scheduling.visit_type()
    calls.hold(verified, provider=scheduling.provider(), starts_at=FREE, visit_type=kind, **seen(verified))

    calls.hang_up(verified, **seen(verified))

    assert Occupation.objects.filter(held_for=verified.pk).count() == 0


def test_the_held_time_is_booked(verified, seen):
    who, kind = scheduling.provider(), scheduling.visit_type()
    calls.hold(verified, provider=who, starts_at=FREE, visit_type=kind, **seen(verified))

    calls.book(verified, provider=who, starts_at=FREE, visit_type=kind, mode="office", **seen(verified))

    assert whats(verified)[-2:] == ["held", "booked"]


def test_a_visit_is_moved_from_the_call(verified, seen):
    who = scheduling.provider("Dr. Okafor")
    visit = book(verified, seen, who)
    later = FREE + timedelta(hours=1)

    calls.move(verified, visit, provider=who, starts_at=later, visit_version=visit.version, **seen(verified))

    assert list(Appointment.objects.upcoming().values_list("starts_at", flat=True)) == [later]
    assert whats(verified)[-1] == "moved"


def test_a_visit_is_cancelled_from_the_call(verified, seen):
    visit = book(verified, seen)

    calls.cancel(verified, visit, reason=CancelReason.PATIENT, initiator=Initiator.PATIENT, **seen(verified))

    assert Appointment.objects.get().status == Status.CANCELLED
    assert whats(verified)[-1] == "cancelled"


def test_a_visit_is_confirmed_from_the_call(verified, seen):
    visit = book(verified, seen)

    calls.confirm(verified, visit, **seen(verified))

    assert Appointment.objects.get().confirmed_via == "call"


def test_another_patients_visit_is_not_touched(verified, secretary, seen):
    visit = scheduling.visit(by=secretary, starts_at=FREE)

    with pytest.raises(calls.NotAuthorised):
        calls.confirm(verified, visit, **seen(verified))


def message(call, seen, practice, priority=Priority.ROUTINE, **more):
    return calls.take_message(
        call,
        text="Wants to know her result.",
        provider=more.pop("provider", None) or scheduling.provider(),
        priority=priority,
        practice=practice,
        **more,
        **seen(call),
    )


def test_a_message_is_a_case_of_the_provider_with_its_clock(verified, seen, inside, secretary):
    who = scheduling.provider(user=secretary)

    case = message(verified, seen, inside, Priority.STAT, provider=who)

    assert (case.owner, case.due_at, case.patient) == (secretary, NOW, verified.patient_id)
    assert verified.respond_by == NOW


def test_a_message_for_a_provider_without_a_login_goes_to_the_team(verified, seen, inside):
    assert message(verified, seen, inside).team == "provider"


def test_a_refill_is_answered_within_48_hours(verified, seen, inside):
    calls.note_reason(verified, reason=CallReason.MEDICATION, **seen(verified))

    case = message(verified, seen, inside)

    assert (case.kind, case.due_at) == ("refill", NOW + timedelta(hours=48))


def test_somebody_not_verified_may_leave_a_message(call, seen, inside):
    calls.give_up(call, **seen(call))

    assert message(call, seen, inside).patient is None


def test_an_open_message_about_the_same_is_added_to(verified, seen, inside, patient, secretary):
    calls.note_reason(verified, reason=CallReason.RESULT, **seen(verified))
    first = message(verified, seen, inside)
    again = made.verified(inside, patient, by=secretary)
    calls.note_reason(again, reason=CallReason.RESULT, **seen(again))

    message(again, seen, inside, add_to=calls.open_message(again))

    assert Case.objects.get() == first
    assert first.transitions.order_by("-at", "-pk").first().note == "Wants to know her result."


def test_a_message_about_something_else_is_not_the_same(verified, seen, inside, patient, secretary):
    calls.note_reason(verified, reason=CallReason.RESULT, **seen(verified))
    message(verified, seen, inside)
    again = made.verified(inside, patient, by=secretary)
    calls.note_reason(again, reason=CallReason.BILLING, **seen(again))

    assert calls.open_message(again) is None


def test_a_call_back_is_a_case_of_the_secretaries(verified, seen):
    case = calls.ask_back(verified, phone="+16085550199", at=FREE, about="", **seen(verified))

    assert (case.kind, case.team, case.due_at, case.status) == ("callback", "secretary", FREE, CaseStatus.REQUESTED)


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
