"""What becomes of booked visits when the set-up changes: hours, a place, or what a kind of visit needs.

What is written inside of these may put visits out of hours: they become work. What comes back in may stay. Each is used
within a transaction, and leaves on its row as `displaced` how many became work.
"""

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from compliance.models import Location, User
from scheduling import displaced, kept_out, needing, taking
from scheduling.enums import ResourceKind
from scheduling.models import Appointment, DayException, HoursPart, Need, Provider, Resource, WorkingHours

Outside = dict[UUID, Appointment]


@contextmanager
def of_row(row: Any, *, by: User, now: datetime | None) -> Iterator[None]:
    """Of hours, a part of them or a different day; of a need, room or machine; of other rows nothing.

    Two who enter hours of one provider at once see each other's, and no visit is booked meanwhile. Without `now` a row
    can only add to her time.
    """
    with transaction.atomic():
        if isinstance(row, WorkingHours | HoursPart | DayException):
            whose = _whose(row)
            taking.one_at_a_time(*(one.resource_id for one in whose))
            if now is None:
                assert isinstance(row, WorkingHours)
                yield
                return
            with _out_of_hours(row, lambda: _outside(whose, now), lambda: _why(row), by=by, now=now):
                yield
            return
        fitted = _fitted_by(row)
        yield
        if now is not None:
            row.displaced = sum(needing.settle(one, by=by, now=now) for one in fitted)


@contextmanager
def of_place(place: Location, by: User, now: datetime) -> Iterator[None]:
    """Of a place that is left, or whose clock is another one. Nobody books meanwhile."""

    def why() -> str:
        return "the time zone of the place changed" if place.is_active else f"{place} is not in use any more"

    taking.one_at_a_time(*Resource.objects.filter(kind=ResourceKind.PROVIDER).values_list("pk", flat=True))
    with _out_of_hours(place, lambda: kept_out.outside_at(place, now=now), why, by=by, now=now):
        yield


@contextmanager
def _out_of_hours(
    row: Any, outside: Callable[[], Outside], why: Callable[[], str], *, by: User, now: datetime
) -> Iterator[None]:
    before = outside()
    yield
    after = outside()
    new = [visit for pk, visit in after.items() if pk not in before]
    row.displaced = displaced.give_work(new, why=why(), by=by, now=now)
    displaced.take_work_back([visit for pk, visit in before.items() if pk not in after], now=now)


def _whose(row: WorkingHours | HoursPart | DayException) -> list[Provider]:
    """Whose time it makes, and whose it made before."""
    way = "hours__provider" if isinstance(row, HoursPart) else "provider"
    before = type(row)._default_manager.filter(pk=row.pk).values_list(way, flat=True)
    now = row.hours.provider if isinstance(row, HoursPart) else row.provider
    return [now, *Provider.objects.filter(pk__in=before).exclude(pk=now.pk)]


def _outside(whose: Collection[Provider], now: datetime) -> Outside:
    return {pk: visit for one in whose for pk, visit in kept_out.outside(one, now=now).items()}


def _why(row: WorkingHours | HoursPart | DayException) -> str:
    """Why a visit cannot be then; her own reason, where there is one."""
    if isinstance(row, HoursPart):
        return f"{row.name} is then"
    return getattr(row, "reason", "") or f"{row.provider} does not work then"


def _fitted_by(row: Any) -> list[Need | Resource]:
    """Whose visits take other things by what becomes of a row: a need of another kind was one of the kind before."""
    if isinstance(row, Need):
        return [row, *Need.objects.filter(pk=row.pk).exclude(visit_type=row.visit_type)]
    return [row] if isinstance(row, Resource) and row.kind != ResourceKind.PROVIDER else []
