"""When it was backed up, and when a restore was tried (45 CFR 164.308(a)(7)(ii)(A), (B), (D)).

Kept outside the database: `portal_backup` only reads, and a restore happens in another database. Times and counts, no names.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from compliance import ledgers

LEDGER = "safekeeping"


class Deed(StrEnum):
    """What was done."""

    BACKUP = "backup"
    RESTORE = "restore"


WITHIN = {Deed.BACKUP: timedelta(days=2), Deed.RESTORE: timedelta(days=92)}  # daily with a day's grace; quarterly


@dataclass(frozen=True)
class Entry:
    """One deed. `differences`: what was restored otherwise than the backup says; 0 for a good one."""

    deed: Deed
    at: datetime
    differences: int = 0

    def is_good(self, *, now: datetime) -> bool:
        """Without differences, and not too long ago."""
        return self.differences == 0 and now - self.at <= WITHIN[self.deed]


def note(deed: Deed, *, now: datetime, differences: int = 0) -> None:
    """Remember it. Raises OSError."""
    ledgers.append(LEDGER, {"deed": deed.value, "at": now.isoformat(), "differences": differences})


def last(deed: Deed) -> Entry | None:
    """The newest of a kind."""
    found = [entry for entry in _entries() if entry.deed == deed]
    return max(found, key=lambda entry: entry.at, default=None)


def _entries() -> list[Entry]:
    entries = []
    for said in ledgers.lines(LEDGER):
        try:
            entries.append(Entry(Deed(said["deed"]), datetime.fromisoformat(said["at"]), int(said["differences"])))
        except (ValueError, KeyError, TypeError):
            ledgers.log.error("ledger.unreadable", ledger=LEDGER)
    return entries
