"""The one writer of Message: queue, claim, look again, send, record (workflows.md section 4, outbound).

A message is a row before it is anything else, and it is sent at least once. A worker that is killed leaves a claim
that runs out, and another one takes over; only between the server's 250 and the record can a message go out twice,
and then under the same Message-ID. Nothing here writes the status of a visit.
"""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F, Q

from compliance.audit import events
from compliance.models import User
from compliance.tenancy import SYSTEM, acting_in
from correspondence import composing, plans, undelivered
from correspondence.channels import Outgoing, Refused, Sender, Unreachable
from correspondence.enums import MessageState, SkipReason
from correspondence.models import Message
from scheduling import displaced, reminding, visits
from scheduling.enums import UPCOMING
from scheduling.models import Appointment

AHEAD = timedelta(hours=24)  # a message stands in the list so long before it is due
CLAIM_LASTS = timedelta(minutes=2)  # longer than any channel takes
LONGEST_PAUSE = timedelta(hours=1)
JUST_NOW = timedelta(minutes=5)
AT_ONCE = 1000
ONE_FOR_A_PURPOSE = "one_message_for_a_purpose"

S = MessageState
RESTED = Q(state=S.DROPPED, skip_reason=SkipReason.VISIT_CHANGED) | Q(state=S.SKIPPED, skip_reason=SkipReason.DISPLACED)


class NoPlan(Exception):
    """No reminder plan holds for this kind of visit."""


class NotUpcoming(Exception):
    """The visit is not to come any more: there is nothing to remind of."""


class JustSent(Exception):
    """A reminder of this visit went out within five minutes, or is going out."""


class NotFailed(Exception):
    """Only what failed, or was not sent, can be tried again."""


def queue_reminders(practice: UUID, *, now: datetime) -> int:
    """Promise what falls due within a day, drop what was promised for visits that moved. Answers how many are new.

    May run twice, late, or beside itself: the key of a message stands once.
    """
    with acting_in(practice, SYSTEM):
        drop_overtaken(now=now)
        take_up_again(now=now)
        holding = plans.in_use()
        visits = reminding.to_remind(start=now, end=now + holding.horizon + AHEAD)
        wanted = {message.key: message for message in plans.promised(visits, holding, until=now + AHEAD)}
        there = Message.objects.filter(visit_starts_at__gte=now, key__in=wanted).values_list("key", flat=True)
        for key in list(there):
            del wanted[key]
        for message in wanted.values():
            if message.expires_at <= now:
                message.state, message.skip_reason = S.SKIPPED, SkipReason.TOO_LATE
        Message.objects.bulk_create(wanted.values(), batch_size=AT_ONCE, ignore_conflicts=True)
        if wanted:
            events.record("reminders.queued", action=events.CREATE, body={"count": len(wanted)})
    return len(wanted)


def drop_overtaken(*, now: datetime) -> int:
    """Drop what waits for a visit that is no longer to come, or begins at another time. Answers how many."""
    waiting = Message.objects.filter(state=S.QUEUED, appointment__isnull=False)
    stands = waiting.filter(appointment__status__in=UPCOMING, appointment__starts_at=F("visit_starts_at"))
    overtaken = list(waiting.exclude(pk__in=stands.values("pk")).values_list("pk", flat=True))
    rows = Message.objects.filter(pk__in=overtaken, state=S.QUEUED)
    return rows.update(state=S.DROPPED, skip_reason=SkipReason.VISIT_CHANGED, updated_at=now)


def take_up_again(*, now: datetime, of: Appointment | None = None) -> int:
    """Promise again what was dropped or skipped for a visit that is to come after all, at the same time.

    Its change was undone, or its closed time is open again. The key of a message stands once, so that no new one would take
    its place. `of`: of this visit only. Answers how many.
    """
    rested = Message.objects.filter(RESTED, visit_starts_at__gt=now, expires_at__gt=now)
    rested = rested.filter(appointment=of) if of else rested
    stands = rested.filter(appointment__status__in=UPCOMING, appointment__starts_at=F("visit_starts_at"))
    again = list(stands.exclude(appointment__in=displaced.at_work()).values_list("pk", flat=True))
    rows = Message.objects.filter(RESTED, pk__in=again)
    taken = rows.update(state=S.QUEUED, skip_reason="", updated_at=now)
    if taken:
        events.record("reminders.taken_up_again", action=events.UPDATE, body={"count": taken})
    return taken


def due(practice: UUID, *, now: datetime) -> list[UUID]:
    """What is to be sent now, the oldest first."""
    with acting_in(practice, SYSTEM):
        return list(Message.objects.due(now).order_by("due_at", "pk").values_list("pk", flat=True)[:AT_ONCE])


def deliver(practice: UUID, message_id: UUID, *, now: datetime, by: UUID = SYSTEM) -> MessageState | None:
    """Send one message unless somebody else has it; answers where it stands then, None when it was not ours.

    Each step has its own transaction, and sending has none: it cannot be taken back.
    """
    attempt = _claim(practice, message_id, now=now, by=by)
    if attempt is None:
        return None
    with acting_in(practice, by):
        composed = _compose(message_id, attempt, now=now)
    if isinstance(composed, MessageState):
        return composed
    sender, outgoing = composed
    try:
        sender.send(outgoing)
    except Refused as error:
        with acting_in(practice, by):
            return _give_up(message_id, attempt, error=f"refused {error.code}", now=now)
    except Unreachable as error:
        with acting_in(practice, by):
            return _try_later(message_id, attempt, error=error.code, now=now)
    with acting_in(practice, by):
        return _sent(message_id, now=now)


def send_now(visit: Appointment, *, by: User, now: datetime) -> list[Message]:
    """Remind of a visit at once, over every channel of its plan: what waits is brought forward, else a new one made.

    What was dropped for a change that was undone waits too: the clock would send it beside the new one.
    Raises NotUpcoming, NoPlan, JustSent.
    """
    if visit.status not in UPCOMING or visit.starts_at <= now:
        raise NotUpcoming
    nearest = {step.channel: step.wording_name for step in plans.in_use().steps_for(visit.visit_type_id)}
    if not nearest:
        raise NoPlan
    try:
        with transaction.atomic():
            take_up_again(now=now, of=visit)
            asked = [_bring_forward(visit, channel, name, now=now) for channel, name in nearest.items()]
            events.record("reminder.asked", visit, action=events.CREATE, by=by)
    except IntegrityError as error:
        if getattr(getattr(error.__cause__, "diag", None), "constraint_name", "") != ONE_FOR_A_PURPOSE:
            raise
        raise JustSent from error
    return asked


def retry(message: Message, *, by: User, now: datetime) -> Message:
    """Try again what failed or was not sent, up to the visit itself. Raises NotFailed, NotUpcoming."""
    visit = message.appointment
    if visit is None or visit.status not in UPCOMING or visit.starts_at != message.visit_starts_at or visit.starts_at <= now:
        raise NotUpcoming
    with transaction.atomic():
        rows = Message.objects.filter(pk=message.pk, state__in=[S.FAILED, S.SKIPPED])
        if not rows.update(
            state=S.QUEUED, skip_reason="", error="", not_before=now, due_at=now, expires_at=visit.starts_at, updated_at=now
        ):
            raise NotFailed
        events.record("message.retried", message, action=events.UPDATE, by=by)
    message.refresh_from_db()
    return message


def _bring_forward(visit: Appointment, channel: str, wording_name: str, *, now: datetime) -> Message:
    mine = Message.objects.filter(appointment=visit, visit_starts_at=visit.starts_at, channel=channel)
    if mine.filter(state=S.SENDING).exists() or mine.filter(sent_at__gt=now - JUST_NOW).exists():
        raise JustSent
    waiting = mine.filter(state=S.QUEUED).order_by("due_at", "pk").first()
    if waiting and Message.objects.filter(pk=waiting.pk, state=S.QUEUED).update(due_at=now, not_before=now, updated_at=now):
        return waiting
    return Message.objects.create(
        patient_id=visit.patient_id,
        appointment=visit,
        visit_starts_at=visit.starts_at,
        channel=channel,
        wording_name=wording_name,
        key=plans.key_of(visit, channel, f"asked{mine.count()}"),
        due_at=now,
        not_before=now,
        expires_at=visit.starts_at,
    )


def _claim(practice: UUID, message_id: UUID, *, now: datetime, by: UUID) -> int | None:
    """The number of this try, which marks the claim as ours; None when somebody else has the message."""
    with acting_in(practice, by):
        mine = Message.objects.due(now).filter(pk=message_id)
        if not mine.update(
            state=S.SENDING,
            contact=None,  # until this try knows it: then it counts among what is going to a number
            claimed_at=now,
            claim_ends_at=now + CLAIM_LASTS,
            attempts=F("attempts") + 1,
            updated_at=now,
        ):
            return None
        return Message.objects.values_list("attempts", flat=True).get(pk=message_id)


def _compose(message_id: UUID, attempt: int, *, now: datetime) -> tuple[Sender, Outgoing] | MessageState:
    message = composing.with_all_it_needs().get(pk=message_id)
    try:
        ready = composing.look_again(message, now=now)
    except composing.NotYet as told:
        if told.until >= message.expires_at:
            return _skip(message_id, attempt, told.reason, now=now)
        return _wait(message_id, attempt, until=told.until, now=now)
    except composing.NotNow as told:
        if told.reason == SkipReason.TOO_LATE and message.error:
            return _give_up(message_id, attempt, error=message.error, now=now)
        return _skip(message_id, attempt, told.reason, now=now)
    message.contact, message.to, message.body = ready.contact, ready.contact.value, ready.kept
    message.subject, message.language = ready.rendered.subject, ready.rendered.language
    message.save(update_fields=["contact", "to", "body", "subject", "language", "updated_at"])
    return ready.sender, Outgoing(
        id=message.key,
        to=ready.contact.value,
        subject=ready.rendered.subject,
        text=ready.rendered.text,
        sender_name=ready.practice.name,
        language=ready.rendered.language,
    )


def _skip(message_id: UUID, attempt: int, reason: SkipReason, *, now: datetime) -> MessageState:
    state = S.DROPPED if reason in (SkipReason.VISIT_CHANGED, SkipReason.OFFER_OVER) else S.SKIPPED
    if _move(message_id, attempt, state=state, skip_reason=reason, error="", updated_at=now) and state == S.SKIPPED:
        undelivered.not_sent(_with_offer(message_id), reason, now=now)
    return state


def _with_offer(message_id: UUID) -> Message:
    return Message.objects.select_related("offer__entry", "offer__location", "offer__provider", "offer__patient").get(
        pk=message_id
    )


def _wait(message_id: UUID, attempt: int, *, until: datetime, now: datetime) -> MessageState:
    """It may not go yet, and looking was no try."""
    _move(message_id, attempt, state=S.QUEUED, not_before=until, attempts=attempt - 1, error="", updated_at=now)
    return S.QUEUED


def _try_later(message_id: UUID, attempt: int, *, error: str, now: datetime) -> MessageState:
    pause = min(timedelta(minutes=2 ** min(attempt - 1, 10)), LONGEST_PAUSE)
    _move(message_id, attempt, state=S.QUEUED, not_before=now + pause, error=error, updated_at=now)
    return S.QUEUED


def _give_up(message_id: UUID, attempt: int, *, error: str, now: datetime) -> MessageState:
    """A message that cannot be delivered is somebody's work at once."""
    if _move(message_id, attempt, state=S.FAILED, error=error, updated_at=now):
        undelivered.failed(_with_offer(message_id), now=now)
    return S.FAILED


def _sent(message_id: UUID, *, now: datetime) -> MessageState:
    """It left, whoever claims it meanwhile: recorded once."""
    if (
        Message.objects.filter(pk=message_id)
        .exclude(state=S.SENT)
        .update(state=S.SENT, sent_at=now, skip_reason="", error="", updated_at=now)
    ):
        message = Message.objects.get(pk=message_id)
        events.record("message.sent", message, body={"channel": message.channel})
        if message.appointment:
            visits.note_reminded(message.appointment, now=now)
    return S.SENT


def _move(message_id: UUID, attempt: int, **values: object) -> int:
    """Write only while the claim is ours."""
    return Message.objects.filter(pk=message_id, state=S.SENDING, attempts=attempt).update(**values)
