"""A patient as FHIR R4, for a practice that takes its data with it (what `fhir.py` reads, written)."""

from typing import Any

from patients.models import Patient

SYSTEMS = {"phone": "phone", "email": "email", "fax": "fax"}

OURS = {"system": "urn:ietf:rfc:3986"}  # by which a reader knows the record again


def resource(patient: Patient) -> dict[str, Any]:
    """One Patient. Opens every sealed value of hers, from prefetched rows."""
    return {
        "resourceType": "Patient",
        "id": str(patient.pk),
        "active": patient.is_active,
        "gender": patient.sex,
        "birthDate": patient.birth_date.isoformat() if patient.birth_date else None,
        "name": [_name(row) for row in patient.names.all()],
        "telecom": [_contact(row) for row in patient.contacts.all()],
        "address": [_address(row) for row in patient.addresses.all()],
        "identifier": [OURS | {"value": f"urn:uuid:{patient.pk}"}, *map(_identifier, patient.identifiers.all())],
    }


def _name(row: Any) -> dict[str, Any]:
    given = [text for text in (row.given, row.middle) if text]
    return _said(use=row.use, family=row.family, given=given, prefix=_list(row.prefix), suffix=_list(row.suffix))


def _contact(row: Any) -> dict[str, Any]:
    value = f"{row.value} ext. {row.extension}" if row.extension else row.value
    return _said(system=SYSTEMS.get(row.system, "other"), use=row.use, value=value, rank=row.rank)


def _address(row: Any) -> dict[str, Any]:
    lines = [text for text in (row.line1, row.line2) if text]
    return _said(use=row.use, line=lines, city=row.city, state=row.state, postalCode=row.postal_code, country=row.country)


def _identifier(row: Any) -> dict[str, Any]:
    return _said(type={"coding": [{"code": row.kind}]}, system=row.system, value=row.value)


def _list(text: str | None) -> list[str]:
    return [text] if text else []


def _said(**parts: Any) -> dict[str, Any]:
    """FHIR allows no empty values."""
    return {name: value for name, value in parts.items() if value}
