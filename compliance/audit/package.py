"""A stretch of one chain as a ZIP that proves itself: for a practice, its auditor or its lawyer, without the database.

`chain.ndjson` holds each event's text and link, `roots.ndjson` the signed roots over them, `manifest.json` where it begins
and the public key. `events.csv` and `events.ndjson` (FHIR R4 AuditEvent) say the same for people and for programs: they
are made from the texts, and verifying makes them once more and compares.
"""

import base64
import csv
import hashlib
import io
import json
import tempfile
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.db import connection

from compliance.audit import fhir, record, roots
from compliance.audit.chain import TEXT
from compliance.audit.proof import reading
from compliance.audit.words import words
from compliance.spreadsheets import safe

COLUMNS = (
    *("number", "recorded", "who", "what", "kind", "action", "outcome", "opened", "listed", "categories", "object"),
    *("address", "request", "page", "body", "link"),
)
FILES = ("chain.ndjson", "events.csv", "events.ndjson")
BATCH = 20_000
README = """The audit trail of one practice, from the Secretary Portal.

events.csv     for reading; a leading ' keeps spreadsheets from taking a cell for a formula
events.ndjson  the same as FHIR R4 AuditEvent, one a line
chain.ndjson   what each event says, and its link: SHA-256(link before, number as 8 bytes, SHA-256(text))
roots.ndjson   signed roots (Ed25519) over the links
manifest.json  where the stretch begins and ends, and the public key

To prove it: manage.py audit_verify THIS_FILE --key PUBLIC_KEY
"""


class NothingToExport(ValueError):
    """No event of the chain lies in the asked time."""


class Unreadable(ValueError):
    """The file is no export of a trail, or was cut short."""


@dataclass
class Checked:
    """What the verification of a file saw: each finding is a sentence that names the row."""

    rows: int = 0
    proven: int = 0
    key: str = ""
    findings: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Row:
    """One event: its place in the chain, what it says, and its link."""

    number: int
    text: str
    link: str

    def chain_line(self) -> str:
        """For the proof."""
        return json.dumps({"number": self.number, "text": self.text, "link": self.link}) + "\n"

    def csv_line(self) -> str:
        """For people."""
        said = record.read(self.text)
        cells = [self.number, said["at"], said["actor_label"] or said["actor"], words(said["kind"]), said["kind"]]
        cells += [said["action"], said["outcome"], " ".join(said["opened"]), " ".join(said["listed"])]
        cells += [" ".join(said["categories"]), f"{said['object_type']} {said['object_id']}".strip(), said["address"]]
        cells += [said["request_id"], said["page"], json.dumps(said["body"]), self.link]
        return csv_line(cells)

    def fhir_line(self) -> str:
        """For programs."""
        return json.dumps(fhir.audit_event(record.read(self.text), number=self.number)) + "\n"

    def follows(self, before: bytes) -> bool:
        """Whether its link is the one after `before`."""
        content = hashlib.sha256(self.text.encode()).digest()
        return hashlib.sha256(before + self.number.to_bytes(8, "big") + content).hexdigest() == self.link


def csv_line(cells: Iterable[object]) -> str:
    """One line of a CSV file (RFC 4180), safe to open in a spreadsheet."""
    line = io.StringIO()
    csv.writer(line).writerow([safe(cell) for cell in cells])
    return line.getvalue()


def write(chain: UUID, into: Path, *, first: datetime, last: datetime, now: datetime) -> int:
    """Write the events of [first, last), inside the chain's own context. Answers how many. Raises NothingToExport."""
    span = _span(chain, first, last)
    manifest = {
        "chain": str(chain),
        "first": span[0],
        "last": span[1],
        "before": reading.link(chain, span[0] - 1).hex(),
        "made_at": now.isoformat(),
        "key": key_text(roots.public_key()),
    }
    signed = [root for root in roots.of(chain) if root.number >= span[0]]
    with tempfile.TemporaryDirectory() as place, zipfile.ZipFile(into, "w", zipfile.ZIP_DEFLATED) as package:
        _write_rows(Path(place), _rows(chain, *span))
        package.writestr("README.txt", README)
        package.writestr("manifest.json", json.dumps(manifest, indent=1))
        package.writestr("roots.ndjson", b"".join(root.line() + b"\n" for root in signed))
        for name in FILES:
            package.write(Path(place) / name, name)
    return span[1] - span[0] + 1


def verify(package: Path, *, key: str = "") -> Checked:
    """Prove a file by itself. `key` is the portal's public key from elsewhere; without it the file's own is used, and named.

    Raises Unreadable for what is no such file, or is cut short.
    """
    try:
        with zipfile.ZipFile(package) as archive:
            manifest = json.loads(archive.read("manifest.json"))
            public = key_of(key or manifest["key"])
            checked = Checked(key=key or manifest["key"])
            links = _check_rows(archive, manifest, checked)
            _check_roots(archive, manifest, links, public, checked)
    except (zipfile.BadZipFile, KeyError, ValueError, OSError) as error:
        raise Unreadable(f"This is no whole export of an audit trail ({type(error).__name__}).") from error
    return checked


def key_text(key: Ed25519PublicKey) -> str:
    """A public key as one word."""
    return base64.b64encode(key.public_bytes(Encoding.Raw, PublicFormat.Raw)).decode()


def key_of(text: str) -> Ed25519PublicKey:
    """The key of that word. Raises ValueError."""
    return Ed25519PublicKey.from_public_bytes(base64.b64decode(text, validate=True))


def _span(chain: UUID, first: datetime, last: datetime) -> tuple[int, int]:
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT min(number), max(number) FROM {reading.links_of(chain)} WHERE at >= %s AND at < %s",  # noqa: S608  # nosec B608
            [first, last],
        )
        span = cursor.fetchone()
    if span[0] is None:
        raise NothingToExport
    return span


def _rows(chain: UUID, first: int, last: int) -> Iterator[Row]:
    reading.room()
    sql = (
        f"SELECT l.number, {TEXT.format(e='e')}, l.link FROM {reading.links_of(chain)} "  # noqa: S608  # nosec B608
        f"JOIN {reading.events_of(chain)} ON e.id = l.event AND e.at = l.at "
        "WHERE l.number BETWEEN %s AND %s ORDER BY l.number"
    )
    with connection.cursor() as cursor:
        for start in range(first, last + 1, BATCH):
            cursor.execute(sql, [start, min(last, start + BATCH - 1)])
            yield from (Row(number, text, bytes(link).hex()) for number, text, link in cursor.fetchall())


def _write_rows(place: Path, rows: Iterator[Row]) -> None:
    with ExitStack() as stack:
        chain, table, resources = (
            stack.enter_context((place / name).open("w", encoding="utf-8", newline="")) for name in FILES
        )
        table.write(csv_line(COLUMNS))
        for row in rows:
            chain.write(row.chain_line())
            table.write(row.csv_line())
            resources.write(row.fhir_line())


def _check_rows(archive: zipfile.ZipFile, manifest: dict[str, Any], checked: Checked) -> dict[int, str]:
    """Each row against the one before, and against its line for people and for programs. Answers the links by number."""
    before, expected, links = bytes.fromhex(manifest["before"]), manifest["first"], {}
    with ExitStack() as stack:
        chain, table, resources = (
            io.TextIOWrapper(stack.enter_context(archive.open(name)), encoding="utf-8", newline="") for name in FILES
        )
        if table.readline() != csv_line(COLUMNS):
            checked.findings.append("events.csv: the line of headings was changed.")
        for line in chain:
            row = Row(**json.loads(line))
            if row.number != expected:
                checked.findings.append(f"Row {expected}: missing; row {row.number} stands in its place.")
            if not row.follows(before):
                checked.findings.append(f"Row {row.number}: it, or the one before it, was changed.")
            _check_line(row, _row_of(table), resources.readline(), checked)
            before, expected, links[row.number] = bytes.fromhex(row.link), row.number + 1, row.link
            checked.rows += 1
        if table.readline() or resources.readline():
            checked.findings.append("There are more lines for reading than in the chain.")
    if expected != manifest["last"] + 1:
        checked.findings.append(f"Row {expected}: the end of the file is cut off; it should go to {manifest['last']}.")
    return links


def _row_of(table: io.TextIOWrapper) -> str:
    """The next line of the CSV; a line end inside quotes does not end it."""
    text = table.readline()
    while text.count('"') % 2 and (more := table.readline()):
        text += more
    return text


def _check_line(row: Row, said: str, resource: str, checked: Checked) -> None:
    try:
        table, fhir_line = row.csv_line(), row.fhir_line()
    except record.Malformed as error:
        checked.findings.append(f"Row {row.number}: cannot be read, {error}.")
        return
    if said != table:
        checked.findings.append(f"Row {row.number}: events.csv says something else.")
    if resource != fhir_line:
        checked.findings.append(f"Row {row.number}: events.ndjson says something else.")


def _check_roots(
    archive: zipfile.ZipFile, manifest: dict[str, Any], links: dict[int, str], public: Ed25519PublicKey, checked: Checked
) -> None:
    for line in archive.read("roots.ndjson").splitlines():
        root = roots.read(line)
        if not roots.is_genuine(root, public) or root.chain != manifest["chain"]:
            checked.findings.append(f"The root over row {root.number} was not signed by this key.")
        elif root.number in links:
            if links[root.number] != root.link:
                checked.findings.append(f"Row {root.number}: the signed root names another link.")
            checked.proven = max(checked.proven, root.number)
        if root.findings:
            checked.findings.append(f"The root over row {root.number} tells of damage that was found then.")
