"""Changing and cancelling of a series: this visit, this and those that follow, or all that are still to come.

What is over, cancelled or under way is never touched. A visit that was changed on its own is kept or changed as the
caller says, and named in the outcome: nothing of a series vanishes.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from django.db import transaction

from compliance.models import User
from scheduling import booking, steps, taking, visits
from scheduling.ahead import Ahead, holds_of
from scheduling.enums import UPCOMING, CancelReason, Initiator, Scope, Status, ToldBy
from scheduling.models import Appointment, Occurrence, Provider, Resource, Series, VisitType
from scheduling.patterns import MOST, BadPattern
from scheduling.presence import place_for
from scheduling.series import CARRIED, continued, end
from scheduling.series_dates import OVERBOOK, SKIP, Choice, Conflicts, Line, line, moments_of, overruled, wish_of

CANCELLED = "It was cancelled."
WITH = [f"visit__{name}" for name in ("patient", "provider", "visit_type", "location", "room")]


class Changed(Exception):
    """Somebody changed the series since it was shown."""


@dataclass(frozen=True)
class Terms:
    """What a series or one of its visits is to become. `shift` is by how many days it moves."""

    starts: time
    provider: Provider
    visit_type: VisitType
    mode: str
    shift: int = 0


@dataclass
class Reach:
    """The dates that an act is about: `open` are changed; `edited` were changed on their own; `fixed` stay in any case."""

    open: list[Occurrence] = field(default_factory=list)
    edited: list[Occurrence] = field(default_factory=list)
    fixed: list[Occurrence] = field(default_factory=list)


def reach(series: Series, on: date, scope: Scope | str, *, now: datetime, with_edited: bool = False) -> Reach:
    """The dates of a scope that begins at one of the rule's dates. `with_edited`: those are open too."""
    rows = Occurrence.objects.filter(series=series).order_by("original_on")
    if scope == Scope.THIS:
        rows = rows.filter(original_on=on)
    elif scope == Scope.FOLLOWING:
        rows = rows.filter(original_on__gte=on)
    found = Reach()
    for row in rows.select_related(
        *("visit__" + name for name in ("patient", "provider", "visit_type", "location", "room"))
    ):
        if row.visit is None or row.visit.status not in UPCOMING or row.visit.starts_at <= now:
            found.fixed.append(row)
        elif is_edited(series, row) and scope != Scope.THIS and not with_edited:
            found.edited.append(row)
        else:
            found.open.append(row)
    return found


def is_edited(series: Series, row: Occurrence) -> bool:
    """Whether the visit of a date is not as the series has it."""
    if row.visit is None:
        return False
    here = (row.visit.starts_at, row.visit.provider_id, row.visit.visit_type_id, row.visit.mode)
    return here != (series.begins(row.original_on), series.provider_id, series.visit_type_id, series.mode)


def cancel(
    series: Series,
    on: date,
    scope: Scope | str,
    *,
    reason: CancelReason | str,
    initiator: Initiator | str,
    told_by: ToldBy | str,
    by: User,
    now: datetime,
    note: str = "",
    wants_no_other: bool = False,
    with_edited: bool = False,
    version: int | None = None,
) -> Reach:
    """Cancel the visits of a scope, each as `visits.cancel` does; from a date on, or all, the series ends too.

    Answers what was cancelled (`open`) and what stays. Raises Changed.
    """
    said: dict[str, Any] = {"reason": reason, "initiator": initiator, "told_by": told_by, "note": note}
    said["wants_no_other"] = wants_no_other
    with transaction.atomic():
        series = _locked(series, version)
        found = reach(series, on, scope, now=now, with_edited=with_edited)
        for row in found.open:
            assert row.visit is not None
            visits.cancel(row.visit, by=by, now=now, **said)
        if scope != Scope.THIS and series.ended_at is None:
            end(series, because=CANCELLED, by=by, now=now)
    return found


def look(
    series: Series, on: date, scope: Scope | str, terms: Terms, *, by: User, now: datetime, with_edited: bool = False
) -> list[Line]:
    """Where each visit of a scope would go, with what stands in its way and a free time near."""
    found = reach(series, on, scope, now=now, with_edited=with_edited)
    after, dates = _after(series, terms), [row.original_on for row in found.open]
    if not dates:
        return []
    rooms = _rooms_of(found.open)
    ahead = _calendar(after, found.open, [after.begins(one) for one in dates], by, now, rooms)
    refused, before = {}, {row.original_on: row.visit for row in found.open}
    for one in dates:
        refused[one] = ahead.refusal(after.begins(one), rooms.get(one), before[one])
        if refused[one] is None:
            ahead.reserve(after.begins(one))
    ahead.read_weeks_of([after.begins(one) for one in dates if refused[one]])
    return [line(after, one, refused[one], ahead, rooms.get(one), before[one]) for one in dates]


def change(
    series: Series,
    on: date,
    scope: Scope | str,
    terms: Terms,
    *,
    by: User,
    now: datetime,
    choices: Mapping[date, Choice] | None = None,
    overbook_reason: str = "",
    with_edited: bool = False,
    version: int | None = None,
) -> Series:
    """Move the visits of a scope to other terms in one act; each old visit is linked to its successor.

    From a date on, or all: the series goes on as a new one with these terms, which is answered. A date that cannot be
    moved stays where it is when the choice says SKIP. Raises BadPattern, Conflicts, Changed and SlotTaken;
    then nothing is changed.
    """
    with taking.all_or_taken():
        series = _locked(series, version)
        after = _after(series, terms)
        taking.lock_for(after.visit_type, series.provider.resource_id, after.provider.resource_id, *_rooms(series))
        found = reach(series, on, scope, now=now, with_edited=with_edited)
        goes = _settled(after, found.open, choices or {}, overbook_reason, by, now)
        _move(after, goes, by=by, now=now)
        if scope == Scope.THIS:
            return series
        first = _first(found, on, scope)
        later = Occurrence.objects.filter(series=series, original_on__gte=first)
        return continued(series, list(later), first, by=by, now=now, **_terms_of(after))


@dataclass(frozen=True)
class _Go:
    row: Occurrence
    wish: booking.Wish
    lane: int


def _settled(
    after: Series, rows: Sequence[Occurrence], choices: Mapping[date, Choice], overbook_reason: str, by: User, now: datetime
) -> list[_Go]:
    """Who goes where. Raises Conflicts for dates that can go nowhere."""
    going = [row for row in rows if not _stays(choices.get(row.original_on))]
    if not going:
        return []
    wanted = moments_of(after, [row.original_on for row in going], choices)
    rooms = _rooms_of(going)
    ahead = _calendar(after, going, list(wanted.values()), by, now, rooms)
    goes, stuck = [], []
    for row in sorted(going, key=lambda one: (one.original_on in choices, one.original_on)):
        on, choice = row.original_on, choices.get(row.original_on)
        refusal = ahead.refusal(wanted[on], rooms.get(on), row.visit)
        if refusal and not overruled(refusal, choice, overbook_reason):
            stuck.append(on)
            continue
        reason = overbook_reason if refusal and choice and choice.what == OVERBOOK else ""
        lane = ahead.reserve(wanted[on], may_overbook=bool(reason))
        goes.append(_Go(row, ahead.settled(_wish(after, row, wanted[on], reason)), lane))
    if stuck:
        raise Conflicts(stuck)
    return goes


def _stays(choice: Choice | None) -> bool:
    return choice is not None and choice.what == SKIP


def _wish(after: Series, row: Occurrence, starts_at: datetime, overbook_reason: str) -> booking.Wish:
    """The visit's own reason, note and room, on the new terms."""
    assert row.visit is not None
    own = booking.as_it_is(row.visit)
    return replace(
        own,
        starts_at=starts_at,
        provider=after.provider,
        visit_type=after.visit_type,
        mode=after.mode,
        location=after.location,
        overbook_reason=overbook_reason,
    )


def _move(after: Series, goes: Sequence[_Go], *, by: User, now: datetime) -> None:
    """First all go away, then all are booked: one may take the time that another leaves."""
    for go in goes:
        to = (go.wish.starts_at, go.wish.provider)
        steps.go(_visit(go), Status.RESCHEDULED, what="moved", by=by, now=now, moved_to=to)
    before = [_visit(go) for go in goes]
    try:
        wishes = [(go.wish, go.lane) for go in goes]
        made = booking.write_all(wishes, after.location, by=by, now=now, instead_of=before)
    except booking.NeedTaken as taken:
        raise Conflicts([go.row.original_on for go in goes if go.wish.starts_at == taken.starts_at]) from None
    for old, new in zip(before, made, strict=True):
        steps.hand_on(old, new)


def _rooms(series: Series) -> list[UUID]:
    """Rooms that were chosen for its visits, and go with them."""
    rows = Appointment.objects.filter(occurrence__series=series, status__in=UPCOMING, room__isnull=False)
    return list(rows.order_by().values_list("room", flat=True).distinct())


def _visit(go: _Go) -> Appointment:
    assert go.row.visit is not None
    return go.row.visit


def _rooms_of(rows: Sequence[Occurrence]) -> dict[date, Resource]:
    """The rooms that were chosen for the visits of some dates, and go with them."""
    found = {row.original_on: booking.as_it_is(row.visit).room for row in rows if row.visit and row.visit.room}
    return {on: room for on, room in found.items() if room}


def _calendar(
    after: Series,
    rows: Sequence[Occurrence],
    moments: Sequence[datetime],
    by: User,
    now: datetime,
    rooms: Mapping[date, Resource],
) -> Ahead:
    """Without what these visits take now: they leave it."""
    leaving: list[UUID] = [row.visit_id for row in rows if row.visit_id]
    like, terms = wish_of(after, rows[0].original_on), (after.visit_type_id, after.mode)
    standing = (row.visit for row in rows if row.visit and (row.visit.visit_type_id, row.visit.mode) == terms)
    return Ahead(
        like, moments, now=now, mine_is=holds_of(by), leaving=leaving, instead_of=next(standing, None), rooms=rooms.values()
    )


def _after(series: Series, terms: Terms) -> Series:
    """The series as it would be on these terms, not saved."""
    after = Series(**{name: getattr(series, name) for name in CARRIED})
    after.starts, after.visit_type, after.mode = terms.starts, terms.visit_type, terms.mode
    after.shift_days = series.shift_days + terms.shift
    if abs(after.shift_days) > MOST:
        raise BadPattern("day", "A series moves by a year at most. End it, and repeat a visit from there.")
    if terms.provider.pk != series.provider_id:
        after.provider = terms.provider
        first = after.begins(series.first_on)
        after.location = place_for(terms.provider, first, terms.visit_type, now=first)  # by then no session keeps her out
    return after


def _terms_of(after: Series) -> dict[str, object]:
    return {name: getattr(after, name) for name in ("starts", "shift_days", "provider", "visit_type", "mode", "location")}


def _first(found: Reach, on: date, scope: Scope | str) -> date:
    """From which date on the new series has the rows."""
    if scope == Scope.FOLLOWING:
        return on
    return min((row.original_on for row in (*found.open, *found.edited)), default=on)


def _locked(series: Series, version: int | None) -> Series:
    """The series as it stands, locked against the clock and other changes. Raises Changed."""
    rows = Series.objects.select_related("patient", "provider__resource", "visit_type", "location")
    row = rows.select_for_update(no_key=True, of=("self",)).get(pk=series.pk)
    if version is not None and row.version != version:
        raise Changed
    return row
