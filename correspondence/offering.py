"""What is written to whoever waits for a time: that one is free, and that it is gone. Scheduling offers, this pulls.

The words are the portal's own. They name neither time nor provider nor kind of visit, nor the patient: whoever reads the
mail learns that she asked this office for a time, and the page behind the link asks for the date of birth first.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import phonenumbers
from django.conf import settings
from django.db.models import Exists, OuterRef, QuerySet

from compliance.audit import events
from compliance.models import Practice
from compliance.tenancy import SYSTEM, acting_in
from compliance.tenancy.urls import plain_url
from correspondence.enums import Channel, MessageState, SkipReason
from correspondence.models import Message
from correspondence.wording import ENDINGS, TEXT_MOST, Rendered, length
from scheduling.enums_waiting import WAIT_OPEN, OfferChannel, OfferStatus
from scheduling.models import Offer
from scheduling.waitlist import links

CHANNELS = {OfferChannel.EMAIL.value: Channel.EMAIL, OfferChannel.TEXT.value: Channel.TEXT}
MADE, GONE = "offer made", "offer gone"  # the purposes, as they stand in `wording_name`
IN_MAIL = "[the link of this offer]"  # what is kept of the link
WORDS = {
    (MADE, "en"): (
        "A message from {practice}",
        "Hello,\n\nyou asked {practice} to tell you when a time is free. There is one now. See it and answer here:\n\n"
        "{link}\n\nWhoever answers first gets it. {call}If you did not ask for this, you can delete this message.\n",
    ),
    (GONE, "en"): (
        "A message from {practice}",
        "Hello,\n\nthe time that {practice} wrote to you about is taken meanwhile. You are still on the list, and we will "
        "write again. {call}\n",
    ),
    (MADE, "es"): (
        "Un mensaje de {practice}",
        "Hola:\n\nUsted pidió a {practice} que le avisara cuando hubiera una hora libre. Ahora hay una. Véala y responda "
        "aquí:\n\n{link}\n\nLa hora es de quien responda primero. {call}Si no pidió esto, puede borrar este mensaje.\n",
    ),
    (GONE, "es"): (
        "Un mensaje de {practice}",
        "Hola:\n\nLa hora sobre la que le escribió {practice} ya está ocupada. Usted sigue en la lista y le escribiremos de "
        "nuevo. {call}\n",
    ),
}
TEXTS = {
    "en": "{practice}: a time is free: {link}{call}",
    "es": "{practice}: hay una hora libre: {link}{call}",
}
TEXT_CALL = {"en": " Call {phone}.", "es": " Tel. {phone}."}
LEAST_OF_A_NAME = 8  # letters of the practice's name; it loses its last words where a text has no room for them
CALL = {"en": "You can also call {phone}. ", "es": "También puede llamar al {phone}. "}


@dataclass(frozen=True)
class Written:
    """A message ready to go out, and its text as it is kept: without the link."""

    rendered: Rendered
    kept: str


def queue(practice: UUID, *, now: datetime) -> int:
    """Promise what is to be written about offers. May run twice, late, or beside itself: a key stands once."""
    with acting_in(practice, SYSTEM):
        wanted = [_message(offer, MADE, now=now) for offer in _to_make(now)] + [
            _message(offer, GONE, now=now) for offer in _to_tell(now)
        ]
        Message.objects.bulk_create(wanted, ignore_conflicts=True)
        if wanted:
            events.record("offers.queued", action=events.CREATE, body={"count": len(wanted)})
    return len(wanted)


def overtaken(message: Message, *, now: datetime) -> SkipReason | None:
    """Why a message about an offer goes out no more; None while it holds."""
    offer = message.offer
    assert offer is not None
    if now >= message.expires_at:
        return SkipReason.TOO_LATE
    wanted = OfferStatus.OFFERED if message.wording_name == MADE else OfferStatus.WITHDRAWN
    return None if offer.status == wanted else SkipReason.OFFER_OVER


def write(message: Message, *, practice: Practice) -> Written:
    """Put the words together. Each try makes a link of its own, so that none is kept."""
    language = "es" if message.patient.language.lower().split("-")[0] == "es" else "en"
    if message.channel == Channel.TEXT:
        return _text(message, practice, language)
    subject, text = WORDS[message.wording_name, language]
    link = _link(message, practice) if message.wording_name == MADE else ""
    said = {"practice": practice.name, "call": _call(message, practice, CALL[language])}
    name = " ".join(practice.name.split())
    rendered = Rendered(subject.format(practice=name), text.format(link=link, **said), language)
    return Written(rendered, text.format(link=IN_MAIL, **said))


def _text(message: Message, practice: Practice, language: str) -> Written:
    """In 160 characters; the practice's name gives way when there is no room for all of it."""
    words, call = TEXTS[language] + ENDINGS[language], _call(message, practice, TEXT_CALL[language])
    said, link = {"call": call}, _link(message, practice)
    name = " ".join(practice.name.split())
    while len(name) > LEAST_OF_A_NAME and length(words.format(practice=name, link=link, **said)) > TEXT_MOST:
        name = name.rpartition(" ")[0] or name[:-1]
    rendered = Rendered("", words.format(practice=name, link=link, **said), language)
    return Written(rendered, words.format(practice=name, link=IN_MAIL, **said))


def _call(message: Message, practice: Practice, words: str) -> str:
    phone = message.offer.location.phone or practice.phone if message.offer else practice.phone
    return words.format(phone=_spoken(phone)) if phone else ""


def _to_make(now: datetime) -> "QuerySet[Offer]":
    rows = Offer.objects.filter(status=OfferStatus.OFFERED, channel__in=CHANNELS, expires_at__gt=now)
    return rows.exclude(Exists(_said(MADE))).order_by("at", "pk")


def _to_tell(now: datetime) -> "QuerySet[Offer]":
    """Whose offer was withdrawn after it was mailed to her, and who waits on. No text: it would be the second that day."""
    rows = Offer.objects.filter(status=OfferStatus.WITHDRAWN, channel=OfferChannel.EMAIL)
    rows = rows.filter(starts_at__gt=now, entry__status__in=WAIT_OPEN)
    told = rows.filter(Exists(_said(MADE).filter(state=MessageState.SENT)))
    return told.exclude(Exists(_said(GONE))).order_by("at", "pk")


def _said(what: str) -> "QuerySet[Message]":
    return Message.objects.filter(offer=OuterRef("pk"), wording_name=what)


def _message(offer: Offer, what: str, *, now: datetime) -> Message:
    return Message(
        patient_id=offer.patient_id,
        offer=offer,
        channel=CHANNELS[offer.channel],
        wording_name=what,
        key=f"{what.replace(' ', '-')}:{offer.pk}",
        due_at=now,
        not_before=now,
        expires_at=offer.expires_at if what == MADE else min(now + timedelta(days=1), offer.starts_at),
    )


def _link(message: Message, practice: Practice) -> str:
    assert message.offer is not None
    path = plain_url("scheduling:offer", practice.slug, links.new_link(message.offer))
    return settings.ORIGIN.rstrip("/") + path


def _spoken(number: phonenumbers.PhoneNumber) -> str:
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.NATIONAL)
