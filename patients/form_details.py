"""Between the boxes of the patient form and Details. What the form does not show stays as it is."""

from dataclasses import replace
from datetime import date
from typing import Any

from patients.details import Contact, Details, Name, Number, Place
from patients.enums import ContactSystem, IdentifierKind, NameUse, Purpose

Managed = tuple[Name | None, Name | None, Contact | None, Contact | None, Contact | None, Place | None]


def managed(details: Details) -> Managed:
    """(official name, preferred name, phone, second phone, e-mail, address): what the form shows of what holds."""
    calls = [one for one in details.current("contacts") if one.system == ContactSystem.PHONE]
    mails = [one for one in details.current("contacts") if one.system == ContactSystem.EMAIL]
    first, second = (*calls, None, None)[:2]
    places = details.current("addresses")
    return (
        details.name(NameUse.OFFICIAL),
        details.name(NameUse.USUAL),
        first,
        second,
        mails[0] if mails else None,
        places[0] if places else None,
    )


def details_from(data: dict[str, Any], base: Details, *, today: date) -> Details:
    """`base` with the cleaned data of a PatientForm in the place of what the form shows."""
    official, usual, first, second, email, place = managed(base)
    needed = {"yes": True, "no": False}.get(data["interpreter_needed"])
    return replace(
        base,
        names=_names(data, base, official, usual, today),
        contacts=_contacts(data, base, first, second, email),
        addresses=_addresses(data, base, place),
        numbers=_numbers(data, base),
        birth_date=data["birth_date"],
        sex=data["sex"],
        language=data["language"],
        interpreter_needed=needed,
        do_not_contact=data["do_not_contact"],
        note=data["note"] or None,
    )


def _names(data: dict[str, Any], base: Details, official: Name | None, usual: Name | None, today: date) -> tuple[Name, ...]:
    said = {part: data[part] for part in ("family", "given", "middle", "suffix")}
    new = replace(official or Name(), **said)
    names = [new]
    if data["preferred"]:
        same = usual is not None and data["preferred"] == (usual.given or usual.family)
        names.append(usual if same and usual else Name(given=data["preferred"], use=NameUse.USUAL))
    if data.get("keep_earlier") and official is not None and official != new:
        names.append(replace(official, use=NameUse.OLD, ends_on=today))
    return (*names, *(name for name in base.names if name not in (official, usual)))


def _contacts(
    data: dict[str, Any], base: Details, first: Contact | None, second: Contact | None, email: Contact | None
) -> tuple[Contact, ...]:
    contacts = [
        _phone(data, "phone", first, rank=1),
        _phone(data, "phone2", second, rank=2),
        _email(data, email),
    ]
    rest = (contact for contact in base.contacts if contact not in (first, second, email))
    said = {contact.key: contact for contact in contacts if contact is not None}
    return (*said.values(), *(contact for contact in rest if contact.ends_on is not None or contact.key not in said))


def _phone(data: dict[str, Any], box: str, before: Contact | None, *, rank: int) -> Contact | None:
    phone = data[box]
    if phone is None:
        return None
    said = {
        "value": phone.e164,
        "extension": data[f"{box}_extension"] or phone.extension or None,
        "use": data[f"{box}_use"],
        "consents": frozenset(Purpose(purpose) for purpose in data[f"{box}_for"]),
    }
    return replace(before, **said) if before else Contact(rank=rank, **said)


def _email(data: dict[str, Any], before: Contact | None) -> Contact | None:
    if not data["email"]:
        return None
    consents = frozenset({Purpose.EMAIL} if data["email_for"] else ())
    if before:
        return replace(before, value=data["email"], consents=consents)
    return Contact(data["email"], ContactSystem.EMAIL, rank=3, consents=consents)


def _addresses(data: dict[str, Any], base: Details, before: Place | None) -> tuple[Place, ...]:
    said: dict[str, Any] = {part: data[part] or None for part in ("line1", "line2", "city", "postal_code")} | {
        "state": data["state"]
    }
    rest = tuple(place for place in base.addresses if place is not before)
    return (replace(before or Place(), **said), *rest) if any(said.values()) else rest


def _numbers(data: dict[str, Any], base: Details) -> tuple[Number, ...]:
    if not data["mrn"] or data["mrn"] == base.mrn:
        return base.numbers
    before = next((n for n in base.numbers if n.kind == IdentifierKind.MRN and n.ends_on is None), None)
    new = replace(before, value=data["mrn"]) if before else Number(data["mrn"], IdentifierKind.MRN)
    return (new, *(number for number in base.numbers if number is not before))
