"""Which visits correspondence may remind of. It pulls; nothing here knows of messages."""

from datetime import datetime

from django.db.models import QuerySet

from scheduling.models import Appointment


def to_remind(*, start: datetime, end: datetime) -> "QuerySet[Appointment]":
    """Booked and confirmed visits that begin in [start, end), soonest first, with what a message names.

    Deceased patients are among them: that they are not reminded is told, not kept quiet. For the portal itself: the rows
    are those of the practice being acted in.
    """
    rows = Appointment.objects.upcoming().filter(starts_at__gte=start, starts_at__lt=end)
    return rows.select_related("patient", "provider", "visit_type", "location").order_by("starts_at", "pk")
