"""An offer answered by its link, outside of every session (security.md section 5: one purpose, one use, expiring).

Before she says her date of birth the page tells no more than who sent the link: no time, no provider, no kind of visit.
"""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta

from django.core import signing

from compliance.audit import events
from compliance.counter import Counter
from compliance.models import Practice
from compliance.tenancy import LINK, acting_in
from compliance.zones import zone
from patients import days
from scheduling.models import Offer
from scheduling.waitlist.links import hashed

TRIES = Counter("offer", limit=5, window=timedelta(hours=1))
STRANGERS = Counter("offer from one address", limit=20, window=timedelta(hours=1))
PROOF, PROOF_LASTS = "scheduling.offer.proof", timedelta(minutes=15)


class NoSuchLink(Exception):
    """There is no offer of this link; `is_throttled` when one address has tried too many."""

    def __init__(self, *, is_throttled: bool = False) -> None:
        self.is_throttled = is_throttled
        super().__init__("There is no such link.")


class NotHer(Exception):
    """The date of birth is not that of whoever the offer was made to."""


class TooManyTries(Exception):
    """Five dates of birth were tried within an hour."""


@contextmanager
def opened(*, slug: str, secret: str, address: str | None) -> Iterator[tuple[Practice, Offer]]:
    """The offer of a link, with its practice; inside it is acted as LINK. Raises NoSuchLink.

    A stranger is counted outside the context of the practice, whose transaction the refusal undoes.
    """
    practice = Practice.objects.filter(slug=slug).first()
    if practice is None:
        raise _stranger(address)
    with acting_in(practice.pk, LINK):
        rows = Offer.objects.filter(links__secret_hash=hashed(secret))
        offer = rows.select_related(
            "entry__visit_type", "patient", "provider__resource", "location", "freed__case", "by"
        ).first()
        if offer is not None:
            yield practice, offer
    if offer is None:
        raise _stranger(address)


def prove(offer: Offer, birth_date: str, *, practice: Practice, now: datetime) -> str:
    """Say the date of birth; answers a proof that holds for 15 minutes. Raises NotHer, TooManyTries, DayUnread.

    Of many tries at once five are looked at. A success is given back, so that looking again costs nothing.
    """
    said = days.read(birth_date, today=_today(practice, now))
    if not TRIES.admits(str(offer.pk)):
        raise TooManyTries
    if offer.patient.birth_date is None or offer.patient.birth_date != said:
        events.record("offer.not_hers", offer, refused=True)
        raise NotHer
    TRIES.give_back(str(offer.pk))
    events.record("offer.looked_at", offer)
    return signing.dumps(str(offer.pk), salt=PROOF)


def is_proven(offer: Offer, proof: str) -> bool:
    """Whether a proof was made for this offer a short while ago."""
    try:
        return signing.loads(proof, salt=PROOF, max_age=PROOF_LASTS) == str(offer.pk)
    except signing.BadSignature:
        return False


def _stranger(address: str | None) -> NoSuchLink:
    key = hashlib.sha256((address or "").encode()).hexdigest()
    return NoSuchLink(is_throttled=not STRANGERS.admits(key))


def _today(practice: Practice, now: datetime) -> date:
    return now.astimezone(zone(practice.time_zone)).date()
