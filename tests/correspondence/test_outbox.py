"""Claim, look again, send, record: late, twice, killed, refused."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from compliance.models import AuditEvent, Case
from correspondence import outbox
from correspondence.channels.memory import MemoryChannel
from correspondence.enums import Channel, MessageState, SkipReason
from correspondence.models import Message, ReminderStep, Wording
from patients import consent
from patients.enums import Purpose
from patients.models import ContactPoint, Patient
from scheduling import set_up, visits
from scheduling.enums import Status
from scheduling.models import Appointment
from tests.factories import patients, reminders
from tests.factories.reminders import DAY_BEFORE, VISIT

S = MessageState


@pytest.fixture
def message(planned, secretary):
    """One reminder that is due: to maria@patients.example."""
    reminders.visit(by=secretary)
    outbox.queue_reminders(planned.pk, now=DAY_BEFORE)
    return Message.objects.get()


def deliver(message, now=DAY_BEFORE):
    outbox.deliver(message.practice_id, message.pk, now=now)
    message.refresh_from_db()
    return message


def to_address(address):
    contact = ContactPoint.objects.get(system="email")
    contact.value = address
    contact.save()


def test_what_is_sent_says_what_the_wording_says(message):
    deliver(message)

    (sent,) = MemoryChannel.sent
    assert (sent.to, sent.subject, sent.text) == (
        "maria@patients.example",
        "A reminder from Lakeside Family Medicine",
        "Hello Maria, see you on Monday, November 23 at 10:00 AM. Lakeside Family Medicine",
    )


def test_what_was_sent_is_recorded(message):
    deliver(message)

    assert (message.state, message.sent_at, message.to, message.attempts) == (
        S.SENT,
        DAY_BEFORE,
        "maria@patients.example",
        1,
    )


def test_sending_is_an_event_of_the_patient(message):
    deliver(message)

    assert AuditEvent.objects.get(kind="message.sent").opened == [message.patient_id]


def test_what_was_sent_is_not_sent_again(message):
    deliver(message)
    deliver(message)

    assert len(MemoryChannel.sent) == 1


def test_nothing_is_sent_before_it_is_due(message):
    deliver(message, now=DAY_BEFORE - timedelta(seconds=1))

    assert (message.state, MemoryChannel.sent) == (S.QUEUED, [])


def test_a_reminder_leaves_the_status_of_the_visit_alone(message):
    deliver(message)

    visit = Appointment.objects.get()
    assert (visit.status, visit.reminded_at) == (Status.BOOKED, DAY_BEFORE)


def test_a_confirmed_visit_is_reminded_of(message, secretary):
    visit = Appointment.objects.get()
    visits.confirm(visit, via="call", by=secretary, now=DAY_BEFORE, version=visit.version)

    assert deliver(message).state == S.SENT


def test_a_claimed_message_is_left_to_whoever_has_it(message):
    Message.objects.update(state=S.SENDING, claim_ends_at=DAY_BEFORE + timedelta(seconds=1), attempts=1)

    deliver(message)

    assert (message.state, MemoryChannel.sent) == (S.SENDING, [])


def test_the_claim_of_somebody_who_was_killed_is_taken_over(message):
    Message.objects.update(state=S.SENDING, claim_ends_at=DAY_BEFORE, attempts=1)

    deliver(message)

    assert (message.state, message.attempts) == (S.SENT, 2)


def test_a_repeat_has_the_same_id(message):
    deliver(message)
    Message.objects.update(state=S.SENDING, sent_at=None, claim_ends_at=DAY_BEFORE)  # killed before the record
    deliver(message)

    first, second = MemoryChannel.sent
    assert first.id == second.id


def test_whoever_lost_its_claim_does_not_write_over_the_other(message):
    Message.objects.update(state=S.SENDING, claim_ends_at=DAY_BEFORE + timedelta(minutes=1), attempts=2)

    outbox._try_later(message.pk, 1, error="451", now=DAY_BEFORE)

    message.refresh_from_db()
    assert message.state == S.SENDING


def test_a_server_that_is_away_is_tried_again_later_and_later(message):
    to_address("later@patients.example")
    pauses = []
    now = DAY_BEFORE
    for _ in range(8):
        deliver(message, now=now)
        pauses.append((message.not_before - now) / timedelta(minutes=1))
        now = message.not_before

    assert pauses == [1, 2, 4, 8, 16, 32, 60, 60]


def test_a_message_that_could_not_be_sent_in_time_failed(message):
    to_address("later@patients.example")
    deliver(message)

    deliver(message, now=VISIT - timedelta(hours=12))

    assert (message.state, message.error) == (S.FAILED, "451")


def test_a_refused_address_fails_at_once_and_is_somebodys_work(message):
    to_address("refused@patients.example")

    deliver(message)

    case = Case.objects.get()
    assert (message.state, message.error, case.kind, case.patient, case.due_at) == (
        *(S.FAILED, "refused 550", "undelivered"),
        *(message.patient_id, VISIT),
    )


def not_sent(message, now=DAY_BEFORE):
    deliver(message, now=now)
    assert MemoryChannel.sent == []
    return message.state, message.skip_reason


def test_a_visit_that_was_moved_meanwhile_is_not_reminded_of(message):
    Appointment.objects.update(starts_at=VISIT - timedelta(hours=1))

    assert not_sent(message) == (S.DROPPED, SkipReason.VISIT_CHANGED)


@pytest.mark.parametrize("status", [s for s in Status if s not in (Status.BOOKED, Status.CONFIRMED, Status.CANCELLED)])
def test_a_visit_in_another_state_is_not_reminded_of(message, status):
    Appointment.objects.update(status=status)

    assert not_sent(message) == (S.DROPPED, SkipReason.VISIT_CHANGED)


def test_what_comes_too_late_is_not_sent(message):
    assert not_sent(message, now=VISIT - timedelta(hours=12)) == (S.SKIPPED, SkipReason.TOO_LATE)


GONE = [({"is_deceased": True}, SkipReason.DECEASED), ({"is_active": False}, SkipReason.NOT_IN_USE)]


@pytest.mark.parametrize(("fact", "reason"), GONE)
def test_who_has_died_or_whose_record_is_not_in_use_is_not_reminded(message, fact, reason):
    Patient.objects.update(**fact)

    assert not_sent(message) == (S.SKIPPED, reason)


def test_do_not_contact_stands_above_every_consent(message):
    Patient.objects.update(do_not_contact=True)

    assert not_sent(message) == (S.SKIPPED, SkipReason.DO_NOT_CONTACT)


def test_consent_that_was_withdrawn_meanwhile_is_obeyed(message, secretary):
    consent.withdraw(ContactPoint.objects.get(system="email"), Purpose.EMAIL, by=secretary, now=DAY_BEFORE)

    assert not_sent(message) == (S.SKIPPED, SkipReason.NO_CONSENT)


def test_nobody_is_reminded_to_come_into_closed_time(message, secretary):
    visit = message.appointment
    span = {"starts_at": visit.starts_at, "ends_at": visit.ends_at}
    set_up.close_time(**span, reason="Vacation", provider=visit.provider, by=secretary, now=DAY_BEFORE)

    assert not_sent(message) == (S.SKIPPED, SkipReason.DISPLACED)


def test_without_an_address_it_says_so(planned, secretary):
    reminders.visit(by=secretary, whose=patients.patient(by=secretary))
    outbox.queue_reminders(planned.pk, now=DAY_BEFORE)

    assert not_sent(Message.objects.get()) == (S.SKIPPED, SkipReason.NO_CONTACT)


def test_without_words_it_says_so(message):
    Wording.objects.update(is_active=False)

    assert not_sent(message) == (S.SKIPPED, SkipReason.NO_WORDING)


def test_a_channel_that_the_portal_has_not_is_said(planned, secretary, settings):
    settings.CHANNELS = {}
    ReminderStep.objects.update(channel=Channel.TEXT)
    reminders.visit(by=secretary)
    outbox.queue_reminders(planned.pk, now=DAY_BEFORE)

    assert not_sent(Message.objects.get()) == (S.SKIPPED, SkipReason.NO_CHANNEL)


def test_a_message_that_does_not_go_out_opens_nothing(message):
    Patient.objects.update(do_not_contact=True)
    before = AuditEvent.objects.filter(kind="patient.read").count()

    deliver(message)

    assert AuditEvent.objects.filter(kind="patient.read").count() == before


def test_the_patient_hears_in_her_language(planned, secretary):
    reminders.wording(language="es", text="Hola [[patient.given_name]]", subject="Recordatorio")
    reminders.visit(by=secretary, whose=reminders.reachable(by=secretary, language="es-MX"))
    outbox.queue_reminders(planned.pk, now=DAY_BEFORE)

    deliver(Message.objects.get())

    assert (MemoryChannel.sent[0].text, MemoryChannel.sent[0].language) == ("Hola Maria", "es")


def test_the_database_holds_one_message_for_a_purpose(message):
    names = ("patient_id", "appointment_id", "visit_starts_at", "channel", "key", "due_at", "not_before", "expires_at")
    again = Message(**{name: getattr(message, name) for name in names})

    with pytest.raises(IntegrityError, match="one_message_for_a_purpose"), transaction.atomic():
        again.save(force_insert=True)


class TestSendNow:
    """A reminder that somebody asks for."""

    @pytest.fixture
    def visit(self, planned, secretary):
        return reminders.visit(by=secretary)

    def ask(self, visit, secretary, now=DAY_BEFORE):
        return outbox.send_now(visit, by=secretary, now=now)

    def test_without_a_message_waiting_a_new_one_is_made(self, visit, secretary):
        (asked,) = self.ask(visit, secretary)

        assert (asked.due_at, asked.expires_at, asked.step_hours) == (DAY_BEFORE, VISIT, None)

    def test_what_waits_is_brought_forward(self, visit, planned, secretary):
        early = VISIT - timedelta(hours=40)
        outbox.queue_reminders(planned.pk, now=early)

        self.ask(visit, secretary, now=early)

        assert (Message.objects.get().due_at, Message.objects.get().step_hours) == (early, 24)

    def test_asking_twice_sends_once(self, visit, planned, secretary):
        (asked,) = self.ask(visit, secretary)
        self.ask(visit, secretary)
        deliver(asked)

        assert (Message.objects.count(), len(MemoryChannel.sent)) == (1, 1)

    def test_what_was_dropped_for_a_change_that_was_undone_is_what_goes_out(self, visit, planned, secretary):
        outbox.queue_reminders(planned.pk, now=DAY_BEFORE)
        Message.objects.update(state=S.DROPPED, skip_reason=SkipReason.VISIT_CHANGED)
        self.ask(visit, secretary)

        outbox.queue_reminders(planned.pk, now=DAY_BEFORE)

        assert [(row.state, row.step_hours) for row in Message.objects.all()] == [(S.QUEUED, 24)]

    def test_asking_again_right_after_it_was_sent_is_refused(self, visit, secretary):
        deliver(self.ask(visit, secretary)[0])

        with pytest.raises(outbox.JustSent):
            self.ask(visit, secretary, now=DAY_BEFORE + timedelta(minutes=4))

    def test_asking_again_later_sends_again(self, visit, secretary):
        deliver(self.ask(visit, secretary)[0])
        later = DAY_BEFORE + timedelta(minutes=5)

        deliver(self.ask(visit, secretary, now=later)[0], now=later)

        assert len({message.id for message in MemoryChannel.sent}) == 2

    def test_a_visit_that_is_over_is_not_reminded_of(self, visit, secretary):
        with pytest.raises(outbox.NotUpcoming):
            self.ask(visit, secretary, now=VISIT)

    def test_without_a_plan_nothing_is_promised(self, visit, secretary):
        ReminderStep.objects.all().delete()

        with pytest.raises(outbox.NoPlan):
            self.ask(visit, secretary)


class TestRetry:
    """Trying again what did not go out."""

    def test_what_was_skipped_goes_out_after_consent_was_given(self, message, secretary):
        contact = ContactPoint.objects.get(system="email")
        consent.withdraw(contact, Purpose.EMAIL, by=secretary, now=DAY_BEFORE)
        deliver(message)
        consent.give(contact, Purpose.EMAIL, by=secretary, now=DAY_BEFORE)

        outbox.retry(message, by=secretary, now=DAY_BEFORE)

        assert deliver(message).state == S.SENT

    def test_what_was_sent_is_not_tried_again(self, message, secretary):
        deliver(message)

        with pytest.raises(outbox.NotFailed):
            outbox.retry(message, by=secretary, now=DAY_BEFORE)

    def test_a_visit_that_is_over_is_not_tried_again(self, message, secretary):
        with pytest.raises(outbox.NotUpcoming):
            outbox.retry(message, by=secretary, now=VISIT)


def test_an_address_is_used_from_its_first_day_on_by_the_practices_own_calendar(message):
    """Asked at eight in the evening in Chicago, when that day has begun in UTC but not there."""
    ContactPoint.objects.update(starts_on=date(2026, 11, 23))

    asked = deliver(message, now=datetime(2026, 11, 23, 2, 0, tzinfo=UTC))
    assert (asked.state, asked.skip_reason) == (S.SKIPPED, SkipReason.NO_CONSENT)
