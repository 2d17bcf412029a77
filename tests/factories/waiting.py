"""People who wait for a time."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from compliance.models import Location, User
from patients.models import Patient
from scheduling import recalls, visits, waitlist
from scheduling.enums_waiting import OfferChannel
from scheduling.models import FreedTime, Offer, Provider, VisitType, WaitEntry
from scheduling.waitlist import links, offers
from scheduling.waitlist.free import Free
from tests.factories import scheduling as make
from tests.factories.scheduling import NOW

TEN = datetime(2026, 11, 30, 16, 0, tzinfo=UTC)  # a Monday, 10 AM in Chicago
BORN = date(1985, 3, 27)
HALF_PAST = TEN + timedelta(minutes=30)


def entry(kind: VisitType, *, by: User | None = None, now: datetime = NOW, **wishes: Any) -> WaitEntry:
    """Somebody who waits for a kind of visit, with any provider and at any time unless said otherwise."""
    whose = wishes.pop("whose", None) or make.patient()
    return waitlist.add(patient=whose, visit_type=kind, by=by, now=now, **wishes)


def free(who: Provider, starts_at: datetime = TEN, ends_at: datetime = HALF_PAST) -> Free:
    """A free half hour at the practice's one location."""
    return Free(who, Location.objects.order_by("created_at")[0], starts_at, ends_at)


def offer(waiting: WaitEntry, who: Provider, *, by: User, now: datetime = NOW, **details: Any) -> Offer:
    """Ten o'clock offered by e-mail for four hours."""
    said = {"channel": OfferChannel.EMAIL, "expires_at": now + timedelta(hours=4), **details}
    return offers.make(waiting, free(who), said.pop("starts_at", TEN), by=by, now=now, **said)


def scene(kind: VisitType, who: Provider, *, whose: Patient, by: User, starts_at: datetime, now: datetime) -> dict[str, Any]:
    """One of everything: a freed time, whom it suits, an offer of it with its link, a recall that is due, one that is not.

    The offer is of another one's entry, and both are open.
    """
    mine = entry(kind, by=by, whose=whose, now=now, note="Calls back after four")
    lost = make.visit(by=by, who=who, kind=kind, starts_at=starts_at, now=now)
    visits.cancel(lost, reason="prov", initiator="provider", told_by="called", by=by, now=now)
    freed = FreedTime.objects.latest("at")
    other = entry(kind, by=by, whose=make.patient(family="Nowak", given="Jan", birth_date=BORN), now=now)
    place = free(who, starts_at, starts_at + timedelta(minutes=kind.minutes))
    until = {"channel": OfferChannel.EMAIL, "expires_at": now + timedelta(hours=4)}
    made = offers.make(other, place, starts_at, by=by, now=now, freed=freed, **until)
    today = now.date()
    due = recalls.plan(patient=whose, visit_type=make.visit_type("Yearly check"), due_on=today, by=by, now=now)
    recalls.attempt(due, method="phone", result="left-message", by=by, now=now)
    return {"entry": mine, "freed": freed, "offer": made, "recall": due, "offer_link": links.new_link(made)}
