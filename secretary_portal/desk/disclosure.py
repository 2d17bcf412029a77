"""Who opened a patient's record, as a patient may be told (45 CFR 164.528 stands beside it; this is every opening)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID
from zoneinfo import ZoneInfo

from compliance import charts
from compliance.audit import events
from compliance.audit.words import words
from compliance.models import AuditEvent, AuditPatient, User
from patients.models import Patient

OPENED, LISTED = "opened", "listed"


@dataclass(frozen=True)
class Line:
    """One person on one day: what she did with the record itself, and whether it only stood in lists she saw."""

    day: date
    who: str
    what: list[str]
    listed: int

    @property
    def is_opened(self) -> bool:
        """The record itself was opened, not only a row among others."""
        return bool(self.what)


def of(patient: UUID, *, zone: ZoneInfo, by: User) -> list[Line] | None:
    """Every person and day, the newest first; None when she is not here or closed to `by`. Reading it is an event."""
    if charts.is_barred(by, patient) or not Patient.objects.filter(pk=patient).exists():
        return None
    rows = AuditPatient.objects.filter(patient=patient).values_list("event", "depth")
    depths = dict(rows)
    found = AuditEvent.objects.visible_to(by).filter(pk__in=list(depths)).order_by("at", "pk")
    rows_found = list(found)
    actors = {row.actor for row in rows_found}
    names = dict(User.objects.filter(pk__in=actors).values_list("pk", "name"))
    lines = _lines(rows_found, depths, names, zone)
    events.record("audit.reported", action=events.READ, by=by, listed=[patient])
    return lines


def _lines(found: Iterable[AuditEvent], depths: dict[UUID, str], names: dict[UUID, str], zone: ZoneInfo) -> list[Line]:
    days: dict[tuple[date, str], tuple[list[str], int]] = {}
    for event in found:
        who = (names.get(event.actor) if event.actor else None) or event.actor_label or "The portal"
        key = (event.at.astimezone(zone).date(), who)
        what, listed = days.get(key, ([], 0))
        if depths[event.pk] == OPENED:
            said = words(event.kind)
            what = what if said in what else [*what, said]
        else:
            listed += 1
        days[key] = (what, listed)
    ordered = sorted(days.items(), key=lambda one: one[0][1])
    ordered.sort(key=lambda one: one[0][0], reverse=True)
    return [Line(day, who, what, listed) for (day, who), (what, listed) in ordered]
