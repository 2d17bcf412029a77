"""Which visit is the one that somebody is recalled for. Writes nothing.

The workflow lets any matching visit close a recall. Here a visit closes one, the nearest in time, and none that is due
long after it: this week's visit is not next year's check-up, and whoever is met too early is never called.
"""

from datetime import date, datetime, timedelta

from django.db import models

from compliance.zones import zone
from scheduling.models import Appointment, Recall

EARLY = timedelta(weeks=8)  # twice the month of calling: who comes so long before the day it is due, comes for it


def met_by(visit: Appointment) -> Recall | None:
    """The one open recall that a visit meets: of her and the kind, in reach of its day, the nearest to that."""
    hers = Recall.objects.open().filter(patient=visit.patient_id, visit_type=visit.visit_type_id)
    hers = hers.filter(models.Q(provider__isnull=True) | models.Q(provider=visit.provider_id))
    day = _day_of(visit)
    return min(
        (one for one in hers if _reaches(one, day)), key=lambda one: (abs(one.due_on - day), one.due_on), default=None
    )


def stands_ahead(recall: Recall, *, now: datetime) -> Appointment | None:
    """The visit to come that meets a recall that is planned now, and meets no other; the nearest to its day."""
    hers = Appointment.objects.upcoming().filter(patient=recall.patient_id, visit_type=recall.visit_type_id)
    hers = hers.filter(starts_at__gt=now).exclude(pk=recall.from_visit_id)
    hers = hers.exclude(pk__in=Recall.objects.filter(patient=recall.patient_id, visit__isnull=False).values("visit"))
    if recall.provider_id:
        hers = hers.filter(provider=recall.provider_id)
    found = [one for one in hers.select_related("location") if _reaches(recall, _day_of(one))]
    return min(found, key=lambda one: (abs(recall.due_on - _day_of(one)), one.starts_at), default=None)


def _reaches(recall: Recall, day: date) -> bool:
    """Whether a visit on a day is the one: from when she is called on, or within EARLY of the day it is due."""
    return day >= min(recall.contact_from, recall.due_on - EARLY)


def _day_of(visit: Appointment) -> date:
    return visit.starts_at.astimezone(zone(visit.location.time_zone)).date()
