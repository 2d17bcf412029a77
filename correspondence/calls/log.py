"""The log in words. Steps are coded when they are written; the sentence is made when it is read."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone

from correspondence.enums import Authority, CallReason, CallStatus, RedFlagAnswer, Relationship
from correspondence.models import CallStep
from scheduling.enums import CancelReason

LOOKS = {
    "taken": "phone-incoming",
    "verified": "shield-check",
    "not-verified": "shield-x",
    "unverified": "shield-off",
    "caller": "user-round",
    "reason": "message-circle-question-mark",
    "booked": "calendar-check",
    "moved": "calendar-clock",
    "cancelled": "calendar-x",
    "confirmed": "check-check",
    "held": "hourglass",
    "let-go": "undo-2",
    "message": "mail",
    "added-to": "mail-plus",
    "callback": "phone-outgoing",
    "transferred": "phone-forwarded",
    "red-flags": "siren",
    "red-flags-taken-back": "undo-2",
    "red-flag-answered": "siren",
    "hung-up": "phone-off",
    "closed": "check",
}
SAID = frozenset(
    {"booked", "moved", "cancelled", "confirmed", "message", "added-to", "callback", "transferred"}
    | {"red-flags", "red-flag-answered"}
)

SHORT = {"name": "name", "birth_date": "birth date", "phone": "phone", "address": "address", "mrn_end": "end of MRN"}


@dataclass(frozen=True)
class Line:
    """One line of the log as shown. `what` is the step's code, `words` a sentence without its full stop."""

    what: str
    words: str
    icon: str
    at: datetime
    by: str


def lines(steps: Iterable[CallStep]) -> list[Line]:
    """The log of a call, oldest first."""
    return [Line(step.what, words(step), LOOKS[step.what], step.at, step.by.name) for step in steps]


def words(step: CallStep) -> str:
    """What was done, as one would say it: times are those of the practice's zone."""
    return _WORDS[step.what](step.facts, step.note or "")


def suggested_summary(steps: Iterable[CallStep], *, reason: str, caller: str) -> str:
    """A summary made of what was done, for the secretary to keep or to change."""
    steps = list(steps)
    opening = f"{caller} called" + (f": {CallReason(reason).label.lower()}" if reason else "")
    passed = next((step for step in steps if step.what == "verified"), None)
    parts = [opening, words(passed) if passed else "Not verified"]
    parts += [words(step) for step in steps if step.what in SAID]
    return ". ".join(parts) + "."


def identifiers(kinds: Iterable[str]) -> str:
    """Name and birth date, in the order in which they are asked."""
    named = set(kinds)
    return _listed([words for kind, words in SHORT.items() if kind in named])


def _listed(parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else ", ".join(parts[:-1]) + f" and {parts[-1]}" if parts else "nothing"


def _moment(text: str) -> str:
    here = timezone.localtime(datetime.fromisoformat(text))
    return f"{here:%a, %b %-d} {here:%-I:%M %p}"


def _visit(facts: dict[str, Any]) -> str:
    return f"{facts['visit_type']}, {_moment(facts['starts_at'])} with {facts['provider']}"


def _caller(facts: dict[str, Any], note: str) -> str:
    who = Relationship(facts["relationship"])
    if who == Relationship.SELF:
        return "The caller is the patient"
    right = Authority(facts["authority"]).label
    return f"Caller: {who.label.lower()}. {right}{f' ({note})' if note else ''}"


def _not_verified(facts: dict[str, Any], note: str) -> str:
    asked, matched = facts["asked"], facts["matched"]
    if facts.get("several", 0) > 1:
        return f"Not verified: {identifiers(asked)} fit more than one patient"
    rest = f"{identifiers(matched)} matched" if matched else "nothing matched"
    return f"Not verified: asked {identifiers(asked)}, {rest}"


def _answered(facts: dict[str, Any], note: str) -> str:
    return f"{RedFlagAnswer(facts['answer']).label}{f': {note}' if note else ''}, {_moment(facts['at'])}"


def _due(facts: dict[str, Any]) -> str:
    return f", answer due {_moment(facts['due_at'])}" if facts.get("due_at") else ""


_WORDS = {
    "taken": lambda facts, _note: "Call taken" + ("" if facts["number_known"] else ", number withheld"),
    "verified": lambda facts, _note: f"Verified by {identifiers(facts['matched'])}",
    "not-verified": _not_verified,
    "unverified": lambda _facts, _note: "Could not be verified: message only",
    "caller": _caller,
    "reason": lambda facts, _note: f"Reason: {CallReason(facts['reason']).label.lower()}",
    "red-flags": lambda _facts, note: f"Red flag: {note}",
    "red-flags-taken-back": lambda _facts, note: f"Red flag taken back: {note}",
    "red-flag-answered": _answered,
    "held": lambda facts, _note: f"Held {_visit(facts)}",
    "let-go": lambda _facts, _note: "Let the held time go",
    "booked": lambda facts, _note: f"Booked {_visit(facts)}",
    "moved": lambda facts, _note: f"Moved to {_visit(facts)} (was {_moment(facts['from'])})",
    "cancelled": lambda facts, _note: f"Cancelled {_visit(facts)}: {CancelReason(facts['reason']).label.lower()}",
    "confirmed": lambda facts, _note: f"Confirmed {_visit(facts)}",
    "message": lambda facts, _note: f"Message for {facts['provider']}{_due(facts)}",
    "added-to": lambda facts, _note: f"Added to the open message for {facts['provider']}{_due(facts)}",
    "callback": lambda facts, _note: f"Call back {_moment(facts['at'])}",
    "transferred": lambda _facts, note: f"Transferred to {note}",
    "hung-up": lambda _facts, _note: "Caller hung up",
    "closed": lambda facts, _note: f"Closed: {CallStatus(facts['outcome']).label.lower()}",
}
