"""What is promised, once, and what becomes of it when the visit moves."""

from datetime import UTC, datetime, timedelta

import pytest

from compliance.models import AuditEvent
from correspondence import outbox
from correspondence.enums import Channel, MessageState, SkipReason
from correspondence.models import Message, ReminderPlan
from patients.models import Patient
from scheduling import booking, set_up, visits
from scheduling.enums import CancelReason, Initiator, ToldBy
from tests.factories import reminders, scheduling
from tests.factories.reminders import DAY_BEFORE, VISIT

MONTH_BEFORE = datetime(2026, 10, 24, 16, 0, tzinfo=UTC)


def queued(practice, now=DAY_BEFORE):
    outbox.queue_reminders(practice.pk, now=now)
    return list(Message.objects.order_by("due_at", "channel"))


def test_a_visit_gets_one_message_for_each_step(planned, secretary):
    visit = reminders.visit(by=secretary)

    (message,) = queued(planned)

    assert (message.appointment, message.step_hours, message.due_at, message.state) == (
        *(visit, 24, VISIT - timedelta(hours=24)),
        MessageState.QUEUED,
    )


def test_queueing_again_promises_nothing_new(planned, secretary):
    reminders.visit(by=secretary)
    queued(planned)

    assert (outbox.queue_reminders(planned.pk, now=DAY_BEFORE), Message.objects.count()) == (0, 1)


def test_what_is_due_in_more_than_a_day_is_not_promised_yet(planned, secretary):
    reminders.visit(by=secretary)

    assert queued(planned, now=VISIT - timedelta(hours=48)) == []


def test_a_message_stands_in_the_list_a_day_before_it_is_due(planned, secretary):
    reminders.visit(by=secretary)

    assert len(queued(planned, now=VISIT - timedelta(hours=47))) == 1


def test_a_kind_of_visit_with_a_plan_of_its_own_follows_it(planned, secretary):
    kind = scheduling.visit_type()
    reminders.plan(hours=(2, 20), visit_type=kind)
    reminders.visit(by=secretary, kind=kind)

    assert [message.step_hours for message in queued(planned, now=VISIT - timedelta(hours=22))] == [20, 2]


def test_a_plan_not_in_use_gives_way_to_the_one_for_all_others(planned, secretary):
    kind = scheduling.visit_type()
    own = reminders.plan(hours=(2,), visit_type=kind)
    ReminderPlan.objects.filter(pk=own.pk).update(is_active=False)
    reminders.visit(by=secretary, kind=kind)

    assert [message.step_hours for message in queued(planned)] == [24]


def test_without_any_plan_nothing_is_promised(inside, secretary):
    reminders.visit(by=secretary)

    assert queued(inside) == []


def test_a_step_may_come_late_by_half_its_hours(planned, secretary):
    reminders.visit(by=secretary)

    (message,) = queued(planned, now=VISIT - timedelta(hours=12, seconds=1))

    assert message.state == MessageState.QUEUED


def test_a_step_later_than_that_is_not_sent_and_says_why(planned, secretary):
    reminders.visit(by=secretary)

    (message,) = queued(planned, now=VISIT - timedelta(hours=12))

    assert (message.state, message.skip_reason) == (MessageState.SKIPPED, SkipReason.TOO_LATE)


def test_a_moved_visit_gets_new_messages_and_the_old_are_dropped(planned, secretary):
    visit = reminders.visit(by=secretary)
    queued(planned)
    new = booking.move(visit, starts_at=VISIT + timedelta(hours=1), by=secretary, now=DAY_BEFORE, version=visit.version)

    old, fresh = queued(planned)

    assert (old.state, old.skip_reason, fresh.state) == (MessageState.DROPPED, SkipReason.VISIT_CHANGED, MessageState.QUEUED)
    assert fresh.visit_starts_at == new.starts_at


def test_a_cancelled_visit_has_its_messages_dropped(planned, secretary):
    visit = reminders.visit(by=secretary)
    queued(planned)
    cancel(visit, secretary)

    (message,) = queued(planned)

    assert (message.state, message.skip_reason) == (MessageState.DROPPED, SkipReason.VISIT_CHANGED)


def test_an_undone_cancellation_brings_its_messages_back(planned, secretary):
    visit = reminders.visit(by=secretary)
    queued(planned)
    cancel(visit, secretary)
    queued(planned)
    visits.undo(visit, by=secretary, now=DAY_BEFORE)

    (message,) = queued(planned)

    assert (message.state, message.skip_reason) == (MessageState.QUEUED, "")
    assert AuditEvent.objects.filter(kind="reminders.taken_up_again", body__count=1).count() == 1


def closed_over(visit, by):
    span = {"starts_at": visit.starts_at, "ends_at": visit.ends_at, "reason": "Vacation", "provider": visit.provider}
    return set_up.close_time(**span, by=by, now=DAY_BEFORE)


def not_sent(practice):
    (message,) = queued(practice)
    outbox.deliver(practice.pk, message.pk, now=DAY_BEFORE)


def test_a_visit_whose_closed_time_is_opened_again_is_reminded_of_after_all(planned, secretary):
    closure = closed_over(reminders.visit(by=secretary), secretary)
    not_sent(planned)
    set_up.open_time(closure, by=secretary, now=DAY_BEFORE)

    (message,) = queued(planned)

    assert (message.state, message.skip_reason) == (MessageState.QUEUED, "")


def test_while_it_is_closed_it_is_not_tried_again(planned, secretary):
    closed_over(reminders.visit(by=secretary), secretary)
    not_sent(planned)

    (message,) = queued(planned)

    assert (message.state, message.skip_reason) == (MessageState.SKIPPED, SkipReason.DISPLACED)


def test_a_visit_of_somebody_who_died_has_a_row_that_says_why_it_was_not_reminded_of(planned, secretary):
    reminders.visit(by=secretary)
    Patient.objects.update(is_deceased=True)
    (message,) = queued(planned)

    outbox.deliver(planned.pk, message.pk, now=message.due_at)

    message.refresh_from_db()
    assert (message.state, message.skip_reason) == (MessageState.SKIPPED, SkipReason.DECEASED)


def cancel(visit, by):
    visits.cancel(
        visit,
        reason=CancelReason.PATIENT,
        initiator=Initiator.PATIENT,
        told_by=ToldBy.SHE_CALLED,
        by=by,
        now=DAY_BEFORE,
        version=visit.version,
    )


def test_what_was_sent_stays_sent_when_the_visit_is_cancelled(planned, secretary):
    visit = reminders.visit(by=secretary)
    (message,) = queued(planned)
    outbox.deliver(planned.pk, message.pk, now=DAY_BEFORE)
    visit.refresh_from_db()
    cancel(visit, secretary)

    assert queued(planned)[0].state == MessageState.SENT


@pytest.mark.parametrize("count", [1, 3])
def test_any_number_of_visits_is_promised_by_the_same_queries(planned, secretary, django_assert_num_queries, count):
    provider, kind = scheduling.provider(), scheduling.visit_type()
    for number in range(count):
        starts_at = VISIT + timedelta(minutes=30 * number)
        reminders.visit(by=secretary, who=provider, kind=kind, starts_at=starts_at, whose=scheduling.patient())

    with django_assert_num_queries(12):
        outbox.queue_reminders(planned.pk, now=VISIT - timedelta(hours=24))


def test_text_and_email_of_one_step_are_two_messages(planned, secretary):
    kind = scheduling.visit_type()
    plan = reminders.plan(visit_type=kind)
    plan.steps.create(hours_before=24, channel=Channel.TEXT, wording_name="Visit")
    reminders.visit(by=secretary, kind=kind)

    assert [message.channel for message in queued(planned)] == [Channel.EMAIL, Channel.TEXT]
