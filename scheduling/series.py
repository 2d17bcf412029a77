"""The one writer of Series: looks at its dates, books them in one transaction, and keeps an open-ended one filled.

Conflicts are told before anything is saved, each with a proposal; what is chosen then is checked again under the lock
of the provider's time, and the constraint on occupations stays the judge.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction

from compliance import cases
from compliance.audit import events
from compliance.everywhere import each
from compliance.models import User
from compliance.roles import Role
from compliance.tenancy import SYSTEM, acting_in
from scheduling import booking, occurrences, taking
from scheduling.ahead import Ahead, Refusal, holds_of
from scheduling.booking import Wish
from scheduling.enums import Skipped, Source
from scheduling.local import oddity
from scheduling.models import Resource, Series
from scheduling.patterns import HORIZON, BadPattern

__all__ = ["BadPattern"]

SKIP, OVERBOOK, DESPITE, AT = "skip", "over", "despite", "at"


@dataclass(frozen=True)
class Line:
    """One date as it would be booked. `note` says what the clock does to it; `near` is a free time close by."""

    on: date
    starts_at: datetime
    refusal: Refusal | None = None
    near: datetime | None = None
    note: str = ""


@dataclass(frozen=True)
class Choice:
    """What is done with a date that cannot be booked as it is: left out, overbooked, booked despite, or `at` a time."""

    what: str
    at: datetime | None = None


class Conflicts(Exception):
    """Dates of `on` cannot be booked, and nothing was chosen for them, or what was chosen is gone. Nothing was saved."""

    def __init__(self, on: Sequence[date]) -> None:
        self.on = on
        super().__init__("Some dates cannot be booked.")


@dataclass
class _Plan:
    wishes: dict[date, tuple[Wish, int]] = field(default_factory=dict)
    skipped: dict[date, tuple[Skipped, str]] = field(default_factory=dict)
    open: list[date] = field(default_factory=list)


def look(series: Series, *, by: User, now: datetime, call: UUID | None = None) -> list[Line]:
    """Every date of a series that is not saved yet, with what stands in its way. Raises BadPattern."""
    series.pattern.check()
    dates = _ahead_of(series, now)
    if not dates:
        raise BadPattern("count", "The series has no date.")
    ahead = _calendar(series, [series.begins(on) for on in dates], by=by, now=now, call=call)
    refused = {}
    for on in dates:
        refused[on] = ahead.refusal(series.begins(on))
        if refused[on] is None:
            ahead.reserve(series.begins(on))
    ahead.read_weeks_of([series.begins(on) for on in dates if refused[on]])
    return [line(series, on, refused[on], ahead) for on in dates]


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
        dates = _ahead_of(series, now)
        wanted = moments_of(series, dates, choices or {})
        ahead = _calendar(series, list(wanted.values()), by=by, now=now, call=call, source=source)
        plan = _settled(series, wanted, choices or {}, ahead, overbook_reason)
        if plan.open or not plan.wishes:
            raise Conflicts(plan.open or dates)
        series.booked_by, series.filled_until = by, dates[-1]
        if series.pattern.is_rolling:
            series.filled_until = _horizon(series, now)
        series.save(force_insert=True)
        _write(series, plan, by=by, now=now)
        events.record("series.booked", series, action=events.CREATE, by=by, body=_counts(plan))
    return series


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
        dates = [on for on in _ahead_of(series, now) if on > series.filled_until]
        series.filled_until = max(series.filled_until, _horizon(series, now))
        plan = _Plan()
        if dates:
            wanted = moments_of(series, dates, {})
            ahead = _calendar(series, list(wanted.values()), by=None, now=now)
            plan = _settled(series, wanted, {}, ahead, "", leave_out=True)
            _write(series, plan, by=None, now=now)
        _save(series, "filled_until")
        events.record("series.filled", series, body=_counts(plan))
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


def end(series: Series, *, because: str, by: User | None, now: datetime) -> None:
    """No further dates. Those that were looked at stay as they are."""
    series.ended_at, series.ended_because = now, because
    _save(series, "ended_at", "ended_because")
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


def wish_of(series: Series, on: date, *, source: str = Source.PHONE, **more: object) -> Wish:
    """The visit of a date as the series has it."""
    return Wish(
        series.patient,
        series.provider,
        series.begins(on),
        series.visit_type,
        mode=series.mode,
        reason=series.reason or "",
        comment=series.comment or "",
        source=source,
        location=series.location,
        **more,  # type: ignore[arg-type]
    )


def _horizon(series: Series, now: datetime) -> date:
    """The last date of the rule that is booked ahead."""
    return now.astimezone(series.zone).date() + timedelta(days=HORIZON - series.shift_days)


def _ahead_of(series: Series, now: datetime) -> list[date]:
    far = series.first_on + timedelta(days=4 * 366)
    return series.pattern.dates(max(_horizon(series, now), series.first_on) if series.pattern.is_rolling else far)


def _calendar(
    series: Series,
    moments: Sequence[datetime],
    *,
    by: User | None,
    now: datetime,
    call: UUID | None = None,
    source: str = "",
) -> Ahead:
    like = wish_of(series, series.first_on, source=source or Source.PHONE)
    return Ahead(like, moments, now=now, mine_is=holds_of(by, call))


def line(series: Series, on: date, refusal: Refusal | None, ahead: Ahead, room: Resource | None = None) -> Line:
    """One date as the page lists it; the proposal is reserved, so that no other date proposes it."""
    starts_at = series.begins(on)
    near = ahead.nearest(starts_at, series.zone, room) if refusal and refusal.kind != Skipped.UNFIT else None
    if near:
        ahead.reserve(near)
    return Line(on, starts_at, refusal, near, oddity(series.day_of(on), series.starts, series.zone))


def moments_of(series: Series, dates: Sequence[date], choices: Mapping[date, Choice]) -> dict[date, datetime]:
    """When each date begins: at the series' own time, or at the chosen one."""
    chosen = {on: choice.at for on, choice in choices.items() if choice.what == AT and choice.at}
    return {on: chosen.get(on) or series.begins(on) for on in dates}


def _settled(
    series: Series,
    wanted: Mapping[date, datetime],
    choices: Mapping[date, Choice],
    ahead: Ahead,
    overbook_reason: str,
    *,
    leave_out: bool = False,
) -> _Plan:
    """What is booked and what is left out. `leave_out`: dates that are refused without a choice are left out too."""
    plan = _Plan()
    for on in sorted(wanted, key=lambda one: (one in choices, one)):
        choice, starts_at = choices.get(on), wanted[on]
        refusal = ahead.refusal(starts_at)
        if choice and choice.what == SKIP:
            plan.skipped[on] = (refusal.kind, refusal.why) if refusal else (Skipped.CHOSEN, "Left out when it was booked.")
        elif refusal is None or overruled(refusal, choice, overbook_reason):
            reason = overbook_reason if refusal and choice and choice.what == OVERBOOK else ""
            wish = wish_of(series, on, overbook_reason=reason, despite_overlap=bool(refusal))
            lane = ahead.reserve(starts_at, may_overbook=bool(reason))
            plan.wishes[on] = (ahead.settled(replace(wish, starts_at=starts_at)), lane)
        elif leave_out:
            plan.skipped[on] = (refusal.kind, refusal.why)
        else:
            plan.open.append(on)
    return plan


def overruled(refusal: Refusal, choice: Choice | None, overbook_reason: str) -> bool:
    """Whether what was chosen settles what stands in the way."""
    if choice is None:
        return False
    if choice.what == OVERBOOK:
        return bool(overbook_reason) and refusal.may_be_overbooked
    return choice.what == DESPITE and refusal.kind == Skipped.BUSY


def _write(series: Series, plan: _Plan, *, by: User | None, now: datetime) -> None:
    dates = sorted(plan.wishes)
    made = booking.write_all([plan.wishes[on] for on in dates], series.location, by=by, now=now)
    occurrences.write(series, dict(zip(dates, made, strict=True)), plan.skipped)


def _save(series: Series, *names: str) -> None:
    series.version += 1
    series.save(update_fields=[*names, "version", "updated_at"])


def _counts(plan: _Plan) -> dict[str, int]:
    return {"booked": len(plan.wishes), "skipped": len(plan.skipped)}


def _ended_by_itself(series: Series, now: datetime) -> bool:
    """A series whose patient, provider or kind of visit is no more is ended, and somebody is told."""
    try:
        booking.offered(wish_of(series, series.first_on))
    except booking.NotSchedulable as unfit:
        end(series, because=str(unfit), by=None, now=now)
        _open_case(series, f"A series has ended: {unfit} Look at what is booked.", now)
        return True
    return False


def _hand_on(series: Series, plan: _Plan, now: datetime) -> None:
    days = [series.day_of(on) for on in sorted(plan.skipped)]
    some = ", ".join(f"{day:%b} {day.day}" for day in days[:5]) + (" and more" if len(days) > 5 else "")
    _open_case(series, f"A series could not be booked on {some}. Find another time, or leave it out.", now)


def _open_case(series: Series, summary: str, now: datetime) -> None:
    with transaction.atomic():
        cases.open_case(
            kind="rebook", summary=summary, patient=series.patient_id, team=Role.SECRETARY, about=series, by=None, now=now,
            due_at=now + timedelta(days=7),
        )  # fmt: skip
