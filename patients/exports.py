"""Patients as a table and as FHIR R4 Patient: only charts that are open to whoever asked."""

import json
from typing import Any
from uuid import UUID

from compliance.exports import BATCH, Batch, Mark, Source, Span, csv_line, offer
from compliance.models import User
from patients import consent, names
from patients.details import standing
from patients.enums import ContactSystem
from patients.models import Patient

COLUMNS = ("MRN", "Family", "Given", "Preferred", "Born", "Sex", "Language", "Phone", "E-mail")
ADDRESS = ("Address", "Address, second line", "City", "State", "ZIP")


def whom(span: Span, by: User) -> set[UUID]:
    """Everybody whose chart is open to her."""
    return set(Patient.objects.visible_to(by).values_list("pk", flat=True))


def _next(by: User, after: Any) -> tuple[list[Patient], Any]:
    rows = Patient.objects.visible_to(by).with_names().prefetch_related("contacts__consents", "addresses").order_by("pk")
    found = list((rows.filter(pk__gt=after) if after else rows)[:BATCH])
    return found, found[-1].pk if len(found) == BATCH else None


def table(span: Span, by: User, after: Any, mark: Mark) -> Batch:
    """A line for each patient."""
    found, last = _next(by, after)
    return Batch([csv_line(_cells(patient)) for patient in found], {patient.pk for patient in found}, last)


def resources(span: Span, by: User, after: Any, mark: Mark) -> Batch:
    """A resource for each patient, marked."""
    found, last = _next(by, after)
    lines = [json.dumps(resource(patient, mark)) + "\n" for patient in found]
    return Batch(lines, {patient.pk for patient in found}, last)


def _cells(patient: Patient) -> list[object]:
    name, place = names.official(patient), next(iter(standing(patient.addresses.all())), None)
    said = [names.mrn(patient), name and name.family, name and name.given, names.preferred(patient), patient.birth_date]
    said += [patient.sex, patient.language, _first(patient, ContactSystem.PHONE), _first(patient, ContactSystem.EMAIL)]
    columns = ("line1", "line2", "city", "state", "postal_code")
    return said + [getattr(place, column, "") for column in columns]


def _first(patient: Patient, system: str) -> str:
    return next((row.value for row in consent.in_order(patient) if row.system == system), "")


def resource(patient: Patient, mark: Mark) -> dict[str, Any]:
    """FHIR R4 Patient with what the front office knows; the watermark is a tag of its meta."""
    mrn = names.mrn(patient)
    said: dict[str, Any] = {
        "resourceType": "Patient",
        "id": str(patient.pk),
        "meta": {"tag": [mark.tag()]},
        "active": patient.is_active,
        "identifier": [{"type": {"coding": [{"code": "MR"}]}, "value": mrn}] if mrn else [],
        "name": [_name(row) for row in patient.names.all()],
        "telecom": [{"system": row.system, "value": row.value, "rank": row.rank} for row in consent.in_order(patient)],
        "gender": patient.sex,
        "birthDate": patient.birth_date.isoformat() if patient.birth_date else None,
        "address": [_address(row) for row in standing(patient.addresses.all())],
    }
    return {name: value for name, value in said.items() if value not in (None, [], "")}


def _name(row: Any) -> dict[str, Any]:
    said = {"use": row.use, "family": row.family, "given": [one for one in (row.given, row.middle) if one]}
    return {name: value for name, value in said.items() if value}


def _address(row: Any) -> dict[str, Any]:
    lines = [line for line in (row.line1, row.line2) if line]
    said = {"line": lines, "city": row.city, "state": row.state, "postalCode": row.postal_code, "country": row.country}
    return {name: value for name, value in said.items() if value}


def _offer(key: str, title: str, ending: str, content_type: str, batch: Any, columns: tuple[str, ...] = ()) -> None:
    offer(
        Source(
            key=key,
            title=title,
            permission="patients.export_patients",
            ending=ending,
            content_type=content_type,
            has_days=False,
            categories=("demographics",),
            whom=whom,
            batch=batch,
            columns=columns,
        )
    )


_offer("patients-csv", "Patients, table (CSV)", "csv", "text/csv; charset=utf-8", table, (*COLUMNS, *ADDRESS))
_offer("patients-fhir", "Patients, FHIR R4 (NDJSON)", "ndjson", "application/fhir+ndjson", resources)
