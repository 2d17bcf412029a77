"""One real time offered to somebody who waits.

An offer holds nothing: the time stays free for whoever comes first, on the phone or by a link, and an offer whose time
is gone is withdrawn in the same transaction. Accepting it holds the time in the name of whoever offered it, until the
staff has booked it; nothing is booked by itself. The lock on the resource lets one taker through at a time.
"""

import hashlib
import secrets
from datetime import datetime, timedelta

from django.db import models, transaction

from compliance import cases, clock
from compliance.audit import events
from compliance.enums import CASE_STANDING, CaseStatus
from compliance.models import Location, User
from compliance.roles import Role
from scheduling import kinds, taking, waitlist
from scheduling.enums_waiting import (
    OFFER_NEXT,
    OFFER_OUT,
    WAIT_OPEN,
    OfferChannel,
    OfferStatus,
    RemovedBecause,
    WaitStatus,
)
from scheduling.models import FreedTime, Offer, OfferLink, Provider, VisitType, WaitEntry
from scheduling.presence import OutsideHours, where_open
from scheduling.taking import SlotTaken
from scheduling.waitlist import freed as freed_times
from scheduling.waitlist.matching import Free, mode_for

KIND = "wait-confirm"
O = OfferStatus  # noqa: E741  # as in the table


class NotOffered(Exception):
    """The offer cannot be answered so any more; `status` says where it stands."""

    def __init__(self, status: OfferStatus) -> None:
        self.status = status
        super().__init__(status.label)


class OfferedAlready(Exception):
    """This time is offered to her already."""


class NotContacted(Exception):
    """She does not wish to be contacted, has died, or does not come in the way that is offered."""


def make(
    entry: WaitEntry,
    free: Free,
    starts_at: datetime,
    *,
    channel: OfferChannel | str,
    expires_at: datetime,
    by: User,
    now: datetime,
    freed: FreedTime | None = None,
) -> Offer:
    """Offer one time, which is looked at under its lock. Raises SlotTaken, OutsideHours, NotContacted, OfferedAlready."""
    patient, mode = entry.patient, mode_for(entry)
    if patient.do_not_contact or patient.is_deceased or not patient.is_active or mode is None:
        raise NotContacted
    kind = kinds.kind_for(entry.visit_type, patient, now=now)
    location = where_open(free.provider, starts_at, kind, now=now)
    with transaction.atomic():
        taking.lock_for(kind, free.provider.resource_id)
        _room_for(entry, free.provider, location, starts_at, now=now)
        if Offer.objects.out().filter(entry=entry, starts_at=starts_at).exists():
            raise OfferedAlready
        until = starts_at + timedelta(minutes=kind.minutes)
        when = {"starts_at": starts_at, "ends_at": until, "at": now, "expires_at": min(expires_at, starts_at)}
        where = {"provider": free.provider, "location": location, "mode": mode}
        offer = Offer.objects.create(entry=entry, patient=patient, freed=freed, channel=channel, by=by, **when, **where)
        waitlist.remember(entry, offer=offer, came_from="", to=offer.status, by=by, now=now)
        events.record("offer.made", offer, action=events.CREATE, by=by, body={"channel": str(channel)})
        if entry.status == WaitStatus.WAITING:
            waitlist.go(entry, WaitStatus.OFFERED, by=by, now=now, offer=offer)
    return offer


def accept(offer: Offer, *, by: User | None, now: datetime) -> Offer:
    """She takes it: the time is held, every other offer of it is withdrawn, and booking it is work. `by` None: the link.

    Raises NotOffered when it was answered, has run out or was withdrawn; SlotTaken when the time is gone or closed or
    the day is full, and then the offer is withdrawn.
    """
    try:
        with taking.all_or_taken():
            return _accept(offer, by=by, now=now)
    except SlotTaken:
        withdraw(Offer.objects.select_related("entry").get(pk=offer.pk), by=None, now=now)
        raise


def decline(offer: Offer, *, by: User | None, now: datetime, keeps_waiting: bool = True) -> Offer:
    """She does not take it, and waits on, or wishes nothing more: then whatever else is offered to her is withdrawn.

    Raises NotOffered.
    """
    with transaction.atomic():
        _locked(offer)
        _still_out(offer, now)
        _end(offer, O.DECLINED, by=by, now=now)
        if not keeps_waiting and offer.entry.status in WAIT_OPEN:
            waitlist.remove(offer.entry, because=RemovedBecause.NO_LONGER_NEEDED, by=by, now=now)
    return offer


def withdraw(offer: Offer, *, by: User | None, now: datetime) -> bool:
    """Take an offer back; a time that was held for it is free again. False when it was over already."""
    with transaction.atomic():
        _locked(offer)
        if offer.status not in OFFER_OUT:
            return False
        _end(offer, O.WITHDRAWN, by=by, now=now)
    return True


def withdraw_all_of(entry: WaitEntry, *, by: User | None, now: datetime) -> None:
    """Nothing is offered to her any more."""
    for offer in Offer.objects.out().filter(entry=entry).select_related("entry", "provider"):
        withdraw(offer, by=by, now=now)


def expire(*, now: datetime) -> int:
    """End what was not answered in time, and what was accepted and never booked. For the clock; answers how many."""
    late = models.Q(status=O.OFFERED, expires_at__lte=now) | models.Q(status=O.ACCEPTED, starts_at__lte=now)
    rows = list(Offer.objects.filter(late).select_related("entry", "provider"))
    for offer in rows:
        with transaction.atomic():
            _locked(offer)
            if offer.status in OFFER_OUT:
                _end(offer, O.EXPIRED, by=None, now=now)
    return len(rows)


def booked(offer: Offer, *, visit: object, by: User | None, now: datetime) -> None:
    """The staff booked it: said by `following`, in the transaction that booked."""
    _end(offer, O.BOOKED, by=by, now=now, visit=visit)


def withdraw_taken(*, provider: object, starts_at: datetime, ends_at: datetime, now: datetime) -> int:
    """Withdraw every unanswered offer of a time for which no room is left. Answers how many. The resource is locked."""
    there = Offer.objects.filter(status=O.OFFERED, provider=provider, starts_at__lt=ends_at, ends_at__gt=starts_at)
    gone = [
        one
        for one in there.select_related("entry__visit_type", "entry__patient", "provider__resource", "location")
        if not has_room(one, now=now)
    ]
    return sum(withdraw(one, by=None, now=now) for one in gone)


def has_room(offer: Offer, *, now: datetime) -> bool:
    """Whether the offered time can still be taken."""
    try:
        _room_for(offer.entry, offer.provider, offer.location, offer.starts_at, now=now)
    except SlotTaken:
        return False
    return True


def new_link(offer: Offer) -> str:
    """The secret of a link by which the offer is answered. It stands nowhere else; its hash is kept.

    256 bits, by text 128: a text has room for 160 characters.
    """
    secret = secrets.token_urlsafe(16 if offer.channel == OfferChannel.TEXT else 32)
    OfferLink.objects.create(offer=offer, secret_hash=hashed(secret))
    return secret


def hashed(secret: str) -> str:
    """SHA-256: the secret is random and has 128 bits or more, so that nothing slower is needed."""
    return hashlib.sha256(secret.encode()).hexdigest()


def _accept(offer: Offer, *, by: User | None, now: datetime) -> Offer:
    kind = kinds.kind_for(offer.entry.visit_type, offer.patient, now=now)
    resource = taking.lock_for(kind, offer.provider.resource_id)[offer.provider.resource_id]
    _locked(offer)
    _still_out(offer, now)
    _still_there(offer, kind, now=now)
    place, until = offer.location, offer.starts_at
    taking.hold_visit(resource, place, until, kind, by=offer.by, now=now, until=until, held_for=offer.pk)
    _move(offer, O.ACCEPTED, by=by, now=now, answered_at=now, answered_by=by)
    offer.case = _confirm_work(offer, by=by, now=now)
    Offer.objects.filter(pk=offer.pk).update(case=offer.case)
    withdraw_taken(provider=offer.provider, starts_at=offer.starts_at, ends_at=offer.ends_at, now=now)
    if offer.freed:
        freed_times.settle(offer.freed, now=now, why="An offer of it was accepted.")
    return offer


def _still_there(offer: Offer, kind: VisitType, *, now: datetime) -> None:
    """What is told to be held can be booked: raises SlotTaken where the time was closed or the day filled meanwhile."""
    try:
        where_open(offer.provider, offer.starts_at, kind, now=now)
    except OutsideHours:
        raise SlotTaken from None
    _room_for(offer.entry, offer.provider, offer.location, offer.starts_at, now=now)


def _confirm_work(offer: Offer, *, by: User | None, now: datetime) -> cases.Case:
    here = offer.starts_at.astimezone(Free(offer.provider, offer.location, offer.starts_at, offer.ends_at).zone)
    when = f"{here:%a, %b} {here.day} at {here:%I:%M %p}".replace(" at 0", " at ")
    hours = clock.calendar_here()
    return cases.open_case(
        kind=KIND,
        summary=f"Accepted from the wait list: {when} with {offer.provider}. The time is held. Book it.",
        by=by,
        now=now,
        patient=offer.patient_id,
        team=Role.SECRETARY,
        due_at=min(clock.due(now, hours=hours, minutes=60), offer.starts_at),
        about=offer,
    )


def _room_for(entry: WaitEntry, provider: Provider, location: Location, starts_at: datetime, *, now: datetime) -> None:
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


def _locked(offer: Offer) -> None:
    """Lock the row and read where it stands now."""
    row = Offer.objects.select_for_update(no_key=True).only("status", "expires_at").get(pk=offer.pk)
    offer.status, offer.expires_at = row.status, row.expires_at


def _still_out(offer: Offer, now: datetime) -> None:
    if offer.status != O.OFFERED:
        raise NotOffered(OfferStatus(offer.status))
    if offer.expires_at <= now:
        raise NotOffered(O.EXPIRED)


def _end(offer: Offer, to: OfferStatus, *, by: User | None, now: datetime, visit: object = None) -> None:
    """End an offer; what was held for it is given back, its work is over, and the entry goes where the table says."""
    taking.let_go(held_for=offer.pk)
    _move(offer, to, by=by, now=now, answered_at=now, answered_by=by, visit=visit)
    case = Offer.objects.select_related("case").get(pk=offer.pk).case
    if case and case.status in CASE_STANDING:
        done = to == O.BOOKED
        cases.move(case, CaseStatus.COMPLETED if done else CaseStatus.CANCELLED, by=None, now=now, note=to.label)
    entry = offer.entry
    entry.refresh_from_db(fields=["status"])
    if entry.status != WaitStatus.OFFERED:
        return
    if to == O.BOOKED:
        waitlist.go(entry, WaitStatus.BOOKED, by=by, now=now, offer=offer, booked_visit=visit)
    elif not Offer.objects.out().filter(entry=entry).exists():
        waitlist.go(entry, WaitStatus.WAITING, by=by, now=now, offer=offer, code=to)


def _move(offer: Offer, to: OfferStatus, *, by: User | None, now: datetime, **values: object) -> None:
    came_from = OfferStatus(offer.status)
    if to not in OFFER_NEXT[came_from]:
        raise NotOffered(came_from)
    there = Offer.objects.filter(pk=offer.pk, status=came_from)
    if not there.update(status=to, version=models.F("version") + 1, updated_at=now, **values):
        raise NotOffered(OfferStatus(Offer.objects.get(pk=offer.pk).status))
    offer.status = to
    waitlist.remember(offer.entry, offer=offer, came_from=came_from, to=to, by=by, now=now)
    events.record("offer.moved", offer, action=events.UPDATE, by=by, body={"from": came_from, "to": to})
