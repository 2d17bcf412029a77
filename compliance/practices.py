"""The one writer of a practice's settings, its locations and its office hours."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, ExitStack
from datetime import datetime
from typing import Any
from zlib import crc32

from django.db import transaction

from compliance import rows
from compliance.audit import events
from compliance.models import FieldChange, Location, OfficeHours, Practice, User
from compliance.models.base import LARGEST_VERSION

SETTINGS = (
    "name",
    "phone",
    "time_zone",
    "state",
    "idle_minutes",
    "hold_minutes",
    "no_show_grace_minutes",
    "waiting_limit_minutes",
    "eligibility_days",
)

Follows = Callable[[Location, User, datetime], AbstractContextManager[None]]
FOLLOWS: dict[str, Follows] = {}


class LastLocation(Exception):
    """A practice needs a place where it sees patients."""


class HoursOverlap(Exception):
    """The practice is open then already; `other` says when."""

    def __init__(self, other: OfficeHours) -> None:
        self.other = other
        super().__init__("Two stretches of office hours overlap.")


def follow_places(what: str, follows: Follows) -> None:
    """Have what an app that lies higher keeps at a place follow when the place changes. Once, when Django starts.

    The place is changed inside `follows`, in one transaction; it says on the row as `displaced` how many visits became work.
    """
    FOLLOWS[what] = follows


def edition(practice: Practice) -> int:
    """A number that is another one as soon as a setting is; the row, which stands outside the wall, has no version."""
    return crc32("|".join(str(getattr(practice, name)) for name in SETTINGS).encode()) % LARGEST_VERSION + 1


def change_settings(practice: Practice, values: Mapping[str, Any], *, version: int, by: User) -> Practice:
    """Change settings; keeps old and new as a field change. `version` is the edition shown. Raises Stale."""
    with transaction.atomic():
        before = Practice.objects.select_for_update(no_key=True).get(pk=practice.pk)
        if edition(before) != version:
            raise rows.Stale(before)
        after = Practice.objects.get(pk=practice.pk)
        for name in set(values) & set(SETTINGS):
            setattr(after, name, values[name])
        after.save(update_fields=[name for name in SETTINGS if name in values])
        changes = {name: [str(getattr(before, name)), str(getattr(after, name))] for name in SETTINGS if name in values}
        FieldChange.objects.log_create(after, action=FieldChange.Action.UPDATE, changes=changes)
        events.record("practice.changed", after, action=events.UPDATE, by=by, body={"fields": sorted(values)})
    return after


def add(row: Location | OfficeHours, *, by: User) -> Location | OfficeHours:
    """Add a location, or a stretch of office hours. Raises HoursOverlap."""
    if isinstance(row, OfficeHours):
        _refuse_overlap(row)
    return rows.add(row, by=by)


def change(
    row: Location | OfficeHours, values: Mapping[str, Any], *, version: int, by: User, now: datetime
) -> Location | OfficeHours:
    """Change a location or office hours. Raises Stale, HoursOverlap, LastLocation.

    Where a location is left or its zone changes, what is kept there follows.
    """
    for name, value in values.items():
        setattr(row, name, value)
    if isinstance(row, OfficeHours):
        _refuse_overlap(row)
    elif values.get("is_active") is False and not _others_in_use(row):
        raise LastLocation
    moves = isinstance(row, Location) and not {"is_active", "time_zone"}.isdisjoint(values)
    with transaction.atomic(), ExitStack() as around:
        for follows in FOLLOWS.values() if moves else ():
            around.enter_context(follows(row, by, now))  # type: ignore[arg-type]
        return rows.change(row, values, version=version, by=by, now=now)


def remove(row: Location | OfficeHours, *, by: User) -> None:
    """Remove what nothing refers to. Raises Referenced, LastLocation."""
    if isinstance(row, Location) and not _others_in_use(row):
        raise LastLocation
    rows.remove(row, by=by)


def _others_in_use(location: Location) -> bool:
    return Location.objects.filter(is_active=True).exclude(pk=location.pk).exists()


def _refuse_overlap(hours: OfficeHours) -> None:
    same_day = OfficeHours.objects.filter(weekday=hours.weekday).exclude(pk=hours.pk)
    other = same_day.filter(opens__lt=hours.closes, closes__gt=hours.opens).first()
    if other is not None:
        raise HoursOverlap(other)
