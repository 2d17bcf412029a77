"""Texts go out by day, not too many to a number, and not too long; the others wait, or say why not."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from compliance.models import AuditEvent, Case
from correspondence import outbox, texting
from correspondence.channels.memory import MemoryTextChannel
from correspondence.enums import Channel, MessageState, SkipReason
from correspondence.models import Message, Wording
from patients import consent
from patients.enums import Purpose
from patients.models import ContactPoint
from tests.factories import patients, reminders
from tests.factories.reminders import DAY_BEFORE, VISIT

S = MessageState
CHICAGO = ZoneInfo("America/Chicago")
SAID = "[[practice.name]]: [[patient.given_name]], see you on [[visit.date]] at [[visit.time]]."
NIGHT = datetime(2026, 11, 22, 3, 30, tzinfo=UTC)  # 9:30 PM on the 21st in Chicago
EIGHT = datetime(2026, 11, 22, 14, 0, tzinfo=UTC)


@pytest.fixture
def by_text(inside):
    """A practice that reminds by text, a day before."""
    reminders.wording(channel=Channel.TEXT, subject="", text=SAID)
    reminders.plan(channel=Channel.TEXT)
    return inside


@pytest.fixture
def message(by_text, secretary):
    return due(by_text, reminders.visit(by=secretary, whose=texted(secretary)))


def texted(by, **fields):
    return patients.patient(by=by, phone_for=(Purpose.TEXT,), **fields)


def due(at, visit):
    outbox.queue_reminders(at.pk, now=visit.starts_at - timedelta(hours=36))
    return Message.objects.get(appointment=visit)


def deliver(message, now=DAY_BEFORE):
    Message.objects.filter(pk=message.pk).update(due_at=now, not_before=now)
    outbox.deliver(message.practice_id, message.pk, now=now)
    message.refresh_from_db()
    return message.state, message.skip_reason


def another(by_text, by, *, sent_at, **fields):
    """A text that went out at some time before."""
    row = due(by_text, reminders.visit(by=by, starts_at=VISIT + timedelta(days=fields.pop("days", 1)), **fields))
    Message.objects.filter(pk=row.pk).update(state=S.SENT, sent_at=sent_at)
    return row


def test_a_reminder_goes_to_the_number_in_the_practices_words_and_says_how_to_end_them(message):
    deliver(message)

    (sent,) = MemoryTextChannel.sent
    assert (sent.to, sent.text) == (
        "+16085550123",
        "Lakeside Family Medicine: Maria, see you on Monday, November 23 at 10:00 AM. Reply STOP to end.",
    )


def test_a_number_without_consent_for_texts_gets_none(message, secretary):
    consent.withdraw(ContactPoint.objects.get(), Purpose.TEXT, by=secretary, now=DAY_BEFORE)

    assert (deliver(message), MemoryTextChannel.sent) == ((S.SKIPPED, SkipReason.NO_CONSENT), [])


@pytest.mark.parametrize(
    ("moment", "then"),
    [
        ("2026-11-22T07:59", "2026-11-22T08:00"),
        ("2026-11-22T08:00", "2026-11-22T08:00"),
        ("2026-11-22T20:59", "2026-11-22T20:59"),
        ("2026-11-22T21:00", "2026-11-23T08:00"),
        ("2026-10-31T23:00", "2026-11-01T08:00"),  # the night of the clock change has an hour more
        ("2026-03-08T01:00", "2026-03-08T08:00"),
    ],
)
def test_the_day_lasts_from_eight_to_nine_where_the_visit_is(moment, then):
    said, wanted = (datetime.fromisoformat(one).replace(tzinfo=CHICAGO).astimezone(UTC) for one in (moment, then))

    assert texting.by_day(said, zone=CHICAGO) == wanted


def test_by_night_a_text_waits_for_the_morning(message):
    deliver(message, now=NIGHT)

    assert (message.state, message.not_before, message.attempts, MemoryTextChannel.sent) == (S.QUEUED, EIGHT, 0, [])


def test_what_waited_for_the_morning_goes_out_then(message):
    deliver(message, now=NIGHT)

    assert deliver(message, now=EIGHT) == (S.SENT, "")


def test_by_night_nothing_is_opened(message):
    before = AuditEvent.objects.filter(kind="patient.read").count()

    deliver(message, now=NIGHT)

    assert AuditEvent.objects.filter(kind="patient.read").count() == before


def test_what_is_too_late_in_the_morning_says_that_it_was_night(message):
    Message.objects.update(expires_at=EIGHT)

    assert deliver(message, now=NIGHT) == (S.SKIPPED, SkipReason.QUIET_HOURS)


def test_a_number_gets_one_text_a_day(by_text, message, secretary):
    another(by_text, secretary, sent_at=DAY_BEFORE - timedelta(hours=1), whose=message.patient)
    Message.objects.filter(pk=message.pk).update(expires_at=VISIT + timedelta(days=1))

    deliver(message)

    assert (message.state, message.not_before) == (S.QUEUED, EIGHT + timedelta(days=1))


def test_also_when_two_patients_share_it(by_text, message, secretary):
    child = texted(secretary, given="Ana", birth_date=None)
    another(by_text, secretary, sent_at=DAY_BEFORE - timedelta(hours=1), whose=child)

    assert deliver(message) == (S.SKIPPED, SkipReason.ENOUGH_TEXTS)


def test_a_number_gets_three_texts_a_week(by_text, message, secretary):
    for days in (1, 2, 4):
        another(by_text, secretary, sent_at=DAY_BEFORE - timedelta(days=days), whose=message.patient, days=days)
    Message.objects.filter(pk=message.pk).update(expires_at=VISIT + timedelta(days=9))

    deliver(message)

    assert (message.state, message.not_before) == (S.QUEUED, DAY_BEFORE + timedelta(days=3))


def test_what_is_going_out_at_this_moment_counts(by_text, message, secretary):
    other = another(by_text, secretary, sent_at=DAY_BEFORE, whose=message.patient)
    going = {"state": S.SENDING, "sent_at": None, "claimed_at": DAY_BEFORE, "contact": ContactPoint.objects.get()}
    Message.objects.filter(pk=other.pk).update(**going)

    assert deliver(message) == (S.SKIPPED, SkipReason.ENOUGH_TEXTS)


def test_words_that_came_out_too_long_are_not_sent_in_pieces(message):
    Wording.objects.update(text="[[provider.name]]" * 12)

    assert (deliver(message), MemoryTextChannel.sent) == ((S.SKIPPED, SkipReason.TOO_LONG), [])


def test_a_number_that_is_refused_is_somebodys_work(by_text, secretary):
    message = due(by_text, reminders.visit(by=secretary, whose=texted(secretary, phone="+16085550199")))

    deliver(message)

    assert (message.state, message.error) == (S.FAILED, "refused 422")
    assert Case.objects.get().summary.endswith("Call the patient, and correct the number.")
