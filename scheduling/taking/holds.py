"""Time that is kept for a while: for somebody on the phone, or for whoever was offered it."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Q

from compliance.models import Location, User
from scheduling.kinds import wanted_by
from scheduling.models import Occupation, Offer, Resource, VisitType
from scheduling.taking.lanes import free_lane, span
from scheduling.taking.visits import meet


def mine(held_for: UUID | None, by: User | None) -> Q:
    """One's own holds: of one call, or without a call those outside every call. Nobody else's, whatever call is named."""
    return Q(hold_until__isnull=False, held_for=held_for, held_by=by)


def hold_visit(
    resource: Resource,
    location: Location,
    starts_at: datetime,
    visit_type: VisitType,
    *,
    by: User,
    now: datetime,
    until: datetime,
    held_for: UUID | None,
    mode: str = "",
) -> Occupation:
    """Hold a provider's time for a visit, and what its kind needs. All of it is locked. Raises SlotTaken."""
    start, end = span(starts_at, visit_type)
    lane = free_lane(resource, start, end, now=now, visit_type=visit_type, starts_at=starts_at)
    stretch = starts_at, starts_at + timedelta(minutes=visit_type.minutes)
    for needed, its_lane in meet(wanted_by(visit_type, mode), location, *stretch, visit_type=visit_type, now=now):
        hold(needed, *stretch, its_lane, of=(visit_type, starts_at), by=by, until=until, held_for=held_for)
    return hold(resource, start, end, lane, of=(visit_type, starts_at), by=by, until=until, held_for=held_for)


def hold(
    resource: Resource,
    start: datetime,
    end: datetime,
    lane: int,
    *,
    by: User,
    until: datetime,
    held_for: UUID | None,
    of: tuple[VisitType, datetime] | None = None,
) -> Occupation:
    """Take a lane until a moment for somebody who is on the phone; `of` a kind of visit that begins then."""
    kind, begins = of or (None, None)
    return Occupation.objects.create(
        resource=resource,
        lane=lane,
        starts_at=start,
        ends_at=end,
        held_by=by,
        held_for=held_for,
        hold_until=until,
        held_kind_id=kind.pk if kind else None,
        held_from=begins,
    )


def let_go(*, held_for: UUID) -> None:
    """Free what is held for a call or an offer, whoever holds it."""
    Occupation.objects.filter(held_for=held_for, hold_until__isnull=False).delete()


def release_run_out(*, now: datetime) -> int:
    """Delete the holds that have run out; answers how many."""
    return Occupation.objects.filter(hold_until__lte=now).delete()[0]


def release_of(user: User, now: datetime) -> int:
    """Delete the holds of somebody who no longer works here; answers how many still stood.

    What a patient accepted stays held for her: it is the team's to book, and the offer's end frees it.
    """
    hers = Occupation.objects.filter(held_by=user).exclude(held_for__in=Offer.objects.out().values("pk"))
    standing = hers.holds(now).count()
    hers.delete()
    return standing
