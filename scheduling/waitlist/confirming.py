"""The staff books what was accepted: never by itself (workflows.md section 2)."""

from datetime import datetime
from typing import Any

from compliance.models import User
from scheduling import booking, taking
from scheduling.enums import Source
from scheduling.enums_waiting import OFFER_OUT, OfferStatus
from scheduling.models import Appointment, Offer
from scheduling.waitlist.offers import NotOffered


def book(offer: Offer, *, by: User, now: datetime, despite_overlap: bool = False) -> Appointment:
    """Book the offered time, accepted by the link or now on the phone. Her later visit of the kind is moved here.

    What was accepted is a promise: neither the lead time nor a daily limit that was reached since stands against it.
    Raises NotOffered, and what `booking.book` raises.
    """
    with taking.all_or_taken():
        taking.lock_for(offer.entry.visit_type, offer.provider.resource_id)
        row = Offer.objects.select_for_update(no_key=True).only("status").get(pk=offer.pk)
        if row.status not in OFFER_OUT:
            raise NotOffered(OfferStatus(row.status))
        taking.let_go(held_for=offer.pk)
        details: dict[str, Any] = {
            "mode": offer.mode,
            "despite_overlap": despite_overlap,
            "is_promised": row.status == OfferStatus.ACCEPTED,
        }
        later = _later(offer)
        if later is not None:
            when: dict[str, Any] = {"provider": offer.provider, "starts_at": offer.starts_at, "room": None}
            return booking.move(later, by=by, now=now, **when, **details)
        return booking.book(
            patient=offer.patient,
            provider=offer.provider,
            starts_at=offer.starts_at,
            visit_type=offer.entry.visit_type,
            source=Source.PHONE,
            by=by,
            now=now,
            **details,
        )


def _later(offer: Offer) -> Appointment | None:
    """The visit that she has already and wished to have earlier, while it is still to come."""
    pk = offer.entry.later_visit_id
    upcoming = Appointment.objects.upcoming().filter(pk=pk, starts_at__gt=offer.starts_at)
    return upcoming.select_related("patient", "provider__resource", "visit_type", "location", "room").first()
