"""What is done during a call: visits, messages, calling back."""

from datetime import timedelta

import pytest

from compliance.enums import CaseStatus, Priority
from compliance.models import Case
from correspondence import calls
from correspondence.calls import log
from correspondence.enums import CallReason
from correspondence.models import Call
from scheduling.booking import SlotTaken
from scheduling.enums import CancelReason, Initiator, Status
from scheduling.models import Appointment, Occupation
from tests.correspondence.calls.deeds import FREE, book, whats
from tests.factories import calls as made
from tests.factories import scheduling
from tests.factories.calls import NOW


def test_booking_without_a_right_is_refused(call, seen):
    who, kind = scheduling.provider(), scheduling.visit_type()

    with pytest.raises(calls.NotAuthorised):
        calls.book(call, provider=who, starts_at=FREE, visit_type=kind, mode="office", **seen(call))

    assert Appointment.objects.count() == 0


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


def test_a_hold_for_a_new_patient_takes_the_minutes_of_one(verified, seen):
    kind = scheduling.visit_type(minutes=30, new_minutes=60)

    held = calls.hold(verified, provider=scheduling.provider(), starts_at=FREE, visit_type=kind, **seen(verified))

    assert held.ends_at - held.starts_at == timedelta(hours=1)


def test_a_hold_is_free_again_when_the_caller_hangs_up(verified, seen):
    kind = scheduling.visit_type()
    calls.hold(verified, provider=scheduling.provider(), starts_at=FREE, visit_type=kind, **seen(verified))

    calls.hang_up(verified, **seen(verified))

    assert Occupation.objects.filter(held_for=verified.pk).count() == 0


@pytest.mark.parametrize("end", ["hang_up", "abandon"])
def test_what_a_colleague_holds_for_the_call_is_free_again_with_its_end(verified, seen, admin, end):
    kind = scheduling.visit_type()
    where = {"provider": scheduling.provider(), "starts_at": FREE, "visit_type": kind}
    calls.hold(verified, **where, **{**seen(verified), "by": admin})

    getattr(calls, end)(verified, **seen(verified))

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
