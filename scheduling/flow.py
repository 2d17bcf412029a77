"""Where everybody of a day is: who waits, for how long, in which room, and what comes next."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from compliance.models import User
from patients.names import listed_of, rows_of
from scheduling.day import NEXT_ACT, SHOWN
from scheduling.enums import LOOKS, OVER, UPCOMING, ResourceKind, Status
from scheduling.models import Appointment, Occupation, Resource

LATE = timedelta(minutes=5)  # after the beginning, before somebody who is not there is called late
WAITING = (Status.ARRIVED, Status.CHECKED_IN)
ORDER = (
    Status.ARRIVED, Status.CHECKED_IN, Status.ROOMED, Status.CONFIRMED, Status.BOOKED,
    Status.FULFILLED, Status.LEFT, Status.NO_SHOW,
)  # fmt: skip


@dataclass(frozen=True)
class Seen:
    """One visit. `minutes` in its state, None while she is not here; `late` minutes past its beginning, not there.

    `rooms` are those to which she can be shown now.
    """

    visit: Appointment
    name: str
    minutes: int | None
    is_long: bool
    late: int | None
    rooms: Sequence[Resource] = ()

    @property
    def look(self) -> tuple[str, str]:
        """(stylesheet class, icon) of its status."""
        return LOOKS[Status(self.visit.status)]

    @property
    def act(self) -> tuple[str, str] | None:
        """(verb, words) of the usual next step."""
        return NEXT_ACT.get(Status(self.visit.status))


@dataclass(frozen=True)
class Group:
    """Visits that share a state, a provider or a room."""

    title: str
    rows: list[Seen]

    @property
    def is_over(self) -> bool:
        """Whether nothing is left to be done with any of them."""
        return all(one.visit.status in OVER for one in self.rows)


def _state(seen: Seen) -> tuple[object, str]:
    if seen.late is not None:
        return -1, "Late"
    return ORDER.index(Status(seen.visit.status)), str(Status(seen.visit.status).label)


def _provider(seen: Seen) -> tuple[object, str]:
    provider = seen.visit.provider
    return (provider.position, provider.name), str(provider)


def _room(seen: Seen) -> tuple[object, str]:
    room = seen.visit.room
    return (room is None, str(room)), str(room) if room else "No room yet"


BY: dict[str, tuple[str, Callable[[Seen], tuple[object, str]]]] = {
    "state": ("State", _state),
    "provider": ("Provider", _provider),
    "room": ("Room", _room),
}


def of_day(user: User, day: date, by: str, *, zone: ZoneInfo, limit: int, now: datetime) -> list[Group]:
    """The day's visits in groups, each by time, who is late first. `limit` (minutes): when waiting is long. Four queries."""
    rows = Appointment.objects.visible_to(user).filter(status__in=SHOWN).on(day, zone)
    visits = list(rows.select_related("provider", "visit_type", "room", "location").order_by("starts_at", "pk"))
    names = rows_of({visit.patient_id for visit in visits})
    key, is_today = BY[by][1], day == now.astimezone(zone).date()
    seen = [_seen(one, listed_of(names.get(one.patient_id, ())), limit, now, is_today=is_today) for one in visits]
    rooms = free_rooms(user, [one.visit for one in seen if is_today and one.act and one.act[0] == "room"], now=now)
    seen = [replace(one, rooms=rooms.get(one.visit.pk, ())) for one in seen]
    found: dict[tuple[object, str], list[Seen]] = {}
    for one in sorted(seen, key=lambda one: (key(one)[0], one.late is None)):  # type: ignore[arg-type, return-value]
        found.setdefault(key(one), []).append(one)
    return [Group(title, rows) for (_, title), rows in found.items()]


def _seen(visit: Appointment, name: str, limit: int, now: datetime, *, is_today: bool) -> Seen:
    status = Status(visit.status)
    is_here = status in (*WAITING, Status.ROOMED)
    minutes = max(int((now - visit.status_since).total_seconds() // 60), 0) if is_here else None
    past = now - visit.starts_at
    late = int(past.total_seconds() // 60) if is_today and status in UPCOMING and past > LATE else None
    return Seen(visit, name, minutes, status in WAITING and minutes is not None and minutes > limit, late)


def free_rooms(user: User, visits: Sequence[Appointment], *, now: datetime) -> dict[UUID, list[Resource]]:
    """The rooms to which each visit's patient can be shown, her own among them: free while it lasts. Two queries."""
    if not visits:
        return {}
    rooms = list(Resource.objects.visible_to(user).filter(kind=ResourceKind.ROOM, is_active=True).order_by("name", "pk"))
    stretch = min(one.starts_at for one in visits), max(one.ends_at for one in visits)
    rows = Occupation.objects.filter(resource__in=rooms).overlapping(*stretch)
    taken = [row for row in rows if row.hold_until is None or row.hold_until > now]
    return {one.pk: [room for room in rooms if _is_free(room, one, taken)] for one in visits}


def _is_free(room: Resource, visit: Appointment, taken: Sequence[Occupation]) -> bool:
    if room.location_id not in (None, visit.location_id):
        return False
    others = [
        row
        for row in taken
        if row.resource_id == room.pk
        and row.appointment_id != visit.pk
        and row.starts_at < visit.ends_at
        and row.ends_at > visit.starts_at
    ]
    return len(others) < room.capacity
