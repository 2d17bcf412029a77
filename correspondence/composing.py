"""The last look before a message goes out: may it still, to which address, in which words. Writes nothing."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Prefetch, QuerySet

from compliance.models import Practice
from compliance.tenancy import current_practice_id
from compliance.zones import zone
from correspondence import offering, texting, wording
from correspondence.channels import Sender, channel_for
from correspondence.enums import Channel, SkipReason
from correspondence.models import Message, Wording
from patients import consent
from patients.enums import ContactSystem, Purpose
from patients.models import ContactPoint, Patient
from scheduling import displaced
from scheduling.enums import UPCOMING

PURPOSE = {Channel.EMAIL: Purpose.EMAIL, Channel.TEXT: Purpose.TEXT}
SYSTEM_OF = {Channel.EMAIL: ContactSystem.EMAIL, Channel.TEXT: ContactSystem.PHONE}


@dataclass(frozen=True)
class Ready:
    """It may go: where to, and what it says."""

    sender: Sender
    contact: ContactPoint
    rendered: wording.Rendered
    practice: Practice
    kept: str  # the text as it stays in the outbox


class NotNow(Exception):
    """It does not go out; `reason` says why."""

    def __init__(self, reason: SkipReason) -> None:
        self.reason = reason
        super().__init__(reason.value)


class NotYet(NotNow):
    """It may go out at `until`, unless that is too late; then `reason` says why it did not."""

    def __init__(self, until: datetime, reason: SkipReason) -> None:
        self.until = until
        super().__init__(reason)


def look_again(message: Message, *, now: datetime) -> Ready:
    """Look at visit, person, consent and words as they stand now. Raises NotNow, NotYet.

    The cheap facts come first: nothing sealed is opened for a message that does not go out.
    """
    return _offer(message, now=now) if message.offer_id else _reminder(message, now=now)


def _offer(message: Message, *, now: datetime) -> Ready:
    """Whether the offer still stands, before anything sealed is opened."""
    over = offering.overtaken(message, now=now)
    if over:
        raise NotNow(over)
    if not settings.ORIGIN:  # no link can be written
        raise NotNow(SkipReason.NO_CHANNEL)
    sender, practice = _sender(message), Practice.objects.get(pk=current_practice_id())
    assert message.offer is not None
    contact = _reach(message, practice, zone(message.offer.location.time_zone), now=now)
    written = offering.write(message, practice=practice)
    _insist_on_length(message, written.rendered)
    return Ready(sender, contact, written.rendered, practice, written.kept)


def _sender(message: Message) -> Sender:
    sender = channel_for(message.channel)
    if sender is None:
        raise NotNow(SkipReason.NO_CHANNEL)
    return sender


def _reminder(message: Message, *, now: datetime) -> Ready:
    visit = message.appointment
    if visit is None or visit.status not in UPCOMING or visit.starts_at != message.visit_starts_at:
        raise NotNow(SkipReason.VISIT_CHANGED)
    if now >= message.expires_at:
        raise NotNow(SkipReason.TOO_LATE)
    if displaced.is_work(visit):
        raise NotNow(SkipReason.DISPLACED)
    sender = _sender(message)
    practice = Practice.objects.get(pk=current_practice_id())
    contact = _reach(message, practice, zone(visit.location.time_zone), now=now)
    chosen = wording.choose(_wordings(message), message.patient.language)
    if chosen is None:
        raise NotNow(SkipReason.NO_WORDING)
    rendered = wording.render(chosen, appointment=visit, patient=message.patient, practice=practice)
    _insist_on_length(message, rendered)
    return Ready(sender, contact, rendered, practice, rendered.text)


def with_all_it_needs() -> "QuerySet[Message]":
    """Messages with what looking again and rendering ask for."""
    return Message.objects.select_related(
        "appointment__provider", "appointment__location", "appointment__visit_type", "offer__location"
    ).prefetch_related(Prefetch("patient", Patient.objects.with_names().prefetch_related("contacts__consents")))


def _reach(message: Message, practice: Practice, there: ZoneInfo, *, now: datetime) -> ContactPoint:
    """Where it goes. A text also waits for the day, before anything sealed is opened, and for its turn."""
    is_text = message.channel == Channel.TEXT
    if is_text and (until := texting.by_day(now, zone=there)) > now:
        raise NotYet(until, SkipReason.QUIET_HOURS)
    contact = _contact(message.patient, Channel(message.channel), practice, now=now)
    if is_text and (until := texting.turn(message, contact.value, now=now, zone=there)) > now:
        raise NotYet(until, SkipReason.ENOUGH_TEXTS)
    return contact


def _insist_on_length(message: Message, rendered: wording.Rendered) -> None:
    if message.channel == Channel.TEXT and wording.length(rendered.text) > wording.TEXT_MOST:
        raise NotNow(SkipReason.TOO_LONG)


def _contact(patient: Patient, channel: Channel, practice: Practice, *, now: datetime) -> ContactPoint:
    if patient.is_deceased:
        raise NotNow(SkipReason.DECEASED)
    if not patient.is_active:
        raise NotNow(SkipReason.NOT_IN_USE)
    if patient.do_not_contact:
        raise NotNow(SkipReason.DO_NOT_CONTACT)
    contact = consent.allowed_contact(patient, PURPOSE[channel], today=now.astimezone(zone(practice.time_zone)).date())
    if contact is None:
        there = any(row.system == SYSTEM_OF[channel] for row in consent.in_order(patient))
        raise NotNow(SkipReason.NO_CONSENT if there else SkipReason.NO_CONTACT)
    return contact


def _wordings(message: Message) -> list[Wording]:
    return list(Wording.objects.filter(name=message.wording_name, channel=message.channel, is_active=True))
