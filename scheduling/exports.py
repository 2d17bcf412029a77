"""Visits of some days as a table: only on calendars and of charts that are open to whoever asked."""

from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone

from compliance.exports import BATCH, Batch, Mark, Source, Span, csv_line, offer
from compliance.models import User
from patients.models import Patient
from patients.names import listed, mrn
from scheduling.models import Appointment
from scheduling.models.appointment import AppointmentQuerySet

COLUMNS = ("Starts", "Ends", "MRN", "Patient", "Provider", "Kind of visit", "Mode", "Status", "Location", "Reason")


def _rows(span: Span, by: User) -> AppointmentQuerySet:
    zone = timezone.get_current_timezone()
    assert span.first is not None
    assert span.last is not None
    start = datetime.combine(span.first, time.min, zone)
    end = datetime.combine(span.last + timedelta(days=1), time.min, zone)
    return Appointment.objects.visible_to(by).filter(starts_at__gte=start, starts_at__lt=end)


def whom(span: Span, by: User) -> set[UUID]:
    """Whose visits they are."""
    return set(_rows(span, by).values_list("patient", flat=True).distinct())


def batch(span: Span, by: User, after: Any, mark: Mark) -> Batch:
    """The next visits, the earliest first."""
    rows = _rows(span, by).select_related("provider", "visit_type", "location").order_by("starts_at", "pk")
    if after:
        rows = rows.filter(starts_at__gte=after[0]).exclude(starts_at=after[0], pk__lte=after[1])
    found = list(rows[:BATCH])
    whose = Patient.objects.visible_to(by).filter(pk__in={row.patient_id for row in found}).with_names()
    patients = {patient.pk: patient for patient in whose}
    last = (found[-1].starts_at, found[-1].pk) if len(found) == BATCH else None
    return Batch([csv_line(_cells(row, patients[row.patient_id])) for row in found], set(patients), last)


def _cells(row: Appointment, patient: Patient) -> list[object]:
    times = [f"{timezone.localtime(moment):%Y-%m-%d %H:%M}" for moment in (row.starts_at, row.ends_at)]
    said = [row.provider, row.visit_type.name, row.get_mode_display(), row.get_status_display(), row.location]
    return [*times, mrn(patient), listed(patient), *said, row.reason]


offer(
    Source(
        key="visits-csv",
        title="Visits, table (CSV)",
        permission="scheduling.export_visits",
        ending="csv",
        content_type="text/csv; charset=utf-8",
        has_days=True,
        categories=("demographics", "schedule"),
        whom=whom,
        batch=batch,
        columns=COLUMNS,
    )
)
