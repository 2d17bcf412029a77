"""The one writer of OfferLink: links by which an offer is answered."""

import hashlib
import secrets

from scheduling.enums_waiting import OfferChannel
from scheduling.models import Offer, OfferLink


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
