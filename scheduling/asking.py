"""What is asked for of a visit, and whether it may be booked at all, before anything of a calendar is taken."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from compliance.models import Location
from patients.models import Patient
from scheduling import kinds
from scheduling.enums import TAKES_TIME, Mode, ResourceKind, Source
from scheduling.kinds import NotSchedulable
from scheduling.local import hours_long
from scheduling.models import Appointment, Provider, Resource, VisitType

SINCE = (Source.IMPORT, Source.WALK_IN)  # no lead time: it stands elsewhere already, or she is here


class PatientBusy(Exception):
    """The patient has `visit` then already, or (`is_elsewhere`) the same day at another place.

    A warning: `despite_overlap=True` books all the same.
    """

    def __init__(self, visit: Appointment, *, is_elsewhere: bool = False) -> None:
        self.visit, self.is_elsewhere = visit, is_elsewhere
        there = "at another place on that day" if is_elsewhere else "at that time"
        super().__init__(f"The patient has another visit {there}.")


class WrongRoom(NotSchedulable):
    """The chosen room is at another place, or not in use. The text says which."""


@dataclass(frozen=True)
class Wish:
    """A visit as it is to become, apart from whose and when it is moved from.

    `is_new_patient` None: as the practice's own visits say. The kind's minutes follow it. `is_promised`: the time was held
    out to her by the rules of that moment; lead time and daily limits are not asked again.
    """

    patient: Patient
    provider: Provider
    starts_at: datetime
    visit_type: VisitType
    mode: str = Mode.OFFICE
    reason: str = ""
    comment: str = ""
    source: str = Source.PHONE
    location: Location | None = None
    room: Resource | None = None
    overbook_reason: str = ""
    is_new_patient: bool | None = None
    prepared: tuple[str, ...] = ()
    despite_overlap: bool = False
    is_promised: bool = False
    held_for: UUID | None = None
    is_moved: bool = False

    def comes_from(self, *sources: Source) -> bool:
        """Whether it is new from one of these; when it is moved here later, its source excuses nothing any more."""
        return self.source in sources and not self.is_moved

    @property
    def ends_at(self) -> datetime:
        """Without the buffer."""
        return self.starts_at + timedelta(minutes=self.visit_type.minutes)

    def settled(self, now: datetime) -> "Wish":
        """The same with what is known of the patient, and the kind with the minutes that follow from it."""
        new = kinds.is_new(self.patient, now=now) if self.is_new_patient is None else self.is_new_patient
        return replace(self, is_new_patient=new, visit_type=self.visit_type.as_for(new_patient=new))


def not_elsewhere(wish: Wish, location: Location, before: Appointment | None) -> None:
    """Her own other visit then, or that day at another place, is a warning; not one that stood `before` it was moved."""
    if wish.despite_overlap:
        return
    zone = ZoneInfo(location.time_zone)
    own = Appointment.objects.filter(patient=wish.patient, status__in=TAKES_TIME)
    near = own.on(wish.starts_at.astimezone(zone).date(), zone).select_related("provider", "location")
    if found := in_the_way(near.order_by("starts_at", "pk"), wish, location, before):
        other, is_elsewhere = found
        raise PatientBusy(other, is_elsewhere=is_elsewhere)


def in_the_way(own: Iterable[Any], wish: Wish, location: Location, before: Appointment | None) -> tuple[Any, bool] | None:
    """The first of her own visits that a wish meets, or (True) that is the same local day at another place.

    `own` have a beginning, an end and a `location_id`, all of them, or those of the day.
    What met `before`, or was another place for it that day, is not brought by the move.
    """
    midnight, next_midnight = kinds.day_of(wish.starts_at, location)
    was_that_day = before is not None and midnight <= before.starts_at < next_midnight
    for other in own:
        if _meets(other, wish) and not (before and _meets(other, before)):
            return other, False
        is_away = midnight <= other.starts_at < next_midnight and other.location_id not in (None, location.pk)
        was_away = before is not None and was_that_day and other.location_id != before.location_id
        if is_away and not was_away:
            return other, True
    return None


def _meets(other: Any, one: Appointment | Wish) -> bool:
    return other.starts_at < one.ends_at and other.ends_at > one.starts_at


def schedulable(wish: Wish, now: datetime, *, instead_of: Appointment | None = None) -> None:
    """Whether this may be booked at all, whatever the calendar says. Raises NotSchedulable with the first obstacle."""
    offered(wish, instead_of=instead_of)
    _in_time(wish, now)


def offered(wish: Wish, *, instead_of: Appointment | None = None) -> None:
    """The same whatever its time. Raises NotSchedulable with the first obstacle.

    A kind or a way that is not offered any more is asked of what is new: a visit that stands keeps its own.
    """
    if wish.patient.is_deceased:
        raise NotSchedulable("The patient has died.")
    if not wish.patient.is_active:
        raise NotSchedulable("The patient's record is not active.")
    sees_patients(wish.provider)
    is_of_old_kind = instead_of is not None and instead_of.visit_type_id == wish.visit_type.pk
    if not wish.visit_type.is_active and not is_of_old_kind:
        raise NotSchedulable(f"{wish.visit_type} is not offered any more.")
    offered_this_way(wish, instead_of)


def sees_patients(provider: Provider, time: Resource | None = None) -> None:
    """Raises NotSchedulable for one who left, also while the lock on her `time` was waited for."""
    if not provider.is_active or (time is not None and not time.is_active):
        raise NotSchedulable(f"{provider} does not see patients any more.")


def in_room(wish: Wish, location: Location, instead_of: Appointment | None = None) -> Wish:
    """The wish, where its room is in use at the place. Raises WrongRoom; a room of the visit before stays behind instead."""
    room = wish.room
    is_usable = room is None or (room.kind == ResourceKind.ROOM and room.is_active)
    if room is None or (is_usable and room.location_id in (None, location.pk)):
        return wish
    if instead_of and instead_of.room_id == room.pk:
        return replace(wish, room=None)
    raise WrongRoom(
        f"{room} is at {room.location}, and this visit at {location}." if is_usable else "That room is not in use."
    )


def _in_time(wish: Wish, now: datetime) -> None:
    """Raises NotSchedulable for a time that has passed, or comes sooner than this kind of visit is booked.

    A walk-in that is double-booked begins in the minute that runs; that it is of today is asked by `walk_ins`.
    """
    is_here = bool(wish.overbook_reason) and wish.comes_from(Source.WALK_IN)
    if wish.starts_at < now and not is_here:
        raise NotSchedulable("That time has passed.")
    if wish.overbook_reason or wish.is_promised or wish.comes_from(*SINCE):
        return
    if wish.starts_at < now + timedelta(hours=wish.visit_type.lead_hours):
        raise NotSchedulable(f"{wish.visit_type} is booked at least {hours_long(wish.visit_type.lead_hours)} ahead.")


def offered_this_way(wish: Wish, before: Appointment | None) -> None:
    """Raises NotSchedulable for a way in which this kind of visit does not take place; not for what stays as it is."""
    if before and (before.visit_type_id, before.mode) == (wish.visit_type.pk, wish.mode):
        return
    if wish.visit_type.modes and wish.mode not in wish.visit_type.modes:
        raise NotSchedulable(f"{wish.visit_type} is not offered this way: {Mode(wish.mode).label.lower()}.")


def as_it_is(appointment: Appointment) -> Wish:
    """The wish that a visit fulfils."""
    return Wish(
        patient=appointment.patient,
        provider=appointment.provider,
        starts_at=appointment.starts_at,
        visit_type=appointment.visit_type,
        mode=appointment.mode,
        reason=appointment.reason or "",
        comment=appointment.comment or "",
        source=appointment.source,
        room=None if by_need(appointment) else appointment.room,
        is_new_patient=appointment.is_new_patient,
        prepared=tuple(appointment.prepared),
        is_moved=True,
    )


def by_need(appointment: Appointment) -> bool:
    """Whether its kind says which room it takes: at another time that may be another one."""
    room = appointment.room
    return room is not None and any(
        room in one.candidates for one in kinds.wanted_by(appointment.visit_type, appointment.mode)
    )
