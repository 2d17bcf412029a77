"""What a visit that is booked, or gives its time back, means for the wait list. Called where a visit's step is written."""

from collections.abc import Sequence
from datetime import datetime

from compliance.models import User
from scheduling.enums import TAKES_TIME
from scheduling.enums_waiting import OfferStatus, RemovedBecause, WaitStatus
from scheduling.models import Appointment, FreedTime, Offer, WaitEntry
from scheduling.rebooking import was_a_mistake
from scheduling.waitlist import freed, lock_with_offers, offers, put_back, remove


def follow(visit: Appointment, *, came_from: str, by: User | None, now: datetime) -> None:
    """Bring entries, offers and freed times in step with a visit, in the transaction that moved it."""
    was, takes = came_from in TAKES_TIME, visit.status in TAKES_TIME
    if takes and not was:
        _hers(visit, by=by, now=now)
        _taken(visit, now=now)
    elif was and not takes:
        freed.note_visit(visit, by=by, now=now)
        if was_a_mistake(visit):
            put_back(visit, by=by, now=now)


def _hers(visit: Appointment, *, by: User | None, now: datetime) -> None:
    """Her own wish is met: the offer that was accepted is booked, the others are withdrawn, she waits no more."""
    for entry in WaitEntry.objects.open().filter(patient=visit.patient_id, visit_type=visit.visit_type_id):
        taken = Offer.objects.out().filter(entry=entry, provider=visit.provider_id, starts_at=visit.starts_at)
        if not taken.exists() and not _meets(entry, visit):
            continue
        lock_with_offers(entry)
        for offer in taken.select_related("entry", "provider"):
            offers.booked(offer, visit=visit, by=by, now=now)
        entry.refresh_from_db()
        if entry.status in (WaitStatus.WAITING, WaitStatus.OFFERED):
            remove(entry, because=RemovedBecause.BOOKED_ELSEWHERE, by=by, now=now)
            WaitEntry.objects.filter(pk=entry.pk).update(booked_visit=visit)
        offers.withdraw_all_of(entry, by=by, now=now)


def _meets(entry: WaitEntry, visit: Appointment) -> bool:
    """Whether a visit that was not offered is wished: not with another provider, nor later than the one that is there."""
    if entry.provider_id not in (None, visit.provider_id):
        return False
    later = entry.later_visit
    return later is None or visit.starts_at < later.starts_at


def hand_on(old: Appointment, new: Appointment) -> None:
    """The visit that she wishes to have earlier is the one that it was moved to."""
    WaitEntry.objects.filter(later_visit=old).update(later_visit=new)


def _taken(visit: Appointment, *, now: datetime) -> None:
    """Whoever was offered this time is told that it is gone, and the work of offering it is over."""
    offers.withdraw_taken(provider=visit.provider_id, starts_at=visit.starts_at, ends_at=visit.ends_at, now=now)
    there = FreedTime.objects.filter(provider=visit.provider_id, closed_at__isnull=True)
    there = there.filter(starts_at__lt=visit.ends_at, ends_at__gt=visit.starts_at)
    for row in there.select_related("case", "provider__resource", "location", "visit"):
        freed.look_again(row, now=now)


def follow_booked(visits: Sequence[Appointment], *, by: User | None, now: datetime) -> None:
    """The times of many visits of one provider and patient, booked in one act. Two queries where nothing lies there."""
    first, last = min(one.starts_at for one in visits), max(one.ends_at for one in visits)
    there = {"provider": visits[0].provider_id, "starts_at__lt": last, "ends_at__gt": first}
    offered = list(Offer.objects.out().filter(**there))
    lying: list[Offer | FreedTime] = [*offered, *FreedTime.objects.filter(closed_at__isnull=True, **there)]
    for visit in visits:
        if any((one.patient_id, one.starts_at) == (visit.patient_id, visit.starts_at) for one in offered):
            _hers(visit, by=by, now=now)
        if any(one.starts_at < visit.ends_at and one.ends_at > visit.starts_at for one in lying):
            _taken(visit, now=now)


def offered_now(entry: WaitEntry) -> list[Offer]:
    """What is offered to her, for her page."""
    rows = Offer.objects.filter(entry=entry, status__in=[OfferStatus.OFFERED, OfferStatus.ACCEPTED])
    return list(rows.select_related("provider", "location").order_by("starts_at", "pk"))
