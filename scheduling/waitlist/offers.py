"""One real time offered to somebody who waits.

An offer holds nothing: the time stays free for whoever comes first, on the phone or by a link, and an offer whose time
is gone is withdrawn in the same transaction. Accepting it holds the time in the name of whoever offered it, until the
staff has booked it; nothing is booked by itself. The lock on the resource lets one taker through at a time.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import models, transaction

from compliance.audit import events
from compliance.models import User
from scheduling import kinds, taking, waitlist
from scheduling.contacting import is_callable
from scheduling.enums_waiting import (
    OFFER_NEXT,
    OFFER_OUT,
    WAIT_OPEN,
    OfferChannel,
    OfferStatus,
    RemovedBecause,
    WaitStatus,
)
from scheduling.models import FreedTime, Offer, WaitEntry
from scheduling.presence import where_open
from scheduling.taking import SlotTaken
from scheduling.waitlist import freed as freed_times
from scheduling.waitlist import offer_work, standing
from scheduling.waitlist.free import Free
from scheduling.waitlist.matching import mode_for

BY_PHONE = "by-phone"  # the code of the step
O = OfferStatus  # noqa: E741  # as in the table


class NotOffered(Exception):
    """The offer cannot be answered so any more; `status` says where it stands."""

    def __init__(self, status: OfferStatus) -> None:
        self.status = status
        super().__init__(status.label)


class OfferedAlready(Exception):
    """This time is offered to her already."""


class WaitsNoMore(Exception):
    """She was booked or taken off the list meanwhile."""


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
    """Offer one time, which is looked at under its lock, as the entry is.

    Raises SlotTaken, OutsideHours, NotContacted, WaitsNoMore, OfferedAlready.
    """
    patient, mode = entry.patient, mode_for(entry)
    if not is_callable(patient) or mode is None:
        raise NotContacted
    kind = kinds.kind_for(entry.visit_type, patient, now=now)
    location = where_open(free.provider, starts_at, kind, now=now)
    with transaction.atomic():
        taking.lock_for(kind, free.provider.resource_id)
        if waitlist.locked(entry).status not in WAIT_OPEN:
            raise WaitsNoMore
        standing.room_for(entry, free.provider, location, starts_at, now=now)
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


def call_instead(offer: Offer, *, why: str, now: datetime) -> None:
    """No message told her: an unanswered offer is made by phone from now on, and calling her is work. `why` is a sentence.

    Whoever is not to be called is offered nothing any more.
    """
    with transaction.atomic():
        _locked(offer)
        if offer.status != O.OFFERED or offer.expires_at <= now:
            return
        if not is_callable(offer.patient):
            _end(offer, O.WITHDRAWN, by=None, now=now)
            return
        offer.channel, offer.case = OfferChannel.CALL, offer_work.call(offer, why=why, now=now)
        values = {"channel": offer.channel, "case": offer.case, "updated_at": now}
        Offer.objects.filter(pk=offer.pk).update(**values, version=models.F("version") + 1)
        said = {"came_from": offer.status, "to": offer.status, "code": BY_PHONE, "note": why}
        waitlist.remember(offer.entry, offer=offer, by=None, now=now, **said)
        events.record("offer.by_phone", offer, action=events.UPDATE)


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


def end_over(*, now: datetime) -> None:
    """End what was not answered in time, and what was accepted and never booked; withdraw what is void. For the clock.

    Void is what is offered of a time that was closed meanwhile, or to whoever is not to be called any more. What was
    accepted is a promise, which the staff keeps or takes back.
    """
    rows = Offer.objects.select_related("entry__visit_type", "patient", "provider")
    run_out = models.Q(status=O.OFFERED, expires_at__lte=now) | models.Q(status=O.ACCEPTED, starts_at__lte=now)
    late = list(rows.filter(run_out))
    void = [one for one in rows.filter(status=O.OFFERED, expires_at__gt=now) if standing.is_void(one, now=now)]
    _end_all([*((one, O.EXPIRED) for one in late), *((one, O.WITHDRAWN) for one in void)], now=now)


def booked(offer: Offer, *, visit: object, by: User | None, now: datetime) -> None:
    """The staff booked it: said by `following`, in the transaction that booked."""
    _end(offer, O.BOOKED, by=by, now=now, visit=visit)


def withdraw_taken(*, provider: object, starts_at: datetime, ends_at: datetime, now: datetime) -> int:
    """Withdraw every unanswered offer of a time for which no room is left. Answers how many. The resource is locked."""
    there = Offer.objects.filter(status=O.OFFERED, provider=provider, starts_at__lt=ends_at, ends_at__gt=starts_at)
    gone = [
        one
        for one in there.select_related("entry__visit_type", "entry__patient", "provider__resource", "location")
        if not standing.has_room(one, now=now)
    ]
    return sum(withdraw(one, by=None, now=now) for one in gone)


def _end_all(rows: Sequence[tuple[Offer, OfferStatus]], *, now: datetime) -> None:
    """End offers that still stand. Who accepts one locks its provider's time, then others of it: so it is locked first."""
    with transaction.atomic():
        taking.one_at_a_time(*(offer.provider.resource_id for offer, _ in rows))
        for offer, to in rows:
            _locked(offer)
            if offer.status in OFFER_OUT:
                _end(offer, to, by=None, now=now)


def _accept(offer: Offer, *, by: User | None, now: datetime) -> Offer:
    kind = kinds.kind_for(offer.entry.visit_type, offer.patient, now=now)
    resource = taking.lock_for(kind, offer.provider.resource_id)[offer.provider.resource_id]
    _locked(offer)
    _still_out(offer, now)
    standing.insist(offer, kind, now=now)
    place, until = offer.location, offer.starts_at
    taking.hold_visit(resource, place, until, kind, by=offer.by, now=now, until=until, held_for=offer.pk)
    _move(offer, O.ACCEPTED, by=by, now=now, answered_at=now, answered_by=by)
    offer_work.over(offer, O.ACCEPTED, now=now)
    offer.case = offer_work.confirm(offer, by=by, now=now)
    Offer.objects.filter(pk=offer.pk).update(case=offer.case)
    withdraw_taken(provider=offer.provider, starts_at=offer.starts_at, ends_at=offer.ends_at, now=now)
    if offer.freed:
        freed_times.settle(offer.freed, now=now, why="An offer of it was accepted.")
    return offer


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
    offer_work.over(offer, to, now=now)
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
