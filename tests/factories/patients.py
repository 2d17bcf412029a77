"""Registered patients: Maria Lopez, born 1985-03-27, phone +16085550123, unless the test says otherwise."""

from datetime import UTC, date, datetime

from compliance.models import User
from patients import registration
from patients.details import Contact, Details, Name, Number, Place
from patients.enums import ContactSystem, ContactUse, IdentifierKind, NameUse, Purpose
from patients.models import Patient

NOW = datetime(2026, 11, 20, 16, 0, tzinfo=UTC)


def details(
    *,
    family: str | None = "Lopez",
    given: str | None = "Maria",
    middle: str | None = None,
    preferred: str | None = None,
    birth_date: date | None = date(1985, 3, 27),
    phone: str | None = "+16085550123",
    phone_for: tuple[Purpose, ...] = (),
    email: str | None = None,
    email_for: tuple[Purpose, ...] = (),
    mrn: str | None = None,
    address: Place | None = None,
    numbers: tuple[Number, ...] = (),
    **fields,
) -> Details:
    """Details of one patient. No contact may be used for anything unless `phone_for`, `email_for` say so."""
    names = [Name(family, given, middle)]
    if preferred:
        names.append(Name(None, preferred, use=NameUse.USUAL))
    contacts = []
    if phone:
        contacts.append(Contact(phone, use=ContactUse.MOBILE, consents=frozenset(phone_for)))
    if email:
        contacts.append(Contact(email, ContactSystem.EMAIL, rank=2, consents=frozenset(email_for)))
    if mrn:
        numbers = (Number(mrn, IdentifierKind.MRN), *numbers)
    return Details(
        names=tuple(names),
        birth_date=birth_date,
        contacts=tuple(contacts),
        addresses=(address,) if address else (),
        numbers=numbers,
        **fields,
    )


def patient(*, by: User | None = None, now: datetime = NOW, **fields) -> Patient:
    """A patient in the practice being acted in, with the MRN given or the next. `fields` as in `details`."""
    return registration.register(details(**fields), by=by, now=now)
