"""Is it the patient? Two identifiers before anything is told (45 CFR 164.514(h); workflows.md section 3)."""

from collections.abc import Callable, Mapping
from datetime import datetime
from uuid import UUID

from django.utils import timezone

from compliance.audit import events
from compliance.models import User
from patients import days, folding, names, phones
from patients.enums import ContactSystem, NameUse
from patients.models import Patient, Verification

IDENTIFIERS = {
    "name": "Full name",
    "birth_date": "Date of birth",
    "phone": "Phone on file",
    "address": "Address",
    "mrn_end": "Last four of the MRN",
}
NEEDED = 2
END = 4  # characters of the MRN
LONGEST = 200  # characters of what is said


class NothingAsked(ValueError):
    """The caller was asked for nothing that is an identifier."""


def check(patient: Patient, said: Mapping[str, str], *, call: UUID | None, by: User, now: datetime) -> Verification:
    """Compare what a caller says with what is on file; keep which identifiers matched, never what was said.

    Empty answers were not asked. Two of IDENTIFIERS must match; a name alone never does. Raises NothingAsked.
    """
    asked = [kind for kind in IDENTIFIERS if said.get(kind, "").strip()]
    if not asked:
        raise NothingAsked
    matched = [kind for kind in asked if _MATCHES[kind](patient, said[kind][:LONGEST])]
    row = Verification.objects.create(
        patient=patient, call=call, asked=asked, matched=matched, passed=len(matched) >= NEEDED, at=now, by=by
    )
    body = {"asked": asked, "matched": matched, "passed": row.passed}
    events.record("identity.checked", row, action=events.READ, by=by, body=body, refused=not row.passed)
    return row


def verified(patient: Patient, call: UUID | None) -> bool:
    """Whether the caller of this call passed the gate for this patient."""
    return call is not None and Verification.objects.filter(patient=patient, call=call, passed=True).exists()


def _name(patient: Patient, said: str) -> bool:
    """All of one family name and the first given or the preferred name, in any order."""
    words = set(folding.parts(said))
    givens = {folding.parts(names.preferred(patient))[:1][0]} if folding.parts(names.preferred(patient)) else set()
    rows = [row for row in patient.names.all() if row.ends_on is None and row.use != NameUse.ANONYMOUS]
    givens |= {part for row in rows for part in folding.parts(row.given)[:1]}
    families = [set(folding.parts(row.family)) for row in rows if row.family]
    if not families:
        return bool(givens & words)
    return any(family <= words for family in families) and (not givens or bool(givens & words))


def _birth_date(patient: Patient, said: str) -> bool:
    try:
        return patient.birth_date == days.read(said, today=timezone.localdate())
    except days.DayUnread:
        return False


def _phone(patient: Patient, said: str) -> bool:
    try:
        number = phones.read(said).e164
    except phones.NotAPhone:
        return False
    rows = patient.contacts.all()
    return any(row.value == number for row in rows if row.system == ContactSystem.PHONE and row.ends_on is None)


def _address(patient: Patient, said: str) -> bool:
    """The house number and the street's first word; a ZIP alone is shared by thousands."""
    words = folding.parts(said)
    for row in patient.addresses.all():
        street = folding.parts(row.line1)[:2]
        if row.ends_on is None and len(street) == 2 and all(word in words for word in street):
            return True
    return False


def _mrn_end(patient: Patient, said: str) -> bool:
    ends = folding.code(said)[-END:]
    return len(ends) == END and folding.code(names.mrn(patient)).endswith(ends)


_MATCHES: dict[str, Callable[[Patient, str], bool]] = {
    "name": _name,
    "birth_date": _birth_date,
    "phone": _phone,
    "address": _address,
    "mrn_end": _mrn_end,
}
