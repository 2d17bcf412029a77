"""What comes, or would come, of a file: what became of each line, and the sentences for what cannot be booked."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

OUTCOMES = ("booked", "moved", "cancelled", "same", "past", "not booked")

TAKEN = "has a time that is taken"
CLOSED = "has a time at which the provider does not see patients, or not for this kind"
BUSY = "has a time at which the patient has another visit, or is at another place that day"
TWICE = "has an id that stands on an earlier line"
CHANGED = "was changed by somebody at that moment: bring the file again"
REFUSED = "was refused by the database"
BOTH = "was moved there, and here as well"
OVER = "stands for a visit that was cancelled or has taken place here"


@dataclass
class Report:
    """What came, or would come, of it. `lines`: (line, outcome, why), without anything of a patient.

    The outcomes add up to `read`; `gone` are visits that stand here and that the file does not name any more.
    """

    read: int = 0
    gone: int = 0
    counts: Counter = field(default_factory=Counter)
    lines: list[tuple[int, str, str]] = field(default_factory=list)

    def add(self, line: int, outcome: str, why: str = "") -> None:
        """Count one row."""
        self.counts[outcome] += 1
        self.lines.append((line, outcome, why))

    @property
    def listed(self) -> list[tuple[int, str]]:
        """What somebody has to look at."""
        return [(line, why) for line, _, why in self.lines if why]

    @property
    def reasons(self) -> Counter:
        """How often each reason."""
        return Counter(why for _, why in self.listed)

    def as_json(self) -> dict[str, Any]:
        """For the job's row."""
        return {**{name.replace(" ", "_"): self.counts[name] for name in OUTCOMES}, "gone": self.gone}

    def sentence(self) -> str:
        """One line for the jobs page."""
        gone = f" {self.gone} stand here and are gone there." if self.gone else ""
        said = [f"{self.counts[outcome]} {outcome}" for outcome in OUTCOMES if self.counts[outcome]]
        return (", ".join(said) or "No appointments") + f".{gone}"
