"""The report on the schedule as one table: a line for each provider, place, kind of visit and week. It names no patient."""

from itertools import zip_longest
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone

from compliance.exports import Batch, Mark, Source, Span, csv_line, offer
from compliance.models import Practice, User
from compliance.tenancy import current_practice_id
from scheduling import reports, yields

COLUMNS = (
    *("By", "Name", "Held", "To come", "Not closed", "Did not come", "Left", "Cancelled", "Cancelled late", "Moved"),
    *("Overbooked", "Minutes in use", "Minutes open"),
    *(words for was, came in yields.PARTS.values() for words in (was, f"{was}: {came}")),
)


def whom(span: Span, by: User) -> set[Any]:
    """Nobody: only numbers stand in it."""
    return set()


def batch(span: Span, by: User, after: Any, mark: Mark) -> Batch:
    """All of it: a year of weeks is the longest part."""
    zone = ZoneInfo(Practice.objects.get(pk=current_practice_id()).time_zone)
    assert span.first is not None
    assert span.last is not None
    of = reports.Span(span.first, span.last, zone)
    return Batch([csv_line((title, *cells)) for key, (title, *_) in reports.BY.items() for cells in _rows(by, of, key)])


def _rows(user: User, span: reports.Span, by: str) -> list[list[object]]:
    """What cannot be told is an empty cell."""
    counted, won = reports.lines(user, span, by, now=timezone.now()), yields.lines(user, span, by)
    pairs = zip_longest(counted, won)  # the second may have more lines
    return [[its.label, *_visits(line), *_won(its)] for line, its in pairs]


def _visits(one: reports.Line | None) -> list[object]:
    if one is None:
        return [""] * (len(reports.COUNTED) + 2)
    numbers = [getattr(one, name) for name in reports.COUNTED]
    return [*numbers, one.minutes, "" if one.open_minutes is None else one.open_minutes]


def _won(one: yields.Line) -> list[object]:
    parts = [getattr(one, name) for name in yields.PARTS]
    return [cell for part in parts for cell in ((part.all, part.won) if part else ("", ""))]


offer(
    Source(
        key="schedule-csv",
        title="Schedule report, table (CSV)",
        permission="scheduling.view_reports",
        ending="csv",
        content_type="text/csv; charset=utf-8",
        has_days=True,
        categories=("schedule",),
        whom=whom,
        batch=batch,
        columns=COLUMNS,
        is_phi=False,
    )
)
