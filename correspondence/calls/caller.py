"""Who is calling: the gate of two identifiers, and by what right somebody else hears anything."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.utils import timezone

from compliance.models import User
from correspondence.enums import Authority, CallStatus, Relationship
from correspondence.models import Call
from patients import days, identity, search
from patients.models import Patient, Verification

from .writing import advance, changing, keep, write

MOST_TRIES = 5
MOST_CHECKED = 6  # candidates that one try is held against
OF_AGE = 18


class TooManyTries(Exception):
    """The gate was tried too often in this call; a message can still be taken."""


class SeveralFit(Exception):
    """What was said fits more than one patient: one identifier more tells them apart."""


class NotAMinor(Exception):
    """A parent hears by that right only until the patient is of age."""


class AuthoritySourceMissing(Exception):
    """A right to hear has a source: the consent's number, the document, the judgment."""


@dataclass(frozen=True)
class Tried:
    """What the gate answered: for each identifier asked, whether it matched. Never a stored value."""

    passed: bool
    answers: dict[str, bool] = field(default_factory=dict)


def candidates(call: Call, *, user: User) -> list[Patient]:
    """Patients who have the caller's number, with their names; none when it was withheld."""
    return search.by_phone(call.phone, user=user)[:MOST_CHECKED] if call.phone else []


def tries_left(call: Call) -> int:
    """How often the gate may still be tried in this call."""
    return max(0, MOST_TRIES - call.steps.filter(what="not-verified").count())


def identify(
    call: Call, *, among: Iterable[Patient], said: Mapping[str, str], version: int, by: User, now: datetime
) -> Tried:
    """Hold what the caller said against the patients it may be; two identifiers of one of them open the call.

    Every try is recorded. Raises TooManyTries, SeveralFit (recorded as a try), IllegalMove, Stale, Closed.
    """
    if not tries_left(call):
        raise TooManyTries
    with changing(call, version=version, now=now):
        checks = [
            identity.check(patient, dict(said), call=call.pk, by=by, now=now) for patient in list(among)[:MOST_CHECKED]
        ]
        passed = [check for check in checks if check.passed]
        if len(passed) == 1:
            return _passed(call, passed[0], by=by, now=now)
        closest = max(checks, key=lambda check: len(check.matched), default=None)
        matched = set(closest.matched) if closest else set()
        asked = [kind for kind, text in said.items() if text]
        facts = {"asked": asked, "matched": sorted(matched), "several": len(passed)}
        write(call, "not-verified", by=by, now=now, facts=facts)
        return Tried(False, {kind: kind in matched for kind in asked})


def _passed(call: Call, check: Verification, *, by: User, now: datetime) -> Tried:
    advance(call, CallStatus.IDENTIFIED, patient_id=check.patient_id)
    call.refresh_from_db()
    write(call, "verified", by=by, now=now, about=check, facts={"asked": check.asked, "matched": check.matched})
    return Tried(True, {kind: kind in check.matched for kind in check.asked})


def give_up(call: Call, *, version: int, by: User, now: datetime) -> None:
    """The caller cannot or will not say who she is: nothing is told, a message can be taken. Raises IllegalMove."""
    with changing(call, version=version, now=now):
        advance(call, CallStatus.UNIDENTIFIED)
        write(call, "unverified", by=by, now=now)


def say_who(
    call: Call,
    *,
    relationship: Relationship,
    authority: Authority | str = "",
    source: str = "",
    name: str = "",
    version: int,
    by: User,
    now: datetime,
) -> None:
    """Say who the caller is to the patient, and by what right she hears anything. Without a right: a message only.

    Raises NotAMinor, AuthoritySourceMissing, Stale, Closed. The patient herself needs no right.
    """
    authority = "" if relationship == Relationship.SELF else authority
    with changing(call, version=version, now=now):
        _refuse_empty_right(call, authority, source, now)
        keep(call, relationship=relationship, authority=authority, authority_note=source if authority else "")
        keep(call, caller_name=name)
        facts = {"relationship": relationship, "authority": str(authority)}
        write(call, "caller", by=by, now=now, facts=facts, note=source if authority else "")


def may_hear(call: Call) -> bool:
    """Whether the patient's data may be shown for, and told to, this caller."""
    return call.patient_id is not None and (call.relationship == Relationship.SELF or bool(call.authority))


def _refuse_empty_right(call: Call, authority: Authority | str, source: str, now: datetime) -> None:
    if authority == Authority.MINORS_PARENT:
        born = call.patient.birth_date if call.patient else None
        if born is None or days.years(born, today=timezone.localdate(now)) >= OF_AGE:
            raise NotAMinor
    elif authority and not source:
        raise AuthoritySourceMissing
