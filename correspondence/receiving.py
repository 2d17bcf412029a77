"""Texts that come in, the one writer of InboundText: STOP is obeyed at once, everything else is a person's work.

They come to the portal's one number and name no practice. STOP counts in each practice that knows the number; words go to
the practice whose text went to it last, or, where none did, to each that knows it.
"""

import hashlib
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID

from compliance import cases, clock
from compliance.enums import Priority
from compliance.everywhere import each
from compliance.models import Practice
from compliance.roles import Role
from compliance.tenancy import WEBHOOK, acting_in
from correspondence.enums import Channel, Heard, MessageState
from correspondence.models import InboundText, Message
from correspondence.stop_words import Meaning, meaning_of
from patients import consent, numbers, phones
from patients.enums import ContactSystem, Purpose
from patients.models import ContactPoint

KIND = "text-message"
SOURCE = "STOP by text"
LONGEST = 1600  # characters, as gateways join them
NOBODY_YET = datetime.min.replace(tzinfo=UTC)
LOOKED_AT = 20  # of the newest texts of a practice to whoever has the number
ENDED = "“Cancel” ends texts, and this number gets no more. If a visit was meant, it still stands: call."
MAY_END = "It may be a wish for no more texts: then take the consent back on the patient's page."
SHARED = "Other patients have this number, too."


class Unreadable(Exception):
    """What came is no text of the shape of docs/texts.md."""


@dataclass(frozen=True)
class Inbound:
    """One text. `id` is the gateway's; number and words are health data."""

    id: str
    number: str = field(repr=False)
    text: str = field(repr=False)

    @property
    def key(self) -> str:
        """As it is kept."""
        return hashlib.sha256(self.id.encode()).hexdigest()


@dataclass(frozen=True)
class _Known:
    """A practice that knows the number: when it last wrote there, to whom, and whether several have it."""

    practice: UUID
    last_at: datetime
    patient: UUID | None
    is_shared: bool


def read(body: bytes) -> Inbound:
    """`{"id", "from", "text"}`, all strings. Raises Unreadable."""
    try:
        said = json.loads(body)
        whole = [_whole(said[name]) for name in ("id", "from", "text")]
    except (ValueError, RecursionError, KeyError, TypeError, AttributeError) as error:
        raise Unreadable from error
    if not 0 < len(whole[0]) <= 200 or len(whole[1]) > 40 or len(whole[2]) > LONGEST:
        raise Unreadable
    return Inbound(*whole)


def take(inbound: Inbound, *, now: datetime) -> None:
    """Obey it, and make it work. May run twice: each practice hears a text once. Raises NotEverywhere.

    Each practice has its own transaction, so that one that is broken does not keep the others from hearing STOP.
    """
    try:
        number = phones.read(inbound.number).e164
    except phones.NotAPhone:
        return
    practices, meaning = list(Practice.objects.order_by("pk").values_list("pk", flat=True)), meaning_of(inbound.text)
    if meaning.ends_texts:
        each(practices, lambda practice: _stop(practice, inbound, number, now=now), "text.not_taken")
    if meaning.is_for_a_person:
        for known in _theirs(practices, number):
            _make_work(known, inbound, number, meaning, now=now)


def _stop(practice: UUID, inbound: Inbound, number: str, *, now: datetime) -> None:
    with acting_in(practice, WEBHOOK):
        holders = numbers.holders(number)
        if not holders or not _hear(inbound, Heard.STOP, now=now):
            return
        rows = ContactPoint.objects.filter(patient__in=holders, system=ContactSystem.PHONE).order_by("pk")
        for contact in rows.select_related("patient"):
            if contact.value == number:
                consent.withdraw(contact, Purpose.TEXT, by=None, now=now, source=SOURCE)


def _theirs(practices: list[UUID], number: str) -> list[_Known]:
    """Whose work it is: of the practice that wrote last; where nobody wrote, of each."""
    found = each(practices, lambda practice: _look(practice, number), "text.not_taken")
    knowing: list[_Known] = [one for one in found if one is not None]
    latest = max((one.last_at for one in knowing), default=NOBODY_YET)
    return [one for one in knowing if one.last_at == latest]


def _look(practice: UUID, number: str) -> _Known | None:
    with acting_in(practice, WEBHOOK):
        holders = numbers.holders(number)
        if not holders:
            return None
        sent = Message.objects.filter(patient__in=holders, channel=Channel.TEXT, state=MessageState.SENT)
        last = next((one for one in sent.order_by("-sent_at", "-pk")[:LOOKED_AT] if one.to == number), None)
        if last is None or last.sent_at is None:
            return _Known(practice, NOBODY_YET, holders[0] if len(holders) == 1 else None, len(holders) > 1)
        return _Known(practice, last.sent_at, last.patient_id, len(holders) > 1)


def _make_work(known: _Known, inbound: Inbound, number: str, meaning: Meaning, *, now: datetime) -> None:
    with acting_in(known.practice, WEBHOOK):
        heard = _hear(inbound, Heard.WORDS, now=now)
        if heard is None:
            return
        hours = clock.calendar_here()
        hints = [ENDED if meaning.ends_texts else "", MAY_END if meaning.may_end_texts else ""]
        hints.append(SHARED if known.is_shared else "")
        heard.case = cases.open_case(
            kind=KIND,
            summary="\n".join([f"{phones.shown(number)} wrote:", f"“{inbound.text}”", *filter(None, hints)]),
            by=None,
            now=now,
            patient=known.patient,
            team=Role.SECRETARY,
            due_at=clock.respond_by(Priority.ROUTINE, opened=now, calendar=hours),
            about=heard,
        )
        heard.save(update_fields=["case", "updated_at"])


def _hear(inbound: Inbound, heard: Heard, *, now: datetime) -> InboundText | None:
    """The row of a text that this practice hears for the first time; None when it has heard it."""
    row, is_new = InboundText.objects.get_or_create(key=inbound.key, heard=heard, defaults={"at": now})
    return row if is_new else None


def _whole(text: str) -> str:
    """Half a character, as JSON can carry, becomes a question mark."""
    return text.encode(errors="replace").decode()
