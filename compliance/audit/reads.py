"""Reading is recorded by construction: opening a sealed value notes whose it was."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from uuid import UUID

from . import events


@dataclass
class Reads:
    """What was opened in one practice during one request, task or command."""

    practice: UUID | None
    kind: str = "read"
    noted: set[UUID] = field(default_factory=set)
    charts: set[UUID] = field(default_factory=set)
    categories: set[str] = field(default_factory=set)

    @property
    def opened(self) -> list[UUID]:
        """Patients whose own page or document was opened."""
        return sorted(self.noted & self.charts)

    @property
    def listed(self) -> list[UUID]:
        """Patients who stood in a row among others."""
        return sorted(self.noted - self.charts)


_reads: ContextVar[Reads | None] = ContextVar("reads", default=None)


def note(patient: UUID | None, category: str) -> None:
    """Called by a sealed field as it opens. `patient` is None for a sealed value that is nobody's chart."""
    reads = _reads.get()
    if reads is None:
        return
    reads.categories.add(category)
    if patient is not None:
        reads.noted.add(patient)


def opens_chart_of(patient: UUID) -> None:
    """Say that what is read of this patient is her own page or document, and not a row among others."""
    reads = _reads.get()
    if reads is not None:
        reads.charts.add(patient)


def by_refresh() -> None:
    """Say that a page asked again by itself: recorded all the same, but left out of figures of volume."""
    reads = _reads.get()
    if reads is not None:
        reads.kind = "refresh"


@contextmanager
def recorded(practice: UUID | None) -> Iterator[None]:
    """Collect what is opened inside and write it as one event at the end, in the same transaction.

    Inside a block of the same practice the outer one collects. A block that ends by an exception writes nothing,
    since its transaction is undone.
    """
    outer = _reads.get()
    if outer is not None and outer.practice == practice:
        yield
        return
    mine = Reads(practice)
    token = _reads.set(mine)
    try:
        yield
        _write(mine)
    finally:
        _reads.reset(token)


def _write(reads: Reads) -> None:
    if not reads.categories:
        return
    events.record(
        f"patient.{reads.kind}",
        action=events.READ,
        opened=reads.opened,
        listed=reads.listed,
        categories=sorted(reads.categories),
    )
