"""What can be exported at once. Each app offers its own; `compliance.bulk` decides, makes and hands out."""

import csv
import io
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from compliance.spreadsheets import safe

BATCH = 200  # rows in one piece of the file and one event of the trail


@dataclass(frozen=True)
class Span:
    """The days asked for, both included; None where the export has no days."""

    first: date | None = None
    last: date | None = None


@dataclass(frozen=True)
class Mark:
    """Who, when, why, by which request: it stands in every file."""

    export: UUID
    practice: str
    who: str
    when: str
    why: str
    request: str

    def line(self, *, is_phi: bool = True) -> str:
        """As the first line of a table, which says whether protected health information follows."""
        words = (f"Exported from {self.practice}", f"by {self.who}", self.when, f"Reason: {self.why}")
        holds = "Contains protected health information" if is_phi else "Counts only, no patient"
        return csv_line((*words, f"Request {self.request}", f"Export {self.export}", holds))

    def tag(self) -> dict[str, str]:
        """As a FHIR R4 Coding for Resource.meta.tag."""
        words = f"Exported by {self.who}, {self.when}. Reason: {self.why} Request {self.request}."
        return {"system": "urn:secretary-portal:export", "code": str(self.export), "display": words}


@dataclass
class Batch:
    """Some lines, whose patients stand in them, and where the next begins; None at the end."""

    lines: list[str]
    patients: set[UUID] = field(default_factory=set)
    after: Any = None


@dataclass(frozen=True)
class Source:
    """One kind of export. `whom` answers whose data a span holds; `batch` the lines behind a row."""

    key: str
    title: str
    permission: str
    ending: str
    content_type: str
    has_days: bool
    categories: tuple[str, ...]
    whom: Callable[[Span, Any], set[UUID]]
    batch: Callable[[Span, Any, Any, Mark], Batch]
    columns: tuple[str, ...] = ()
    is_phi: bool = True

    def head(self, mark: Mark) -> str:
        """The first lines: the watermark and the names of the columns; none in NDJSON, where each line carries it."""
        return mark.line(is_phi=self.is_phi) + csv_line(self.columns) if self.columns else ""


SOURCES: dict[str, Source] = {}


def offer(source: Source) -> None:
    """Add one kind, when an app starts."""
    SOURCES[source.key] = source


def csv_line(cells: Iterable[object]) -> str:
    """One line of a CSV file (RFC 4180), safe to open in a spreadsheet."""
    line = io.StringIO()
    csv.writer(line).writerow([safe(cell) for cell in cells])
    return line.getvalue()
