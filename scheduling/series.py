"""The one writer of Series: books its dates in one transaction, ends it, lets it go on with other terms.

The constraint on occupations stays the judge of what was looked at before (`series_dates`). `series_filling` keeps
open-ended ones filled.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

from compliance.audit import events
from compliance.models import User
from scheduling import booking, occurrences, taking
from scheduling.enums import Source
from scheduling.models import Series
from scheduling.patterns import BadPattern
from scheduling.series_dates import (
    AT,
    DESPITE,
    OVERBOOK,
    SKIP,
    Choice,
    Conflicts,
    Line,
    Plan,
    ahead_of,
    calendar,
    horizon,
    look,
    moments_of,
    settled,
)

__all__ = ["AT", "DESPITE", "OVERBOOK", "SKIP", "BadPattern", "Choice", "Conflicts", "Line", "look"]


def make(
    series: Series,
    *,
    by: User,
    now: datetime,
    choices: Mapping[date, Choice] | None = None,
    overbook_reason: str = "",
    source: str = Source.PHONE,
    call: UUID | None = None,
) -> Series:
    """Save a series and book its dates. Raises BadPattern, Conflicts, SlotTaken; then nothing of it is there.

    The caller has asked for the permission to overbook, which needs a reason.
    """
    series.pattern.check()
    with taking.all_or_taken():
        taking.lock_for(series.visit_type, series.provider.resource_id)
        booking.release(by=by, held_for=call)
        dates = ahead_of(series, now)
        wanted = moments_of(series, dates, choices or {})
        ahead = calendar(series, list(wanted.values()), by=by, now=now, call=call, source=source)
        plan = settled(series, wanted, choices or {}, ahead, overbook_reason)
        if plan.open or not plan.wishes:
            raise Conflicts(plan.open or dates)
        series.booked_by, series.filled_until = by, dates[-1]
        if series.pattern.is_rolling:
            series.filled_until = horizon(series, now)
        series.save(force_insert=True)
        write(series, plan, by=by, now=now)
        events.record("series.booked", series, action=events.CREATE, by=by, body=counts(plan))
    return series


def end(series: Series, *, because: str, by: User | None, now: datetime) -> None:
    """No further dates. Those that were looked at stay as they are."""
    series.ended_at, series.ended_because = now, because
    save(series, "ended_at", "ended_because")
    events.record("series.ended", series, action=events.UPDATE, by=by, body={"because": because})


def continued(series: Series, rows: Sequence, on: date, *, by: User, now: datetime, **changes: object) -> Series:
    """The series that goes on from a date with `changes`, and takes its occurrences over; the old one ends there.

    One that has ended does not begin anew: what goes on of it has ended then, too, and for the same reason.
    """
    new = Series(
        **{name: getattr(series, name) for name in CARRIED}, continues=series, booked_by=by, filled_until=series.filled_until
    )
    if series.count is not None:
        new.until_on, new.count = series.filled_until, None
    for name, value in changes.items():
        setattr(new, name, value)
    new.ended_at, new.ended_because = series.ended_at, series.ended_because
    new.save(force_insert=True)
    occurrences.hand_over(rows, new)
    if series.ended_at is None:
        end(series, because="It goes on with other terms.", by=by, now=now)
    events.record("series.continued", new, action=events.CREATE, by=by, body={"from": on.isoformat(), "dates": len(rows)})
    return new


CARRIED = (
    "patient", "provider", "visit_type", "location", "mode", "reason", "comment", "frequency", "every", "weekdays",
    "first_on", "starts", "count", "until_on", "shift_days",
)  # fmt: skip


def write(series: Series, plan: Plan, *, by: User | None, now: datetime) -> None:
    """Book what is planned, and keep what became of each date."""
    dates = sorted(plan.wishes)
    made = booking.write_all([plan.wishes[on] for on in dates], series.location, by=by, now=now)
    occurrences.write(series, dict(zip(dates, made, strict=True)), plan.skipped)


def save(series: Series, *names: str) -> None:
    """Write some columns of a series, whose version moves on."""
    series.version += 1
    series.save(update_fields=[*names, "version", "updated_at"])


def counts(plan: Plan) -> dict[str, int]:
    """For the trail."""
    return {"booked": len(plan.wishes), "skipped": len(plan.skipped)}
