"""The dates of a series before they are booked: what stands in their way, a proposal for each, and what is chosen.

Conflicts are told before anything is saved; what is chosen then is checked again under the lock of the provider's time.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from uuid import UUID

from compliance.models import User
from scheduling.ahead import Ahead, Refusal, holds_of
from scheduling.booking import Wish
from scheduling.enums import Skipped, Source
from scheduling.local import oddity
from scheduling.models import Appointment, Resource, Series
from scheduling.patterns import HORIZON, BadPattern

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
class Plan:
    """What is booked, each with its lane, what is left out with why, and what is open: refused, and nothing chosen."""

    wishes: dict[date, tuple[Wish, int]] = field(default_factory=dict)
    skipped: dict[date, tuple[Skipped, str]] = field(default_factory=dict)
    open: list[date] = field(default_factory=list)


def look(series: Series, *, by: User, now: datetime, call: UUID | None = None) -> list[Line]:
    """Every date of a series that is not saved yet, with what stands in its way. Raises BadPattern."""
    series.pattern.check()
    dates = ahead_of(series, now)
    if not dates:
        raise BadPattern("count", "The series has no date.")
    ahead = calendar(series, [series.begins(on) for on in dates], by=by, now=now, call=call)
    refused = {}
    for on in dates:
        refused[on] = ahead.refusal(series.begins(on))
        if refused[on] is None:
            ahead.reserve(series.begins(on))
    ahead.read_weeks_of([series.begins(on) for on in dates if refused[on]])
    return [line(series, on, refused[on], ahead) for on in dates]


def settled(
    series: Series,
    wanted: Mapping[date, datetime],
    choices: Mapping[date, Choice],
    ahead: Ahead,
    overbook_reason: str,
    *,
    leave_out: bool = False,
) -> Plan:
    """What is booked and what is left out. `leave_out`: dates that are refused without a choice are left out too."""
    plan = Plan()
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


def line(
    series: Series,
    on: date,
    refusal: Refusal | None,
    ahead: Ahead,
    room: Resource | None = None,
    before: Appointment | None = None,
) -> Line:
    """One date as the page lists it; the proposal is reserved, so that no other date proposes it."""
    starts_at = series.begins(on)
    near = ahead.nearest(starts_at, series.zone, room, before) if refusal and refusal.kind != Skipped.UNFIT else None
    if near:
        ahead.reserve(near)
    return Line(on, starts_at, refusal, near, oddity(series.day_of(on), series.starts, series.zone))


def moments_of(series: Series, dates: Sequence[date], choices: Mapping[date, Choice]) -> dict[date, datetime]:
    """When each date begins: at the series' own time, or at the chosen one."""
    chosen = {on: choice.at for on, choice in choices.items() if choice.what == AT and choice.at}
    return {on: chosen.get(on) or series.begins(on) for on in dates}


def overruled(refusal: Refusal, choice: Choice | None, overbook_reason: str) -> bool:
    """Whether what was chosen settles what stands in the way."""
    if choice is None:
        return False
    if choice.what == OVERBOOK:
        return bool(overbook_reason) and refusal.may_be_overbooked
    return choice.what == DESPITE and refusal.kind == Skipped.BUSY


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


def ahead_of(series: Series, now: datetime) -> list[date]:
    """The dates of the rule: all of a finite one, those within the horizon of another."""
    far = series.first_on + timedelta(days=4 * 366)
    return series.pattern.dates(max(horizon(series, now), series.first_on) if series.pattern.is_rolling else far)


def horizon(series: Series, now: datetime) -> date:
    """The last date of the rule that is booked ahead."""
    return now.astimezone(series.zone).date() + timedelta(days=HORIZON - series.shift_days)


def calendar(
    series: Series,
    moments: Sequence[datetime],
    *,
    by: User | None,
    now: datetime,
    call: UUID | None = None,
    source: str = "",
) -> Ahead:
    """What stands in the way of the series at some moments."""
    like = wish_of(series, series.first_on, source=source or Source.PHONE)
    return Ahead(like, moments, now=now, mine_is=holds_of(by, call))
