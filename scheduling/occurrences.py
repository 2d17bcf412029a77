"""The one writer of Occurrence: which visit stands for a date of a series, or why none does. Rows are never deleted."""

from collections.abc import Iterable, Mapping
from datetime import date

from django.db.models import F
from django.utils import timezone

from scheduling.enums import Skipped
from scheduling.models import Appointment, Occurrence, Series


def follow(old: Appointment, new: Appointment) -> None:
    """A moved visit takes its date along; a move that is undone gives it back."""
    Occurrence.objects.filter(visit=old).update(visit=new, version=F("version") + 1, updated_at=timezone.now())


def write(
    series: Series, standing: Mapping[date, Appointment], skipped: Mapping[date, tuple[Skipped, str]]
) -> list[Occurrence]:
    """The dates of a series that were looked at: each has a visit or a sentence."""
    rows = [_row(series, on, visit=visit) for on, visit in standing.items()]
    rows += [_row(series, on, skipped=kind, why=why[:200]) for on, (kind, why) in skipped.items()]
    return Occurrence.objects.bulk_create(rows)


def hand_over(rows: Iterable[Occurrence], to: Series) -> None:
    """From now on these dates belong to the series that continues theirs."""
    chosen = Occurrence.objects.filter(pk__in=[row.pk for row in rows])
    chosen.update(series=to, version=F("version") + 1, updated_at=timezone.now())


def _row(series: Series, on: date, **more: object) -> Occurrence:
    return Occurrence(series=series, patient_id=series.patient_id, original_on=on, **more)
