"""What becomes of a message that did not go out: somebody's work, one piece of it.

A reminder that failed is a call. An offer that failed, or was not sent, is an offer by phone from then on (`scheduling`
keeps that work as long as the offer stands).
"""

from datetime import datetime

from compliance import cases
from compliance.roles import Role
from correspondence import offering
from correspondence.enums import Channel, SkipReason
from correspondence.models import Message
from scheduling.models import Offer
from scheduling.waitlist import offers

KIND = "undelivered"


def not_sent(message: Message, reason: SkipReason, *, now: datetime) -> None:
    """It was not sent, and why. Of a reminder the outbox tells it."""
    offer = _offer_of(message)
    if offer is not None:
        why = f"The {_what(message)} about it was not sent: {_lower(reason.label)}."
        offers.call_instead(offer, why=why, now=now)


def failed(message: Message, *, now: datetime) -> None:
    """It could not be delivered: whoever it was for is called, and her address corrected."""
    where, offer = "number" if message.channel == Channel.TEXT else "address", _offer_of(message)
    if offer is not None:
        why = f"The {_what(message)} about it could not be delivered. Correct the {where}."
        offers.call_instead(offer, why=why, now=now)
        return
    what = "That an offered time is taken" if message.offer_id else "A reminder"
    cases.open_case(
        kind=KIND,
        summary=f"{what} could not be delivered. Call the patient, and correct the {where}.",
        by=None,
        now=now,
        patient=message.patient_id,
        team=Role.SECRETARY,
        due_at=message.visit_starts_at,
        about=message,
    )


def _offer_of(message: Message) -> Offer | None:
    """The offer that a message makes; None of one that tells that a time is taken, and of a reminder."""
    return message.offer if message.wording_name == offering.MADE else None


def _what(message: Message) -> str:
    return "text" if message.channel == Channel.TEXT else "e-mail"


def _lower(words: str) -> str:
    return words[0].lower() + words[1:]
