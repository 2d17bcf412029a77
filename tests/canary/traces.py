"""Looking for the canary in bytes, in each of the spellings that the portal's own scan looks for."""

from collections.abc import Iterable, Mapping

from secretary_portal.canary.spellings import spellings
from tests.canary.who import LOOKED_FOR

Places = Mapping[str, Iterable[bytes]]


def hits(places: Places) -> list[str]:
    """`family in the Redis commands`, one for each word and place; empty when nothing of her is anywhere."""
    found = []
    for place, chunks in places.items():
        everything = b"\n".join(chunks).lower()
        found += [f"{kind} in {place}" for kind, forms in _NEEDLES.items() if any(form in everything for form in forms)]
    return found


_NEEDLES = {kind: set().union(*(spellings(word) for word in words)) for kind, words in LOOKED_FOR.items()}
