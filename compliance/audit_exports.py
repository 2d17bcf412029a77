"""The audit trail as a table, for whoever reviews it. What proves itself without the portal is `audit_export`."""

from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone

from compliance import charts
from compliance.exports import BATCH, Batch, Mark, Source, Span, csv_line, offer
from compliance.models import AuditEvent, AuditPatient, User
from compliance.tenancy import current_practice_id

COLUMNS = ("Time", "Event", "Person", "Action", "Outcome", "Opened", "Listed", "Object", "Request", "Page", "Address")


def _between(span: Span) -> tuple[datetime, datetime]:
    zone = timezone.get_current_timezone()
    assert span.first is not None
    assert span.last is not None
    return datetime.combine(span.first, time.min, zone), datetime.combine(span.last + timedelta(days=1), time.min, zone)


def whom(span: Span, by: User) -> set[UUID]:
    """The patients in the events of the days, less those whom whoever asks is barred from."""
    start, end = _between(span)
    rows = AuditPatient.objects.filter(practice_id=current_practice_id(), at__gte=start, at__lt=end)
    return set(rows.values_list("patient", flat=True).distinct()) - charts.barred_from(by)


def batch(span: Span, by: User, after: Any, mark: Mark) -> Batch:
    """The next events, the oldest first."""
    start, end = _between(span)
    rows = AuditEvent.objects.visible_to(by).filter(at__gte=start, at__lt=end).order_by("at", "pk")
    if after:
        rows = rows.filter(at__gte=after[0]).exclude(at=after[0], pk__lte=after[1])
    found = list(rows[:BATCH])
    hidden = charts.barred_from(by)
    patients = {patient for row in found for patient in (*row.opened, *row.listed)} - hidden
    last = (found[-1].at, found[-1].pk) if len(found) == BATCH else None
    return Batch([_line(row, hidden) for row in found], patients, last)


def _line(row: AuditEvent, hidden: frozenset[UUID]) -> str:
    opened, listed = (" ".join(str(one) for one in ids if one not in hidden) for ids in (row.opened, row.listed))
    about = f"{row.object_type} {row.object_id}".strip()
    when = row.at.isoformat(timespec="seconds")
    said = (when, row.kind, row.actor_label, row.action, row.outcome, opened, listed, about)
    return csv_line((*said, row.request_id, row.page, row.address))


offer(
    Source(
        key="audit-csv",
        title="Audit events, table (CSV)",
        permission="compliance.export_audit",
        ending="csv",
        content_type="text/csv; charset=utf-8",
        has_days=True,
        categories=("audit",),
        whom=whom,
        batch=batch,
        columns=COLUMNS,
    )
)
