"""Rows of FHIR R4 Appointments."""

import json
import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from scheduling.cutover.mapping import Words
from scheduling.cutover.rows import Row, Unreadable, Unusable, Whose, in_utc


def rows(text: str, mapping: Words) -> Iterator[tuple[int, Any]]:
    """A Bundle, an array, or NDJSON; resources other than Appointment are passed over."""
    for number, resource in enumerate(_resources(text), 1):
        if isinstance(resource, Unreadable) or not isinstance(resource, dict):
            yield number, _refuse(resource if isinstance(resource, Unreadable) else Unreadable("is no FHIR resource"))
        elif resource.get("resourceType") == "Appointment":
            yield number, _make_of_resource(number, resource, mapping)


def _resources(text: str) -> Iterator[Any]:
    try:
        whole = json.loads(text)
    except (ValueError, RecursionError):
        yield from (_of_line(line) for line in text.splitlines() if line.strip())
        return
    if isinstance(whole, dict) and whole.get("resourceType") == "Bundle":
        entries = whole.get("entry") or []
        if not isinstance(entries, list):
            raise Unusable("The Bundle cannot be read. Write it anew, or as NDJSON, one resource on a line.")
        yield from (entry.get("resource") if isinstance(entry, dict) else entry for entry in entries)
    else:
        yield from whole if isinstance(whole, list) else [whole]


def _of_line(line: str) -> Any:
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        return Unreadable("is no JSON")


def _refuse(why: Unreadable) -> Any:
    def make() -> Row:
        raise why

    return make


def _make_of_resource(number: int, resource: dict[str, Any], mapping: Words) -> Any:
    def make() -> Row:
        try:
            return _of_resource(number, resource, mapping)
        except (TypeError, AttributeError, KeyError, IndexError) as error:
            raise Unreadable("is not built like a FHIR Appointment") from error

    return make


def _of_resource(number: int, resource: dict[str, Any], mapping: Words) -> Row:
    actors = [one["actor"] for one in resource.get("participant", ()) if isinstance(one.get("actor"), dict)]
    is_cancelled = mapping.is_cancelled(str(resource.get("status", "")))
    return Row(
        number,
        _id(resource),
        None if is_cancelled and "start" not in resource else _instant(resource.get("start")),
        Whose() if is_cancelled else _patient(_actor(actors, "Patient"), mapping),
        _shown(_actor(actors, "Practitioner")),
        _kind(resource),
        _shown(_actor(actors, "Location")),
        is_cancelled=is_cancelled,
    )


def _id(resource: dict[str, Any]) -> str:
    """Its business identifier, which stays when a server gives out new ids; else its id. Raises Unreadable."""
    for known in resource.get("identifier", ()):
        if known.get("value"):
            return f"{known.get('system', '')}|{known['value']}"
    if not isinstance(resource.get("id"), str) or not resource["id"]:
        raise Unreadable("has no id")
    return resource["id"]


def _instant(text: Any) -> datetime:
    try:
        found = datetime.fromisoformat(text)
    except (TypeError, ValueError) as error:
        raise Unreadable("has no start that can be read") from error
    if found.tzinfo is None:
        raise Unreadable("has a start without an offset")
    return in_utc(found)


def _actor(actors: list[dict[str, Any]], type_: str) -> dict[str, Any]:
    """The first of a type, by its reference or by `type`."""
    return next((one for one in actors if _id_in(one, type_) or one.get("type") == type_), {})


def _id_in(actor: dict[str, Any], type_: str) -> str:
    """The id in Patient/<id>, also behind a server's address and before a version; empty for any other reference."""
    found = re.search(rf"(?:^|/){type_}/([A-Za-z0-9.-]{{1,64}})(?:/_history/[^/]+)?$", str(actor.get("reference", "")))
    return found[1] if found else ""


def _shown(actor: dict[str, Any]) -> str:
    return str(actor.get("display") or actor.get("reference") or "")


def _patient(actor: dict[str, Any], mapping: Words) -> Whose:
    known = actor.get("identifier")
    if isinstance(known, dict):
        return Whose(system=str(known.get("system", "")), value=str(known.get("value", "")))
    number = _id_in(actor, "Patient")
    if not number or "patient_system" not in mapping.fhir:
        raise Unreadable("names no patient by an identifier or by Patient/…, or [fhir] says no patient_system")
    return Whose(system=mapping.fhir["patient_system"], value=number)


def _kind(resource: dict[str, Any]) -> str:
    concepts = [resource.get("appointmentType") or {}, *resource.get("serviceType", ())]
    for concept in concepts:
        coded = [one.get("display") or one.get("code") for one in concept.get("coding", ())]
        found = next((str(text) for text in (concept.get("text"), *coded) if text), "")
        if found:
            return found
    return ""
