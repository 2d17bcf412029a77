"""An event as FHIR R4 AuditEvent (http://hl7.org/fhir/R4/auditevent.html)."""

from typing import Any

TYPE = {"system": "http://terminology.hl7.org/CodeSystem/audit-event-type", "code": "rest", "display": "RESTful Operation"}
ENTITY_TYPE = "http://terminology.hl7.org/CodeSystem/audit-entity-type"
ENTITY_ROLE = "http://terminology.hl7.org/CodeSystem/object-role"
KIND = "urn:secretary-portal:audit:kind"
PERSON = "urn:secretary-portal:person"


def audit_event(said: dict[str, Any], *, number: int) -> dict[str, Any]:
    """The resource of one event as `record.read` gives it. Patients are references; nothing of them is in it."""
    return {
        "resourceType": "AuditEvent",
        "id": said["id"],
        "type": TYPE,
        "subtype": [{"system": KIND, "code": said["kind"]}],
        "action": said["action"],
        "recorded": _instant(said["at"]),
        "outcome": said["outcome"],
        **({"purposeOfEvent": [{"text": said["purpose"]}]} if said["purpose"] else {}),
        "agent": [_agent(said)],
        "source": {
            "observer": {"display": "Secretary Portal"},
            **({"site": said["practice_id"]} if said["practice_id"] else {}),
        },
        "entity": [*_patients(said), *_object(said), _circumstances(said, number)],
    }


def _instant(text: str) -> str:
    """PostgreSQL's UTC timestamp as a FHIR instant."""
    return text.replace(" ", "T").replace("+00", "+00:00")


def _agent(said: dict[str, Any]) -> dict[str, Any]:
    agent: dict[str, Any] = {"requestor": True}
    if said["actor"]:
        agent["who"] = {"identifier": {"system": PERSON, "value": said["actor"]}}
    if said["actor_label"]:
        agent["name"] = said["actor_label"]
    if said["address"]:
        agent["network"] = {"address": said["address"], "type": "2"}
    return agent


def _patients(said: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        {
            "what": {"reference": f"Patient/{patient}"},
            "type": {"system": ENTITY_TYPE, "code": "1", "display": "Person"},
            "role": {"system": ENTITY_ROLE, "code": "1", "display": "Patient"},
            "detail": [{"type": "depth", "valueString": depth}],
        }
        for depth in ("opened", "listed")
        for patient in said[depth]
    ]


def _object(said: dict[str, Any]) -> list[dict[str, Any]]:
    if not said["object_type"]:
        return []
    return [
        {
            "what": {"identifier": {"system": f"urn:secretary-portal:{said['object_type']}", "value": said["object_id"]}},
            "type": {"system": ENTITY_TYPE, "code": "2", "display": "System Object"},
        }
    ]


def _circumstances(said: dict[str, Any], number: int) -> dict[str, Any]:
    told = {
        "number": str(number),
        "request": said["request_id"],
        "session": said["session"],
        "page": said["page"],
        "categories": ", ".join(said["categories"]),
        **{f"body.{name}": str(value) for name, value in said["body"].items()},
    }
    detail = [{"type": name, "valueString": value} for name, value in told.items() if value]
    return {"type": {"system": ENTITY_TYPE, "code": "4", "display": "Other"}, "detail": detail}
