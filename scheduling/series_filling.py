"""Keeps open-ended series filled to their horizon, by the clock; a part of `series`, their writer."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from compliance import cases
from compliance.audit import events
from compliance.everywhere import each
from compliance.roles import Role
from compliance.tenancy import SYSTEM, acting_in
from scheduling import booking, taking
from scheduling.models import Series
from scheduling.patterns import HORIZON
from scheduling.series import counts, end, save, write
from scheduling.series_dates import Plan, ahead_of, calendar, horizon, moments_of, settled, wish_of


def fill(series_id: UUID, *, now: datetime) -> tuple[int, int]:
    """Book what came within the horizon of an open-ended series; answers how many dates were (booked, skipped).

    There is nobody to ask: what cannot be booked is listed with why, and somebody gets it as work. Two clocks at once
    do no harm: the row is locked, and a date is looked at once.
    """
    with taking.all_or_taken():
        rows = Series.objects.rolling().select_related("patient", "provider__resource", "visit_type", "location")
        series = rows.select_for_update(no_key=True, of=("self",)).filter(pk=series_id).first()
        if series is None or _ended_by_itself(series, now):
            return 0, 0
        taking.lock_for(series.visit_type, series.provider.resource_id)
        assert series.filled_until is not None
        dates = [on for on in ahead_of(series, now) if on > series.filled_until]
        series.filled_until = max(series.filled_until, horizon(series, now))
        plan = Plan()
        if dates:
            wanted = moments_of(series, dates, {})
            ahead = calendar(series, list(wanted.values()), by=None, now=now)
            plan = settled(series, wanted, {}, ahead, "", leave_out=True)
            write(series, plan, by=None, now=now)
        save(series, "filled_until")
        events.record("series.filled", series, body=counts(plan))
        if plan.skipped:
            _hand_on(series, plan, now)
    return len(plan.wishes), len(plan.skipped)


def fill_all(practice: UUID, *, now: datetime) -> dict[str, int]:
    """Fill every open-ended series of a practice that is short of its horizon, each in a transaction; the run is recorded.

    One in which it fails stops no other, and takes nothing of them back. Raises NotEverywhere in the end.
    """
    short = now.date() + timedelta(days=HORIZON - 1)
    with acting_in(practice, SYSTEM):
        rows = Series.objects.rolling().filter(filled_until__lt=short).order_by("filled_until", "pk")
        wanted = list(rows.values_list("pk", flat=True))
    counts: list[tuple[int, int]] = []

    def one(pk: UUID) -> None:
        with acting_in(practice, SYSTEM):
            counts.append(fill(pk, now=now))

    try:
        each(wanted, one, "series.left_out")
    finally:
        booked, skipped = (sum(row[column] for row in counts) for column in (0, 1))
        numbers = {"series": len(counts), "left_out": len(wanted) - len(counts), "booked": booked, "skipped": skipped}
        with acting_in(practice, SYSTEM):
            events.record("series.run", body=numbers)
    return numbers


def _ended_by_itself(series: Series, now: datetime) -> bool:
    """A series whose patient, provider or kind of visit is no more is ended, and somebody is told."""
    try:
        booking.offered(wish_of(series, series.first_on))
    except booking.NotSchedulable as unfit:
        end(series, because=str(unfit), by=None, now=now)
        _open_case(series, f"A series has ended: {unfit} Look at what is booked.", now)
        return True
    return False


def _hand_on(series: Series, plan: Plan, now: datetime) -> None:
    days = [series.day_of(on) for on in sorted(plan.skipped)]
    some = ", ".join(f"{day:%b} {day.day}" for day in days[:5]) + (" and more" if len(days) > 5 else "")
    _open_case(series, f"A series could not be booked on {some}. Find another time, or leave it out.", now)


def _open_case(series: Series, summary: str, now: datetime) -> None:
    with transaction.atomic():
        cases.open_case(
            kind="rebook", summary=summary, patient=series.patient_id, team=Role.SECRETARY, about=series, by=None, now=now,
            due_at=now + timedelta(days=7),
        )  # fmt: skip
