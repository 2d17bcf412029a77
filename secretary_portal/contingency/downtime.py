"""The next two days' schedule for when the portal is away: one printable page, locked (45 CFR 164.308(a)(7)(ii)(C))."""

from datetime import date, datetime, time, timedelta
from itertools import groupby
from pathlib import Path
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey
from django.template.loader import render_to_string
from django.utils import timezone

from compliance.audit import events
from compliance.everywhere import in_every_practice
from compliance.models import Practice
from compliance.tenancy import SYSTEM, acting_in
from compliance.zones import zone
from patients import banner
from scheduling.models import Appointment

from . import envelope

EVENING = time(18)
DAYS = 2


def write_due(folder: Path, to: X25519PublicKey, *, now: datetime) -> list[Path]:
    """Write the file of each practice whose evening has come and whose file of today is not there. Answers those made.

    Raises NotEverywhere when one could not be written; the others were.
    """

    def written(practice_id: UUID) -> Path | None:
        practice = Practice.objects.get(pk=practice_id)
        here = now.astimezone(zone(practice.time_zone))
        path = path_of(folder, practice, here.date())
        if here.time() < EVENING or path.exists():
            return None
        write(path, practice, to, now=now)
        return path

    title = "Keeping the schedule for when the portal is away"
    return [path for path in in_every_practice(written, name="downtime", title=title, now=now) if path]


def path_of(folder: Path, practice: Practice, today: date) -> Path:
    """Where the file of an evening lies."""
    return folder / f"{practice.slug}-{today.isoformat()}.html.locked"


def write(path: Path, practice: Practice, to: X25519PublicKey, *, now: datetime) -> None:
    """Write one file in one step; that it was written is an event with its patients. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    text = page(practice, now=now)
    part = path.with_name(path.name + ".part")
    with part.open("wb") as file:
        envelope.write(file, to, [text.encode()])
    part.chmod(0o600)
    part.replace(path)


def page(practice: Practice, *, now: datetime) -> str:
    """Tomorrow and the day after, per provider, as HTML that prints."""
    here = zone(practice.time_zone)
    today = now.astimezone(here).date()
    with acting_in(practice.pk, SYSTEM), timezone.override(here):
        days = [_day(today + timedelta(days=n + 1), here) for n in range(DAYS)]
        events.record("schedule.kept_for_downtime", action=events.READ, body={"days": DAYS})
        return render_to_string("downtime/schedule.html", {"practice": practice, "days": days, "now": now.astimezone(here)})


def _day(day: date, here: Any) -> dict[str, Any]:
    rows = Appointment.objects.standing().on(day, here).select_related("patient", "provider", "visit_type", "location")
    rows = rows.prefetch_related("patient__names", "patient__identifiers", "patient__contacts")
    visits = rows.order_by("provider__name", "provider_id", "starts_at", "pk")
    by_provider = groupby(visits, key=lambda visit: visit.provider)
    return {"day": day, "providers": [(who.name, [_line(one, here) for one in mine]) for who, mine in by_provider]}


def _line(visit: Appointment, here: Any) -> dict[str, Any]:
    patient = visit.patient
    patient.mrns = [row for row in patient.identifiers.all() if row.kind == "MR"]  # type: ignore[attr-defined]
    said = banner.banner_of(patient, today=visit.starts_at.astimezone(here).date(), is_one_of_many=True)
    return {
        "time": f"{visit.starts_at.astimezone(here):%H:%M}–{visit.ends_at.astimezone(here):%H:%M}",
        "patient": f"{said.family}, {said.given}",
        "born": said.born,
        "mrn": said.mrn,
        "phone": said.phone,
        "kind": visit.visit_type.name,
        "place": visit.location.name,
        "status": visit.get_status_display(),
    }
