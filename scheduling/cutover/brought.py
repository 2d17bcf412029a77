"""The one writer of CutOver and Brought."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from compliance.audit import events
from compliance.models import Job, User
from patients.models import Patient
from scheduling.cutover.rows import Row
from scheduling.enums import UPCOMING
from scheduling.models import Appointment, Brought, CutOver

GONE = "is not in the last file any more, and stands here"


class Released(Exception):
    """Nothing is held back."""


def source(system: str) -> CutOver:
    """The system that appointments come from; made with the first file."""
    return CutOver.objects.get_or_create(system=system)[0]


def keep(
    cut_over: CutOver,
    row: Row,
    *,
    outcome: str,
    job: Job | None,
    visit: Appointment | None = None,
    patient: Patient | None = None,
    why: str = "",
) -> Brought:
    """What became of one row. What its file said, and when, is remembered only where it stands here too."""
    values: dict[str, Any] = {"line": row.line, "why": why, "outcome": outcome, "job": job}
    if not why:
        values |= {"said": row.said}
    if row.starts_at and (visit is None or not why):
        values["starts_at"] = row.starts_at
    if visit or patient:
        values |= {"visit": visit, "patient": visit.patient if visit else patient}
    return Brought.objects.update_or_create(cut_over=cut_over, key=row.key, defaults=values)[0]


def known(cut_over: CutOver, rows: Sequence[Row]) -> dict[str, Brought]:
    """What came before of these rows, by key, each with its visit as booking needs it: one query."""
    there = Brought.objects.filter(cut_over=cut_over, key__in=[row.key for row in rows])
    visits = (f"visit__{name}" for name in ("patient", "provider__resource", "visit_type", "location", "room"))
    return {one.key: one for one in there.select_related(*visits)}


def gone(cut_over: CutOver, keys: Collection[str], *, now: datetime) -> list[Brought]:
    """Visits of the system that are still to come and that its file does not name any more."""
    rows = Brought.objects.filter(cut_over=cut_over, visit__status__in=UPCOMING, visit__starts_at__gt=now)
    return [row for row in rows.order_by("starts_at", "pk") if row.key not in keys]


def list_gone(rows: Sequence[Brought]) -> None:
    """Put them among what somebody must look at. They stay booked."""
    Brought.objects.filter(pk__in=[row.pk for row in rows]).update(why=GONE)


def follow(old: Appointment, new: Appointment) -> None:
    """A visit that was moved goes on as its successor."""
    Brought.objects.filter(visit=old).update(visit=new)


def held_back() -> QuerySet[Brought]:
    """What nobody is reminded of yet."""
    return Brought.objects.filter(released_at__isnull=True)


def release(row: CutOver, *, by: User, now: datetime) -> int:
    """From now on patients are reminded of what came from there so far; answers of how many visits. Raises Released.

    What could not be booked is not released with it: a later file may book it, and then somebody releases that.
    """
    with transaction.atomic():
        visits = (
            Appointment.objects.upcoming().filter(brought__in=held_back().filter(cut_over=row), starts_at__gt=now).count()
        )
        if not held_back().filter(cut_over=row, visit__isnull=False).update(released_at=now):
            raise Released
        events.record("cutover.released", row, action=events.UPDATE, by=by, body={"visits": visits})
    return visits
