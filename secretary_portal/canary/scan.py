"""The daily audit job: whether anything of the canary patients stands in clear where it must not (164.312(a)(2)(iv))."""

from datetime import datetime
from uuid import UUID

from compliance import checks
from compliance.checks import DAY, Check, Finding

from . import house, places
from .spellings import spellings


def hits(*, now: datetime) -> list[str]:
    """`names in Redis`, one for each kind of value and place. Inside a practice. Raises what a place raises."""
    needles = {kind: set().union(*map(spellings, words)) for kind, words in house.words(now=now).items()}
    return [
        f"{kind} in {place}"
        for place, chunks in places.PLACES.items()
        for kind in sorted({kind for chunk in chunks() for kind in _within(chunk.lower(), needles)})
    ]


def _within(chunk: bytes, needles: dict[str, set[bytes]]) -> list[str]:
    return [kind for kind, forms in needles.items() if any(form in chunk for form in forms)]


def traces(practice: UUID, now: datetime) -> list[Finding]:
    """A hit means that real patients' values may stand there too: stop what writes it, then clear the place."""
    sentence = (
        "Values of the portal's canary patients stand in clear: {}. Those of real patients may, too. Tell the operator."
    )
    return [Finding("canary", sentence.format("; ".join(found)))] if (found := hits(now=now)) else []


checks.register(Check("canary", "Traces of the canary patients", "164.312(a)(2)(iv), (e)(1)", DAY, traces))
