"""What templates of working hours, their breaks and sessions, and different days must keep to. Pure checks, no writing."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from math import lcm
from zoneinfo import ZoneInfo

from django.db.models import Q

from scheduling.enums import DayKind, PartKind
from scheduling.hours import Hours
from scheduling.local import at
from scheduling.models import DayException, HoursPart, VisitType, WorkingHours
from scheduling.week import is_its_week

WEEK = timedelta(weeks=1)
MONTH = 4 * WEEK


class HoursOverlap(Exception):
    """The provider works then already; `other` says when and where, `on` the first day of both."""

    def __init__(self, other: WorkingHours, on: date | None = None) -> None:
        self.other = other
        self.on = on
        super().__init__("Two stretches of working hours overlap.")


class DoesNotFit(Exception):
    """A part or a different day cannot be as it was entered: `field`, and a sentence as text."""

    def __init__(self, field: str, sentence: str) -> None:
        self.field = field
        super().__init__(sentence)


def check(row: object) -> None:
    """Raises HoursOverlap or DoesNotFit for a template, a part of one, or a different day; other rows are let through."""
    if isinstance(row, WorkingHours):
        _lasts(row.starts, row.ends)
        _holds_its_parts(row)
        _apart(row)
    elif isinstance(row, HoursPart):
        _lasts(row.starts, row.ends)
        _kept_for_some(row)
        _within(row)
        _beside(row)
    elif isinstance(row, DayException):
        _different(row)


def clock_words(wall: time) -> str:
    """9:00 AM."""
    return f"{wall:%-I:%M %p}"


def wall_problem(day: date, wall: time, zone: str) -> str:
    """A sentence where a wall-clock time does not exist on a day, or comes twice; nothing where it is plain."""
    first = datetime.combine(day, wall, ZoneInfo(zone))
    second = first.replace(fold=1)
    if first.utcoffset() == second.utcoffset():
        return ""
    shown = f"{clock_words(wall)} on {day:%B} {day.day}, {day.year}"
    if first.utcoffset() < second.utcoffset():  # type: ignore[operator]
        return f"The clocks go forward that night and {shown} does not exist. Choose a time before or after it."
    return f"The clocks go back that night and {shown} comes twice. Choose a time before or after it."


def _lasts(starts: time, ends: time) -> None:
    if ends <= starts:
        raise DoesNotFit("ends", "The end must be after the start.")


def _holds_its_parts(row: WorkingHours) -> None:
    if row._state.adding:
        return
    for part in row.parts.order_by("starts", "pk"):
        if part.starts < row.starts or part.ends > row.ends:
            raise DoesNotFit(
                "starts", f"{part.name}, {_from_to(part)}, would lie outside of these hours. Change or delete it first."
            )


def _apart(row: WorkingHours) -> None:
    """No other template of the provider holds at the same moments of some day."""
    others = WorkingHours.objects.filter(provider=row.provider, weekday=row.weekday).exclude(pk=row.pk)
    until = row.valid_until or date.max
    others = others.filter(valid_from__lte=until)
    others = others.filter(Q(valid_until__isnull=True) | Q(valid_until__gte=row.valid_from)).select_related("location")
    for other in others.order_by("starts", "pk"):
        for on in _days_of_both(row, other):
            if _meet(row, other, on):
                raise HoursOverlap(other, on)


def _days_of_both(one: WorkingHours, other: WorkingHours) -> Iterator[date]:
    """Days on which both templates hold: the first of all, and where their clocks differ one a month for a year.

    Two clocks lie apart by the same hours until one of them changes, and each does so twice a year at most.
    """
    first = max(one.valid_from, other.valid_from)
    months = 1 if one.location.time_zone == other.location.time_zone else 13
    days = (_first_of_both(one, other, first + MONTH * number) for number in range(months))
    yield from (day for day in days if day)


def _first_of_both(one: WorkingHours, other: WorkingHours, first: date) -> date | None:
    """The first day from a day on on which both templates hold, if there is one."""
    last = min(one.valid_until or date.max, other.valid_until or date.max)
    day = first + timedelta(days=(one.weekday - first.weekday()) % 7)
    for _ in range(lcm(one.every_weeks, other.every_weeks)):
        if day > last:
            return None
        if is_its_week(one, day) and is_its_week(other, day):
            return day
        day += WEEK
    return None


def _meet(one: WorkingHours, other: WorkingHours, day: date) -> bool:
    spans = [(at(day, each.starts, z), at(day, each.ends, z)) for each in (one, other) for z in [each.location.time_zone]]
    return spans[0][0] < spans[1][1] and spans[1][0] < spans[0][1]


def _kept_for_some(part: HoursPart) -> None:
    if part.kind == PartKind.KEPT and not part.visit_types:
        raise DoesNotFit("visit_types", "Choose at least one kind of visit that the session is kept for.")
    if part.kind == PartKind.BREAK and part.visit_types:
        raise DoesNotFit("visit_types", "A break is kept for no visits. Untick them, or make it a session.")
    if part.kind == PartKind.BREAK and part.release_hours is not None:
        raise DoesNotFit("release_hours", "A break is not opened. Leave this empty, or make it a session.")
    if len(part.visit_types) != VisitType.objects.filter(pk__in=part.visit_types).count():
        raise DoesNotFit("visit_types", "One of these kinds of visit is not there any more. Choose again.")


def _within(part: HoursPart) -> None:
    hours = part.hours
    if part.starts < hours.starts or part.ends > hours.ends:
        raise DoesNotFit("starts", f"This must lie within the hours it belongs to, {_from_to(hours)}.")


def _beside(part: HoursPart) -> None:
    others = HoursPart.objects.filter(hours=part.hours, starts__lt=part.ends, ends__gt=part.starts).exclude(pk=part.pk)
    other = others.order_by("starts", "pk").first()
    if other:
        raise DoesNotFit("starts", f"{other.name} is there from {_from_to(other)} already.")


def _different(row: DayException) -> None:
    if row.kind == DayKind.OFF:
        if row.starts or row.ends or row.location:
            raise DoesNotFit("starts", "Leave place, start and end empty when there are no hours that day.")
        _has_no_hours(row)
        return
    for field, what in (("location", "the place"), ("starts", "the start time"), ("ends", "the end time")):
        if getattr(row, field) is None:
            raise DoesNotFit(field, f"Enter {what} of the hours on that day.")
    assert row.starts
    assert row.ends
    assert row.location
    _lasts(row.starts, row.ends)
    for field, wall in (("starts", row.starts), ("ends", row.ends)):
        if problem := wall_problem(row.day, wall, row.location.time_zone):
            raise DoesNotFit(field, problem)
    _no_other_then(row)


def _has_no_hours(row: DayException) -> None:
    """A day off stands alone: hours that were entered for the day would contradict it."""
    others = DayException.objects.filter(provider=row.provider, day=row.day).exclude(kind=DayKind.OFF).exclude(pk=row.pk)
    if other := others.order_by("starts", "pk").first():
        raise DoesNotFit("day", f"{row.provider} has hours on that day from {_from_to(other)}. Delete them first.")


def _no_other_then(row: DayException) -> None:
    """No day off, no other different hours, and where she works extra no template, at the same moments."""
    assert row.starts
    assert row.ends
    assert row.location
    if DayException.objects.filter(provider=row.provider, day=row.day, kind=DayKind.OFF).exclude(pk=row.pk).exists():
        raise DoesNotFit("day", f"{row.provider} does not work on that day. Delete that first.")
    start, end = (at(row.day, wall, row.location.time_zone) for wall in (row.starts, row.ends))
    if row.kind == DayKind.EXTRA:
        for piece in Hours([row.provider], row.day, row.day).of(row.provider).template(row.day):
            if piece.start < end and piece.end > start:
                raise DoesNotFit("starts", f"{row.provider} works then already. Choose “Other hours” to replace that day's.")
    others = DayException.objects.filter(provider=row.provider, day=row.day).exclude(kind=DayKind.OFF).exclude(pk=row.pk)
    for other in others.select_related("location").order_by("starts", "pk"):
        zone = other.location.time_zone  # type: ignore[union-attr]
        if at(row.day, other.starts, zone) < end and at(row.day, other.ends, zone) > start:  # type: ignore[arg-type]
            raise DoesNotFit("starts", f"{row.provider} has hours on that day from {_from_to(other)} already.")


def _from_to(row: WorkingHours | HoursPart | DayException) -> str:
    assert row.starts
    assert row.ends
    return f"{clock_words(row.starts)} to {clock_words(row.ends)}"
