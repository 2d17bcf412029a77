"""Rows of a file: CSV, iCalendar (RFC 5545) or FHIR R4 Appointment, told apart by what is in it."""

import codecs
import csv
import io
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from unicodedata import category

from scheduling.cutover import calendar_rows, fhir_rows
from scheduling.cutover.calendar_rows import AHEAD
from scheduling.cutover.mapping import NAMED, Words
from scheduling.cutover.rows import Row, Rows, Unreadable, Unusable, Whose, in_utc, moment, read_day, read_moment, read_time

LARGEST = 20_000_000  # bytes
TOO_LARGE = "The file is larger than 20 MB. Split it into several."
MOST = 50_000  # rows
TOO_MANY = f"The file has more than {MOST:,} appointments. Split it into several."
NO_VISITS = "The file holds no appointments."
ROW_UNREAD = "A row of this CSV file cannot be read. Save it anew."
HIDDEN = {"Cc", "Cf", "Cs", "Co", "Cn"}  # Unicode categories


def content_of(path: Path) -> bytes:
    """What is in the file. Raises Unusable for one that is too large to be read at once."""
    if path.stat().st_size > LARGEST:
        raise Unusable(TOO_LARGE)
    return path.read_bytes()


def rows(content: bytes, mapping: Words, *, now: datetime) -> Rows:
    """Everything that a file says, in its order. Raises Unusable."""
    if len(content) > LARGEST:
        raise Unusable(TOO_LARGE)
    if is_calendar(content):
        return _gathered(calendar_rows.rows(content, mapping, now), now)
    text = text_of(content)
    return _gathered(fhir_rows.rows(text, mapping) if is_json(text) else _of_csv(text, mapping), now)


def is_calendar(content: bytes) -> bool:
    """Whether it is iCalendar, whatever stands in it."""
    return content.lstrip(b"\xef\xbb\xbf \r\n\t")[:15].upper() == b"BEGIN:VCALENDAR"


def is_json(text: str) -> bool:
    """Whether it is taken for FHIR: an object or an array."""
    return text.lstrip()[:1] in ("{", "[")


def look(content: bytes, mapping: Words) -> None:
    """Whether a file can be taken at all: its size, its kind, its header. Raises Unusable."""
    if len(content) > LARGEST:
        raise Unusable(TOO_LARGE)
    if is_calendar(content):
        calendar_rows.insist_on_summary(mapping)
    elif not is_json(text := text_of(content)):
        _places(header_of(text)[0], mapping)


def _gathered(found: Iterator[tuple[int, Any]], now: datetime) -> Rows:
    answer = Rows()
    for number, (line, make) in enumerate(found, 1):
        if number > MOST:
            raise Unusable(TOO_MANY)
        try:
            answer.rows.append(_checked(make(), now))
        except Unreadable as unreadable:
            answer.refused.append((line, str(unreadable)))
    if not answer.rows and not answer.refused:
        raise Unusable(NO_VISITS)
    return answer


def _checked(row: Row, now: datetime) -> Row:
    """Raises Unreadable for what no visit may be."""
    if row.starts_at and row.starts_at > now + AHEAD:
        raise Unreadable("lies more than three years ahead")
    if any(category(sign) in HIDDEN for sign in row.reason):
        raise Unreadable("has a reason with characters that cannot be seen")
    return row


def text_of(content: bytes) -> str:
    """Its characters. Raises Unusable for another encoding, or none."""
    is_wide = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))  # what spreadsheets call Unicode text
    try:
        text = content.decode("utf-16" if is_wide else "utf-8-sig")
    except UnicodeDecodeError as error:
        raise Unusable("The file is not written in UTF-8. Save it anew, in Excel as “CSV UTF-8”.") from error
    if "\0" in text:
        raise Unusable("The file is neither CSV, iCalendar nor FHIR.")
    return text


# --- CSV


def _of_csv(text: str, mapping: Words) -> Iterator[tuple[int, Any]]:
    header, reader = header_of(text)
    places = _places(header, mapping)
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield reader.line_num, _make_of_cells(reader.line_num, cells, len(header), places, mapping)
    except csv.Error as error:
        raise Unusable(ROW_UNREAD) from error


def header_of(text: str) -> tuple[list[str], Any]:
    """The names of the columns, and the rows that follow. Raises Unusable."""
    delimiter = max(",;\t", key=text.split("\n", 1)[0].count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        return [cell.strip() for cell in next(reader, [])], reader
    except csv.Error as error:
        raise Unusable("The first row of this CSV file cannot be read. Save it anew.") from error


def _places(header: list[str], mapping: Words) -> dict[str, int]:
    """Where each of our columns stands. Raises Unusable, which names a wrong header."""
    for name, theirs in mapping.columns.items():
        if header.count(theirs) != 1:
            how = "is not in the file" if theirs not in header else "is there twice"
            raise Unusable(f"The column “{theirs[:40]}”, which [columns] names for {name}, {how}.")
    columns = set(mapping.columns)
    has_time = "start" in columns or {"date", "time"} <= columns
    if not {"id", "provider", "kind"} <= columns or not has_time or not columns & {"mrn", "family"}:
        raise Unusable("[columns] must name id, provider, kind, start (or date and time), and mrn or family.")
    return {name: header.index(theirs) for name, theirs in mapping.columns.items()}


def _make_of_cells(line: int, cells: list[str], width: int, places: dict[str, int], mapping: Words) -> Any:
    def make() -> Row:
        if len(cells) != width:
            raise Unreadable("has another number of cells than the header")
        said = {name: cells[place].strip() for name, place in places.items()}
        if not said["id"]:
            raise Unreadable("has no id")
        if "start" in said:
            starts_at = read_moment(said["start"], mapping.zone)
        else:
            starts_at = in_utc(moment(read_day(said["date"]), read_time(said["time"]), mapping.zone))
        whose = Whose(**{name: said.get(name, "") for name in NAMED})
        more = {name: said.get(name, "") for name in ("place", "status")} | {"reason": said.get("reason", "")[:200]}
        is_cancelled = mapping.is_cancelled(said.get("status", ""))
        return Row(line, said["id"], starts_at, whose, said["provider"], said["kind"], is_cancelled=is_cancelled, **more)

    return make
