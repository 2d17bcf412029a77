"""Whether a capacity still holds what is booked."""

from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Count

from scheduling import taking
from scheduling.enums import TAKES_TIME
from scheduling.models import Appointment, Resource, VisitType

# How often more hold at once than a number, from now on. What is booked is deepest where something begins.
CROWDED = """
SELECT count(*) FROM (
    SELECT one.starts_at
      FROM scheduling_occupation AS one
      JOIN scheduling_occupation AS other
        ON other.resource_id = one.resource_id AND other.starts_at <= one.starts_at AND other.ends_at > one.starts_at
     WHERE one.resource_id = %s AND one.ends_at > %s
       AND one.appointment_id IS NOT NULL AND other.appointment_id IS NOT NULL
     GROUP BY one.starts_at
    HAVING count(DISTINCT other.lane) > %s) AS crowded
"""


class StillBooked(Exception):
    """More is booked than the capacity would allow. The text says how often."""


def enough_for(row: Any, capacity: int, *, now: datetime) -> None:
    """Raises StillBooked. Within a transaction: a resource stays locked until it ends, so that nobody books meanwhile."""
    if isinstance(row, Resource):
        before = taking.one_at_a_time(row.pk)[row.pk].capacity
        _refuse(_crowded(row, capacity, now) if capacity < before else 0, capacity)
    elif isinstance(row, VisitType):
        _refuse(_groups(row, capacity, now), capacity)


def _refuse(number: int, capacity: int) -> None:
    if number:
        times = "At one time" if number == 1 else f"At {number} times"
        raise StillBooked(f"{times} more than {capacity} are booked at once. Move those visits first.")


def _crowded(resource: Resource, capacity: int, now: datetime) -> int:
    with connection.cursor() as cursor:
        cursor.execute(CROWDED, [resource.pk, now, capacity])
        return cursor.fetchone()[0]


def _groups(kind: VisitType, capacity: int, now: datetime) -> int:
    ahead = Appointment.objects.filter(
        visit_type=kind, starts_at__gt=now, status__in=TAKES_TIME, overbook_reason__isnull=True
    )
    together = ahead.order_by().values("provider", "starts_at").annotate(number=Count("pk"))
    return together.filter(number__gt=capacity).count()
