"""The choices by which lists of the set-up are narrowed: whose, where, of which kind, and when."""

from typing import Any

from django.db.models import Q
from django.http import HttpRequest
from django.utils import timezone

from compliance.admin_lists import Narrowing, Ways, narrowing
from compliance.models import Location, OfficeHours
from scheduling.enums import Mode
from scheduling.models import Provider, VisitType


def by_provider(way: str = "provider") -> type[Narrowing]:
    """Those of one provider; `way` leads from a row to her."""
    return narrowing("Provider", way, lambda request: _rows(_providers(request), way))


def by_place(way: str = "location") -> type[Narrowing]:
    """Those at one place."""
    return narrowing("Place", way, lambda request: _rows(_places(request), way))


def by_kind(way: str = "visit_type") -> type[Narrowing]:
    """Those of one kind of visit."""
    return narrowing("Visit type", way, lambda request: _rows(_kinds(request), way))


def by_weekday() -> type[Narrowing]:
    """Those of one weekday."""
    days = {str(day.value): (str(day.label), Q(weekday=day)) for day in OfficeHours.Weekday}
    return narrowing("Day", "weekday", lambda _: days)


def by_mode() -> type[Narrowing]:
    """Kinds of visit that take place in one way."""
    ways = {str(mode.value): (str(mode.label), Q(modes__contains=[mode.value])) for mode in Mode}
    return narrowing("How", "mode", lambda _: ways)


def by_validity() -> type[Narrowing]:
    """Hours that hold today, later, or no more."""
    return narrowing("Valid", "valid", lambda _: _validity())


def by_day() -> type[Narrowing]:
    """Single days from today on, or before."""
    return narrowing("When", "when", lambda _: _before_and_after(Q(day__gte=timezone.localdate())))


def by_end() -> type[Narrowing]:
    """Closed times that are not over, or over."""
    return narrowing("When", "when", lambda _: _before_and_after(Q(ends_at__gt=timezone.now())))


WHOSE: Ways = {
    "practice": ("The whole practice", Q(provider=None, location=None, resource=None)),
    "provider": ("A provider", Q(provider__isnull=False, outside=None)),
    "place": ("A place", Q(location__isnull=False)),
    "thing": ("A room or machine", Q(resource__isnull=False)),
    "outside": ("From a calendar elsewhere", Q(outside__isnull=False)),
}


def by_whose() -> type[Narrowing]:
    """Closed times of the practice, of people, places or things."""
    return narrowing("Of", "of", lambda _: WHOSE)


def _rows(rows: Any, way: str) -> Ways:
    return {str(row.pk): (str(row), Q(**{way: row.pk})) for row in rows}


def _providers(request: HttpRequest) -> Any:
    return Provider.objects.open_to(request.user).order_by("position", "name", "pk")  # type: ignore[arg-type]


def _places(request: HttpRequest) -> Any:
    return Location.objects.visible_to(request.user).order_by("name", "pk")


def _kinds(request: HttpRequest) -> Any:
    return VisitType.objects.visible_to(request.user).order_by("position", "name", "pk")  # type: ignore[arg-type]


def _validity() -> Ways:
    today = timezone.localdate()
    is_over = Q(valid_until__lt=today)
    begun = Q(valid_from__lte=today)
    return {"now": ("Now", begun & ~is_over), "later": ("Later", ~begun), "over": ("No more", is_over)}


def _before_and_after(ahead: Q) -> Ways:
    return {"ahead": ("Now and to come", ahead), "over": ("Over", ~ahead)}
