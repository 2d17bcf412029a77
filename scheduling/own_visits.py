"""A patient's visits as one looks for them on the phone: what is coming, what was lost, what is past."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from compliance.models import User
from scheduling.enums import IN_HOUSE, LOOKS, UPCOMING, Status
from scheduling.models import Appointment, Rebooking

Looked = list[tuple[Appointment, tuple[str, str]]]  # each with its stylesheet class and icon


class OwnVisits:
    """Three groups that have none in common: one query each. Those on calendars that are closed to the user are in none."""

    def __init__(self, patient_id: UUID, *, user: User, now: datetime) -> None:
        to_do = Rebooking.objects.filter(lost=OuterRef("pk"), found=None, case__closed_at=None)
        rows = Appointment.objects.visible_to(user).filter(patient_id=patient_id).exclude(status=Status.IN_ERROR)
        rows = rows.select_related("provider", "visit_type", "location").alias(is_lost=Exists(to_do))
        self._rows, self._ahead = rows, Q(status__in=IN_HOUSE) | Q(status__in=UPCOMING, ends_at__gte=now)

    def coming(self) -> QuerySet[Appointment]:
        """Booked and not over yet, or in the house; soonest first."""
        return self._rows.filter(self._ahead).order_by("starts_at", "pk")

    def lost(self) -> QuerySet[Appointment]:
        """Missed or cancelled, and not booked again although that is still to be done; latest first."""
        return self._rows.filter(~self._ahead, is_lost=True).order_by("-starts_at", "-pk")

    def past(self) -> QuerySet[Appointment]:
        """All others, latest first."""
        return self._rows.filter(~self._ahead, is_lost=False).order_by("-starts_at", "-pk")


def looked(rows: Iterable[Appointment]) -> Looked:
    """The visits, each with how its status looks."""
    return [(row, LOOKS[Status(row.status)]) for row in rows]
