"""What became of the visits of a period: held, lost and why, how full the calendars were, how soon there is a time.

Everything is counted from visits as they stand; nothing is entered by hand. A visit that was cancelled is never counted
among those held, one that was moved is counted where it went, and what cannot be known is None and not zero.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Count, DurationField, ExpressionWrapper, F, Max, Q
from django.db.models.functions import TruncDate, TruncWeek

from compliance.models import User
from scheduling import counting, openings
from scheduling.enums import CancelReason, Initiator, Status
from scheduling.hours import Hours
from scheduling.local import days
from scheduling.models import Appointment, Provider, VisitType
from scheduling.search import Search

LONGEST = timedelta(days=366)
HELD = (Status.ARRIVED, Status.CHECKED_IN, Status.ROOMED, Status.FULFILLED)
AHEAD = (Status.BOOKED, Status.CONFIRMED)
COUNTED = ("held", "ahead", "unclosed", "no_show", "left", "cancelled", "late", "moved", "overbooked")
LOOKED_AHEAD = 90  # days, for the third next available
NOTICE = (  # how long before its beginning: (words, at least, less than), in hours
    ("Less than 24 hours", None, 24),
    ("1 to 3 days", 24, 72),
    ("3 to 7 days", 72, 168),
    ("7 to 30 days", 168, 720),
    ("30 days and more", 720, None),
)


@dataclass(frozen=True)
class Span:
    """Local days of the practice, both included."""

    first: date
    last: date
    zone: ZoneInfo

    def moments(self) -> tuple[datetime, datetime]:
        """From one local midnight to another, in UTC."""
        start = datetime.combine(self.first, time.min, self.zone)
        end = datetime.combine(self.last + timedelta(days=1), time.min, self.zone)
        return start.astimezone(UTC), end.astimezone(UTC)


@dataclass(frozen=True)
class Line:
    """One provider, place, kind of visit or week; `unclosed` are past visits of which nobody said what became of them.

    Minutes in use, and those that were open, times the provider's lanes (None: not asked).
    """

    label: str
    held: int
    ahead: int
    unclosed: int
    no_show: int
    left: int
    cancelled: int
    late: int
    moved: int
    overbooked: int
    minutes: int
    open_minutes: int | None

    @property
    def no_show_rate(self) -> float | None:
        """Of those who were expected and whose day is over; None where nobody was."""
        return _share(self.no_show, self.held + self.no_show + self.left)

    @property
    def booked(self) -> int:
        """Everything that was booked and not moved elsewhere."""
        return self.held + self.ahead + self.unclosed + self.no_show + self.left + self.cancelled

    @property
    def cancel_rate(self) -> float | None:
        """Of everything that was booked and not moved elsewhere."""
        return _share(self.cancelled, self.booked)

    @property
    def utilisation(self) -> float | None:
        """Minutes in use by visits held or to come, of the minutes open."""
        return _share(self.minutes, self.open_minutes) if self.open_minutes is not None else None


@dataclass(frozen=True)
class Tally:
    """How often something was so, and its share of all."""

    label: str
    count: int
    share: float | None


@dataclass(frozen=True)
class Wait:
    """How soon a provider has a time: days to the third next one, and what was looked for. None: none within the days."""

    provider: Provider
    days: int | None


# By what is counted: its title, the field of a visit, and whose an open stretch of a provider is. Hours are open to every
# kind of visit, so that there is no utilisation by kind.
BY: dict[str, tuple[str, str, Callable[[Provider, Any], Any] | None]] = {
    "provider": ("Provider", "provider", lambda whose, _: whose.pk),
    "place": ("Place", "location", lambda _, piece: piece.location.pk),
    "kind": ("Kind of visit", "visit_type", None),
    "week": ("Week", "week", lambda _, piece: _monday(piece.day)),
}


def lines(user: User, span: Span, by: str, *, now: datetime) -> list[Line]:
    """One line for each provider (in the board's order), place, kind of visit or week. Five queries and the names."""
    _, what, key = BY[by]
    rows = _visits(user, span)
    if what == "week":
        rows = rows.annotate(week=TruncWeek("starts_at", tzinfo=span.zone))
    counted = rows.order_by().values(what).annotate(
        held=_number(status__in=HELD),
        ahead=_number(status__in=AHEAD, ends_at__gt=now),
        unclosed=_number(status__in=AHEAD, ends_at__lte=now),
        no_show=_number(status=Status.NO_SHOW),
        left=_number(status=Status.LEFT),
        cancelled=_number(status=Status.CANCELLED),
        late=_number(status=Status.CANCELLED, is_late_cancel=True),
        moved=_number(status=Status.RESCHEDULED),
        overbooked=_number(status__in=(*HELD, *AHEAD), overbook_reason__isnull=False),
    )  # fmt: skip
    found = {(row.pop(what).date() if what == "week" else row.pop(what)): row for row in counted}
    opened = _open_minutes(user, span, key) if key else None
    in_use = _minutes_in_use(user, span, what, now)
    return [
        _line(label, found.get(pk), in_use.get(str(pk), 0), None if opened is None else opened.get(pk, 0))
        for pk, label in labels(user, span, by).items()
    ]


def labels(user: User, span: Span, by: str) -> dict[Any, str]:
    """What the lines are called, in their order; a week by its Monday."""
    if by == "provider":
        return {one.pk: str(one) for one in Provider.objects.open_to(user).seen_between(*span.moments())}
    if by == "week":
        return {day: f"{day:%b} {day.day}" for day in sorted({_monday(day) for day in days(span.first, span.last)})}
    return _names(user, BY[by][1])


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def cancelled_by_reason(user: User, span: Span) -> list[Tally]:
    """Why visits were cancelled, the most frequent first."""
    found = _visits(user, span).filter(status=Status.CANCELLED).values_list("cancel_reason").annotate(number=Count("pk"))
    return _tallies((CancelReason(code).label, number) for code, number in found)


def cancelled_by_whom(user: User, span: Span) -> list[Tally]:
    """By whose wish visits were cancelled."""
    found = _visits(user, span).filter(status=Status.CANCELLED).values_list("cancel_initiator").annotate(number=Count("pk"))
    return _tallies((Initiator(code).label, number) for code, number in found)


def cancelled_by_notice(user: User, span: Span) -> list[Tally]:
    """How long before their beginning visits were cancelled."""
    return _by_notice(_visits(user, span).filter(status=Status.CANCELLED), "status_since")


def no_shows_by_lead(user: User, span: Span) -> list[Tally]:
    """How long before their beginning those visits had first been booked, before any move, to which nobody came."""
    hours = [low for _, low, _ in NOTICE if low is not None]
    counts = counting.booked_before(_ids(user), *span.moments(), hours)
    return _tallies(((words, number) for (words, _, _), number in zip(NOTICE, counts, strict=True)), in_order=True)


def unclosed(user: User, span: Span, *, now: datetime) -> list[tuple[date, int]]:
    """The local days on which visits are still to be closed, and how many: nobody said what became of them."""
    rows = _visits(user, span).filter(status__in=AHEAD, ends_at__lte=now)
    found = rows.annotate(day=TruncDate("starts_at", tzinfo=span.zone)).order_by("day").values_list("day")
    return list(found.annotate(number=Count("pk")))


def third_next(user: User, kind: VisitType, *, now: datetime, zone: ZoneInfo) -> list[Wait]:
    """Days to each provider's third next time: the usual measure of access, since the first is often somebody's loss.

    Times that overlap are one: only those are counted that could all be booked.
    """
    providers = _providers(user)
    today = now.astimezone(zone).date()
    search = Search(kind, providers, today, today + timedelta(days=LOOKED_AHEAD))
    found: dict[Any, int] = defaultdict(int)
    last: dict[Any, datetime] = {}
    third: dict[Any, int] = {}
    for opening in openings.by_time(search, now=now):
        pk = opening.provider.pk
        if pk in last and opening.starts_at < last[pk]:
            continue
        last[pk] = opening.ends_at
        found[pk] += 1
        if found[pk] == 3:
            third[pk] = (opening.starts_at.astimezone(zone).date() - today).days
            if len(third) == len(providers):
                break
    return [Wait(one, third.get(one.pk)) for one in providers]


def _providers(user: User) -> list[Provider]:
    return list(Provider.objects.open_to(user).working().select_related("resource"))


def _visits(user: User, span: Span) -> Any:
    """Also of charts that are closed to the user: a number names nobody."""
    start, end = span.moments()
    rows = Appointment.objects.filter(provider__in=Provider.objects.open_to(user))
    return rows.filter(starts_at__gte=start, starts_at__lt=end).exclude(status=Status.IN_ERROR)


def _names(user: User, what: str) -> dict[Any, str]:
    model = Appointment._meta.get_field(what).related_model
    assert isinstance(model, type)
    return {row.pk: str(row) for row in model.objects.visible_to(user).order_by("name", "pk")}  # type: ignore[attr-defined]


def _number(**so: Any) -> Count:
    return Count("pk", filter=Q(**so))


def _line(label: str, row: dict[str, Any] | None, minutes: int, open_minutes: int | None) -> Line:
    return Line(label, **(row or dict.fromkeys(COUNTED, 0)), minutes=minutes, open_minutes=open_minutes)


def _ids(user: User) -> list[Any]:
    return list(Provider.objects.open_to(user).values_list("pk", flat=True))


def _minutes_in_use(user: User, span: Span, what: str, now: datetime) -> dict[str, int]:
    start, end = span.moments()
    asked = {"providers": _ids(user), "start": start, "end": end, "zone": span.zone.key, "now": now}
    return counting.minutes_in_use(what, held=HELD, ahead=AHEAD, **asked)


def _open_minutes(user: User, span: Span, key: Callable[[Provider, Any], Any]) -> dict[Any, int]:
    """Times each provider's lanes. Of one who sees no patients any more, until the day of her last visit that was held."""
    held = _visits(user, span).filter(status__in=HELD, provider__is_active=False).order_by().values_list("provider")
    until = {pk: last.astimezone(span.zone).date() for pk, last in held.annotate(last=Max("starts_at"))}
    seen = Provider.objects.open_to(user).seen_between(*span.moments()).select_related("resource")
    providers = [one for one in seen if one.is_active or one.pk in until]
    hours = Hours(providers, span.first, span.last, left_too=True)
    answer: dict[Any, int] = defaultdict(int)
    for day in days(span.first, span.last):
        for provider in providers:
            if day > until.get(provider.pk, day):
                continue
            for piece in hours.open(provider, day):
                answer[key(provider, piece)] += (piece.end - piece.start) // 60 * provider.resource.capacity
    return answer


def _by_notice(rows: Any, since: str) -> list[Tally]:
    notice = ExpressionWrapper(F("starts_at") - F(since), output_field=DurationField())
    sums = {str(n): Count("pk", filter=_between(low, high)) for n, (_, low, high) in enumerate(NOTICE)}
    found = rows.annotate(notice=notice).aggregate(**sums)
    return _tallies(((words, found[str(n)]) for n, (words, _, _) in enumerate(NOTICE)), in_order=True)


def _between(low: int | None, high: int | None) -> Q:
    answer = Q()
    if low is not None:
        answer &= Q(notice__gte=timedelta(hours=low))
    if high is not None:
        answer &= Q(notice__lt=timedelta(hours=high))
    return answer


def _tallies(pairs: Iterable[tuple[str, int]], *, in_order: bool = False) -> list[Tally]:
    found = list(pairs)
    total = sum(number for _, number in found)
    rows = [Tally(label, number, _share(number, total)) for label, number in found]
    return rows if in_order else sorted(rows, key=lambda row: (-row.count, row.label))


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None
