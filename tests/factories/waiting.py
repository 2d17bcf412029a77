"""People who wait for a time."""

from datetime import UTC, datetime, timedelta
from typing import Any

from compliance.models import Location, User
from scheduling import waitlist
from scheduling.enums_waiting import OfferChannel
from scheduling.models import Offer, Provider, VisitType, WaitEntry
from scheduling.waitlist import offers
from scheduling.waitlist.matching import Free
from tests.factories import scheduling as make
from tests.factories.scheduling import NOW

TEN = datetime(2026, 11, 30, 16, 0, tzinfo=UTC)  # a Monday, 10 AM in Chicago
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
