"""Which visits correspondence may remind of. It pulls; nothing here knows of messages."""

from datetime import datetime

from django.db.models import Exists, OuterRef, QuerySet

from scheduling.cutover import brought
from scheduling.models import Appointment


def to_remind(*, start: datetime, end: datetime) -> "QuerySet[Appointment]":
    """Booked and confirmed visits that begin in [start, end), soonest first, with what a message names.

    Those that were brought from another system are not among them before their cut-over is released. Deceased patients
    are: that they are not reminded is told, not kept quiet. For the portal itself: the rows are those of the practice
    being acted in.
    """
    held = brought.held_back().filter(visit=OuterRef("pk"))
    rows = Appointment.objects.upcoming().filter(~Exists(held), starts_at__gte=start, starts_at__lt=end)
    return rows.select_related("patient", "provider", "visit_type", "location").order_by("starts_at", "pk")
