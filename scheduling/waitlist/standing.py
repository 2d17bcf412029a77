"""Whether what is offered can still be had."""

from datetime import datetime, timedelta

from compliance.models import Location
from scheduling import kinds, taking
from scheduling.contacting import is_callable
from scheduling.models import Offer, Provider, VisitType, WaitEntry
from scheduling.presence import OutsideHours, where_open
from scheduling.taking import SlotTaken


def room_for(entry: WaitEntry, provider: Provider, location: Location, starts_at: datetime, *, now: datetime) -> None:
    """Raises SlotTaken, also where the day has as many of these visits as are wanted. Who gives time away locks it first."""
    kind = kinds.kind_for(entry.visit_type, entry.patient, now=now)
    start, end = taking.span(starts_at, kind)
    taking.free_lane(provider.resource, start, end, now=now, visit_type=kind, starts_at=starts_at)
    over = starts_at + timedelta(minutes=kind.minutes)
    taking.meet(kinds.wanted_by(kind), location, starts_at, over, visit_type=kind, now=now)
    try:
        kinds.within_limits(kind, provider, location, starts_at, new=kinds.is_new(entry.patient, now=now))
    except kinds.LimitReached:
        raise SlotTaken from None


def has_room(offer: Offer, *, now: datetime) -> bool:
    """Whether the offered time can still be taken."""
    try:
        room_for(offer.entry, offer.provider, offer.location, offer.starts_at, now=now)
    except SlotTaken:
        return False
    return True


def insist(offer: Offer, kind: VisitType, *, now: datetime) -> None:
    """What is told to be held can be booked: raises SlotTaken where the time was closed or the day filled meanwhile."""
    try:
        where_open(offer.provider, offer.starts_at, kind, now=now)
    except OutsideHours:
        raise SlotTaken from None
    room_for(offer.entry, offer.provider, offer.location, offer.starts_at, now=now)


def is_void(offer: Offer, *, now: datetime) -> bool:
    """Whether the time was closed, its provider left, or she is not to be called any more."""
    if not (offer.provider.is_active and is_callable(offer.patient)):
        return True
    try:
        where_open(offer.provider, offer.starts_at, kinds.kind_for(offer.entry.visit_type, offer.patient, now=now), now=now)
    except OutsideHours:
        return True
    return False
