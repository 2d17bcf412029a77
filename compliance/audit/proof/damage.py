"""What a verification finds: damages, each with its kind and its row."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

KINDS = {
    "changed": "An event says something else than what was written.",
    "removed": "An event was removed.",
    "inserted": "An event stands in the trail that was never written by the portal.",
    "swapped": "Two events were exchanged.",
    "renumbered": "A link of the chain was changed.",
    "cut": "The end of the trail was cut off.",
    "rewritten": "The chain was built anew: it does not lead to the root that was signed.",
    "back-dated": "An event claims to be older than the one before it, or the clock was set back.",
    "unindexed": "An event is not found under one of its patients.",
    "forged root": "A line of the signed roots was changed or removed.",
}


@dataclass(frozen=True)
class Damage:
    """One thing that is wrong: its kind, and the row."""

    kind: str
    number: int | None
    event: UUID | None
    at: datetime | None = None
    note: str = ""

    def __str__(self) -> str:
        where = f"link {self.number}" if self.number is not None else "no link"
        moment = f", {self.at.isoformat()}" if self.at else ""
        return f"{self.kind}: {where}, event {self.event or '–'}{moment}. {KINDS[self.kind]}{self.note and ' ' + self.note}"


@dataclass
class Report:
    """What a verification saw. `until` is the moment up to which a signed root proves the trail, None when none does."""

    chain: UUID
    rows: int = 0
    damages: list[Damage] = field(default_factory=list)
    since: datetime | None = None
    until: datetime | None = None
    seconds: float = 0.0

    @property
    def is_whole(self) -> bool:
        """Nothing was found."""
        return not self.damages
