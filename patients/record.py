"""What the patient page shows of her rows."""

from dataclasses import dataclass

from patients import consent, phones
from patients.enums import ContactSystem, IdentifierKind, NameUse, Purpose
from patients.models import ContactPoint, HumanName, Identifier, Patient


@dataclass(frozen=True)
class ContactRow:
    """One contact as text, with each purpose it can serve and whether it may."""

    pk: object
    kind: str
    shown: str
    purposes: list[tuple[str, str, bool]]


def contact_rows(patient: Patient) -> list[ContactRow]:
    """Those in use, the one to try first in front."""
    return [_contact_row(row) for row in consent.in_order(patient)]


def _contact_row(row: ContactPoint) -> ContactRow:
    held = consent.given(row)
    purposes = [(p.value, Purpose(p).label, p in held) for p in consent.PURPOSES.get(row.system, ())]
    shown = phones.shown(row.value) if row.system in (ContactSystem.PHONE, ContactSystem.FAX) else row.value
    kind = f"{row.get_system_display()}, {row.get_use_display().lower()}" if row.use else row.get_system_display()
    return ContactRow(row.pk, kind, f"{shown} ext. {row.extension}" if row.extension else shown, purposes)


def name_rows(patient: Patient) -> list[tuple[str, str]]:
    """(what kind of name, the name) with the official one first."""
    rows = sorted(patient.names.all(), key=lambda row: (row.ends_on is not None, row.use != NameUse.OFFICIAL, row.pk))
    return [(row.get_use_display(), _written(row)) for row in rows]


def _written(row: HumanName) -> str:
    return " ".join(part for part in (row.prefix, row.given, row.middle, row.family, row.suffix) if part)


def masked(row: Identifier) -> str:
    """The number; of a Social Security number the last four digits only."""
    if row.kind == IdentifierKind.SSN:
        return f"•••-••-{phones.digits(row.value)[-4:]}"
    return row.value
