"""The one writer of CutOver and Brought."""

from datetime import datetime
from typing import Any

from django.db import transaction

from compliance.audit import events
from compliance.models import User
from patients.models import Patient
from scheduling.cutover.rows import Row
from scheduling.models import Appointment, Brought, CutOver


class Released(Exception):
    """It was released already."""


def source(system: str) -> CutOver:
    """The system that appointments come from; made with the first file."""
    return CutOver.objects.get_or_create(system=system)[0]


def keep(
    cut_over: CutOver, row: Row, *, visit: Appointment | None, patient: Patient | None = None, why: str = ""
) -> Brought:
    """What became of one row. What its file said is remembered only where it stands here too."""
    values: dict[str, Any] = {"line": row.line, "why": why, "said": "" if why else row.said}
    if visit is None or not why:
        values["starts_at"] = row.starts_at
    if visit or patient:
        values |= {"visit": visit, "patient": visit.patient if visit else patient}
    return Brought.objects.update_or_create(cut_over=cut_over, key=row.key, defaults=values)[0]


def follow(old: Appointment, new: Appointment) -> None:
    """A visit that was moved goes on as its successor."""
    Brought.objects.filter(visit=old).update(visit=new)


def release(row: CutOver, *, by: User, now: datetime) -> int:
    """From now on patients are reminded of what came from there; answers of how many visits. Raises Released."""
    with transaction.atomic():
        if not CutOver.objects.filter(pk=row.pk, released_at__isnull=True).update(released_at=now, released_by=by):
            raise Released
        visits = Appointment.objects.upcoming().filter(brought__cut_over=row, starts_at__gt=now).count()
        events.record("cutover.released", row, action=events.UPDATE, by=by, body={"visits": visits})
    return visits
