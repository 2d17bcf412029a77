"""What came of what was lost: time given back while somebody waited, wishes for an earlier time, and recalls.

A line is of one provider, place, kind of visit or week, as in `reports`. A figure that a line cannot know is None and
not zero: a freed time is of no kind, a wish or a recall of no one place.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q
from django.db.models.functions import TruncWeek

from compliance.models import User
from scheduling import reports
from scheduling.enums_waiting import OfferStatus, RecallStatus
from scheduling.models import FreedTime, Offer, Provider, Recall, WaitEntry

ANY = "Any provider"
PARTS = {  # of a line: (what there was, what came of it)
    "freed": ("Times given back", "filled from the list"),
    "wished": ("Wishes", "booked"),
    "recalled": ("Recalls due", "booked"),
}


@dataclass(frozen=True)
class Won:
    """How many there were, and of how many came a visit."""

    all: int
    won: int

    @property
    def share(self) -> float | None:
        """None where there was none."""
        return self.won / self.all if self.all else None


@dataclass(frozen=True)
class Line:
    """Times given back while somebody waited, wishes put on the list, recalls due. None: cannot be told."""

    label: str
    freed: Won | None
    wished: Won | None
    recalled: Won | None

    @property
    def told(self) -> list[tuple[str, str, Won]]:
        """What can be told: (what there was, what came of it, how many)."""
        return [(was, came, won) for name, (was, came) in PARTS.items() if (won := getattr(self, name)) is not None]

    @property
    def is_empty(self) -> bool:
        """Whether nothing happened."""
        return not any(one and one.all for one in (self.freed, self.wished, self.recalled))


# What each part is counted by: (of freed times, of wishes and recalls); None where it has no such thing.
FIELDS: dict[str, tuple[str | None, str | None]] = {
    "provider": ("provider", "provider"),
    "place": ("location", None),
    "kind": (None, "visit_type"),
    "week": ("week", "week"),
}


def lines(user: User, span: reports.Span, by: str) -> list[Line]:
    """One line for each of those of the report `by` (a key of `reports.BY`), in its order: four queries and the names."""
    of_freed, of_wish = FIELDS[by]
    freed = _freed(user, span, of_freed) if of_freed else None
    wished = _wished(user, span, of_wish) if of_wish else None
    recalled = _recalled(user, span, of_wish) if of_wish else None
    labels = reports.labels(user, span, by)
    if by == "provider":
        labels |= {**_left(user, {*freed, *wished, *recalled} - {*labels, None}), None: ANY}  # type: ignore[misc]
    found = [
        Line(label, *(None if part is None else part.get(pk, Won(0, 0)) for part in (freed, wished, recalled)))
        for pk, label in labels.items()
    ]
    return [one for one in found if one.label != ANY or not one.is_empty]


def _left(user: User, keys: set[Any]) -> dict[Any, str]:
    """Providers who have left and have no visit of the period, but to whom something happened."""
    return {one.pk: str(one) for one in Provider.objects.open_to(user).filter(pk__in=keys).order_by("name", "pk")}


def _freed(user: User, span: reports.Span, field: str) -> dict[Any, Won]:
    start, end = span.moments()
    filled = Offer.objects.filter(freed=OuterRef("pk"), status=OfferStatus.BOOKED)
    rows = FreedTime.objects.filter(provider__in=Provider.objects.open_to(user), starts_at__gte=start, starts_at__lt=end)
    return _won(rows.annotate(is_won=Exists(filled), week=TruncWeek("starts_at", tzinfo=span.zone)), field)


def _wished(user: User, span: reports.Span, field: str) -> dict[Any, Won]:
    start, end = span.moments()
    rows = WaitEntry.objects.filter(_open_to(user), waiting_since__gte=start, waiting_since__lt=end)
    is_won = Q(booked_visit__isnull=False)  # whether it was offered, or booked on the phone
    return _won(rows.annotate(is_won=is_won, week=TruncWeek("waiting_since", tzinfo=span.zone)), field)


def _recalled(user: User, span: reports.Span, field: str) -> dict[Any, Won]:
    rows = Recall.objects.filter(_open_to(user), due_on__gte=span.first, due_on__lte=span.last)
    return _won(rows.annotate(is_won=Q(status=RecallStatus.SCHEDULED), week=TruncWeek("due_on")), field)


def _open_to(user: User) -> Q:
    return Q(provider__isnull=True) | Q(provider__in=Provider.objects.open_to(user))


def _won(rows: Any, field: str) -> dict[Any, Won]:
    found = rows.order_by().values_list(field).annotate(all=Count("pk"), won=Count("pk", filter=Q(is_won=True)))
    return {_day(key): Won(number, won) for key, number, won in found}


def _day(key: Any) -> Any:
    """The Monday of a week that was cut from a moment."""
    return key.date() if hasattr(key, "date") else key


def totals(found: Iterable[Line]) -> Line:
    """All lines together."""
    parts = [[getattr(one, name) for one in found] for name in PARTS]
    sums = [None if None in part else Won(sum(one.all for one in part), sum(one.won for one in part)) for part in parts]
    return Line("All", *sums)
