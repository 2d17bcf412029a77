"""What moved a visit, in words, newest first."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db import connection

from scheduling.enums import CAME, CancelReason, ConfirmedVia, Source
from scheduling.models import Appointment, Transition

WORDS = {
    "arrived": "Arrived",
    "checked in": "Checked in",
    "roomed": "Shown to a room",
    "completed": "Completed",
    "did not come": "Did not come",
    "left": "Left without being seen",
    "reopened": "Taken back",
    "entered in error": "Entered in error",
    "changed": "Room, way or notes changed",
    "left message": "Message left",
}


# Back along the moves to the visit that was booked first.
FIRST = """
WITH RECURSIVE back AS (
    SELECT id, rescheduled_from_id, starts_at FROM scheduling_appointment WHERE id = %s
    UNION ALL
    SELECT a.id, a.rescheduled_from_id, a.starts_at
      FROM scheduling_appointment a JOIN back ON a.id = back.rescheduled_from_id
)
SELECT starts_at FROM back WHERE rescheduled_from_id IS NULL
"""


@dataclass(frozen=True)
class Line:
    """One step: what, by whom, when, and the reason that was given."""

    what: str
    by_name: str
    at: datetime
    note: str

    @property
    def sentence(self) -> str:
        """Moved from … to … by Rosa Diaz because …."""
        because = f" because {self.note}" if self.note else ""
        return f"{self.what} by {self.by_name or 'the portal'}{because}"


def origin(visit: Appointment) -> str:
    """How the visit came here, after the word Booked: in the portal by Rosa Diaz."""
    by_whom = f" by {visit.booked_by.name}" if visit.booked_by else ""
    return f"{CAME[Source(visit.source)]}{by_whom}"


def first_time(visit: Appointment) -> datetime | None:
    """When a visit was to begin before its first move, however often it was moved; None for one that never was."""
    if visit.rescheduled_from_id is None:
        return None
    with connection.cursor() as cursor:
        cursor.execute(FIRST, [visit.pk])
        return cursor.fetchone()[0]


def lines(visit: Appointment) -> list[Line]:
    """Every step of a visit: one query. Notes are sealed, so reading them is recorded."""
    rows = visit.transitions.select_related("by", "from_provider", "to_provider", "undoes").order_by("-at", "-pk")
    zone = ZoneInfo(visit.location.time_zone)
    return [Line(_what(row, zone), row.by.name if row.by else "", row.at, row.note or "") for row in rows]


def _what(row: Transition, zone: ZoneInfo) -> str:
    if row.what in ("booked", "moved") and _is_moved(row):
        origin = _when(row.from_starts_at, row.from_provider, zone)
        return f"Moved from {origin} to {_when(row.to_starts_at, row.to_provider, zone)}"
    if row.what in ("booked", "moved"):
        return f"Booked for {_when(row.to_starts_at, row.to_provider, zone)}"
    if row.what == "confirmed":
        return f"Confirmed {ConfirmedVia(row.code).label.lower()}"
    if row.what == "cancelled":
        return f"Cancelled ({CancelReason(row.code).label.lower()})"
    if row.what == "undone":
        return f"Undone: {_what(row.undoes, zone)}" if row.undoes else "Booking undone"
    return WORDS[row.what]


def _is_moved(row: Transition) -> bool:
    return (row.from_starts_at, row.from_provider_id) != (row.to_starts_at, row.to_provider_id) or row.what == "moved"


def _when(moment: datetime | None, provider: object, zone: ZoneInfo) -> str:
    return (
        f"{moment.astimezone(zone):%a, %b %-d, %-I:%M %p} with {provider}" if moment else f"an unknown time with {provider}"
    )
