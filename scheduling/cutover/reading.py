"""Rows of a file: CSV, iCalendar (RFC 5545) or FHIR R4 Appointment, told apart by what is in it."""

import csv
import io
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from unicodedata import category
from zoneinfo import ZoneInfo

from django.conf import settings

from scheduling.cutover import events_reader
from scheduling.cutover.mapping import NAMED, Words
from scheduling.cutover.rows import Row, Rows, Unreadable, Unusable, Whose, in_utc, moment, read_day, read_moment, read_time

LARGEST = 20_000_000  # bytes
TOO_LARGE = "The file is larger than 20 MB. Split it into several."
MOST = 50_000  # rows
LONGEST = 300  # characters of a summary that are looked at
HIDDEN = {"Cc", "Cf", "Cs", "Co", "Cn"}  # Unicode categories
AHEAD = timedelta(days=3 * 366)  # as far as series reach
PATIENCE = events_reader.SECONDS + 30  # seconds for the reader's process


def content_of(path: Path) -> bytes:
    """What is in the file. Raises Unusable for one that is too large to be read at once."""
    if path.stat().st_size > LARGEST:
        raise Unusable(TOO_LARGE)
    return path.read_bytes()


def rows(content: bytes, mapping: Words, *, now: datetime) -> Rows:
    """Everything that a file says, in its order. Raises Unusable."""
    if len(content) > LARGEST:
        raise Unusable(TOO_LARGE)
    if _is_calendar(content):
        return _gathered(_of_calendar(content, mapping, now), now)
    text = _text(content)
    return _gathered(_of_fhir(text, mapping) if _is_json(text) else _of_csv(text, mapping), now)


def _is_calendar(content: bytes) -> bool:
    return content.lstrip(b"\xef\xbb\xbf \r\n\t")[:15].upper() == b"BEGIN:VCALENDAR"


def _is_json(text: str) -> bool:
    return text.lstrip()[:1] in ("{", "[")


def look(content: bytes, mapping: Words) -> None:
    """Whether a file can be taken at all: its size, its kind, its header. Raises Unusable."""
    if len(content) > LARGEST:
        raise Unusable(TOO_LARGE)
    if _is_calendar(content):
        _say_summary(mapping)
    elif not _is_json(text := _text(content)):
        _places(_header(text)[0], mapping)


def _gathered(found: Iterator[tuple[int, Any]], now: datetime) -> Rows:
    answer = Rows()
    for number, (line, make) in enumerate(found, 1):
        if number > MOST:
            raise Unusable(f"The file has more than {MOST:,} appointments. Split it into several.")
        try:
            answer.rows.append(_checked(make(), now))
        except Unreadable as unreadable:
            answer.refused.append((line, str(unreadable)))
    if not answer.rows and not answer.refused:
        raise Unusable("The file holds no appointments.")
    return answer


def _checked(row: Row, now: datetime) -> Row:
    """Raises Unreadable for what no visit may be."""
    if row.starts_at and row.starts_at > now + AHEAD:
        raise Unreadable("lies more than three years ahead")
    if any(category(sign) in HIDDEN for sign in row.reason):
        raise Unreadable("has a reason with characters that cannot be seen")
    return row


def _text(content: bytes) -> str:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Unusable("The file is not written in UTF-8.") from error
    if "\0" in text:
        raise Unusable("The file is neither CSV, iCalendar nor FHIR.")
    return text


# --- CSV


def _of_csv(text: str, mapping: Words) -> Iterator[tuple[int, Any]]:
    header, reader = _header(text)
    places = _places(header, mapping)
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield reader.line_num, _make_of_cells(reader.line_num, cells, len(header), places, mapping)
    except csv.Error as error:
        raise Unusable("A row of this CSV file cannot be read. Save it anew.") from error


def _header(text: str) -> tuple[list[str], Any]:
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
        more = {"place": said.get("place", ""), "reason": said.get("reason", "")[:200]}
        is_cancelled = mapping.is_cancelled(said.get("status", ""))
        return Row(line, said["id"], starts_at, whose, said["provider"], said["kind"], is_cancelled=is_cancelled, **more)

    return make


# --- iCalendar


def _of_calendar(content: bytes, mapping: Words, now: datetime) -> Iterator[tuple[int, Any]]:
    """Each occurrence from now on: a rule of a series is followed for three years. Of what is over, single events only."""
    _say_summary(mapping)
    start, end = now, now + AHEAD
    command = [sys.executable, "-m", "scheduling.cutover.events_reader", start.isoformat(), end.isoformat()]
    try:
        done = subprocess.run(
            command, input=content, capture_output=True, timeout=PATIENCE, cwd=settings.BASE_DIR, check=True
        )
        answer = json.loads(done.stdout)
    except (subprocess.SubprocessError, ValueError) as error:
        raise Unusable("The calendar repeats too much to be read.") from error
    if "problem" in answer:
        raise Unusable(answer["problem"])
    for number, event in enumerate(answer["events"], 1):
        yield number, _make_of_event(number, event, mapping)


def _say_summary(mapping: Words) -> None:
    if "summary" not in mapping.calendar:
        raise Unusable("[calendar] must say `summary`, how a patient is named in an event.")


def _make_of_event(number: int, event: dict[str, str], mapping: Words) -> Any:
    def make() -> Row:
        if event["problem"]:
            raise Unreadable(event["problem"])
        found = re.search(mapping.calendar["summary"], event["summary"][:LONGEST])
        if found is None or not any(found.groupdict().values()):
            raise Unreadable("names no patient in its summary")
        whose = Whose(**{name: (text or "").strip() for name, text in found.groupdict().items()})
        provider = mapping.calendar.get("provider", "") or event["organizer"]
        kind = mapping.calendar.get("kind", "") or event["categories"]
        zone = ZoneInfo(event["zone"]) if event["zone"] else mapping.zone
        starts_at = read_moment(event["start"], zone)
        is_cancelled = mapping.is_cancelled(event["status"])
        return Row(number, event["id"], starts_at, whose, provider, kind, event["location"], is_cancelled=is_cancelled)

    return make


# --- FHIR


def _of_fhir(text: str, mapping: Words) -> Iterator[tuple[int, Any]]:
    """A Bundle, an array, or NDJSON; resources other than Appointment are passed over."""
    for number, resource in enumerate(_resources(text), 1):
        if isinstance(resource, Unreadable) or not isinstance(resource, dict):
            yield number, _refuse(resource if isinstance(resource, Unreadable) else Unreadable("is no FHIR resource"))
        elif resource.get("resourceType") == "Appointment":
            yield number, _make_of_resource(number, resource, mapping)


def _resources(text: str) -> Iterator[Any]:
    try:
        whole = json.loads(text)
    except (ValueError, RecursionError):
        yield from (_of_line(line) for line in text.splitlines() if line.strip())
        return
    if isinstance(whole, dict) and whole.get("resourceType") == "Bundle":
        entries = whole.get("entry") or []
        if not isinstance(entries, list):
            raise Unusable("The Bundle cannot be read. Write it anew, or as NDJSON, one resource on a line.")
        yield from (entry.get("resource") if isinstance(entry, dict) else entry for entry in entries)
    else:
        yield from whole if isinstance(whole, list) else [whole]


def _of_line(line: str) -> Any:
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        return Unreadable("is no JSON")


def _refuse(why: Unreadable) -> Any:
    def make() -> Row:
        raise why

    return make


def _make_of_resource(number: int, resource: dict[str, Any], mapping: Words) -> Any:
    def make() -> Row:
        try:
            return _of_resource(number, resource, mapping)
        except (TypeError, AttributeError, KeyError, IndexError) as error:
            raise Unreadable("is not built like a FHIR Appointment") from error

    return make


def _of_resource(number: int, resource: dict[str, Any], mapping: Words) -> Row:
    actors = [one["actor"] for one in resource.get("participant", ()) if isinstance(one.get("actor"), dict)]
    is_cancelled = mapping.is_cancelled(str(resource.get("status", "")))
    return Row(
        number,
        _id(resource),
        None if is_cancelled and "start" not in resource else _instant(resource.get("start")),
        _patient(_actor(actors, "Patient"), mapping),
        _shown(_actor(actors, "Practitioner")),
        _kind(resource),
        _shown(_actor(actors, "Location")),
        is_cancelled=is_cancelled,
    )


def _id(resource: dict[str, Any]) -> str:
    """Its business identifier, which stays when a server gives out new ids; else its id. Raises Unreadable."""
    for known in resource.get("identifier", ()):
        if known.get("value"):
            return f"{known.get('system', '')}|{known['value']}"
    if not isinstance(resource.get("id"), str) or not resource["id"]:
        raise Unreadable("has no id")
    return resource["id"]


def _instant(text: Any) -> datetime:
    try:
        found = datetime.fromisoformat(text)
    except (TypeError, ValueError) as error:
        raise Unreadable("has no start that can be read") from error
    if found.tzinfo is None:
        raise Unreadable("has a start without an offset")
    return in_utc(found)


def _actor(actors: list[dict[str, Any]], type_: str) -> dict[str, Any]:
    """The first of a type, by its reference or by `type`."""
    of_type = (one for one in actors if str(one.get("reference", "")).startswith(f"{type_}/") or one.get("type") == type_)
    return next(of_type, {})


def _shown(actor: dict[str, Any]) -> str:
    return str(actor.get("display") or actor.get("reference") or "")


def _patient(actor: dict[str, Any], mapping: Words) -> Whose:
    known = actor.get("identifier")
    if isinstance(known, dict):
        return Whose(system=str(known.get("system", "")), value=str(known.get("value", "")))
    _, _, number = str(actor.get("reference", "")).rpartition("/")
    if not number or "patient_system" not in mapping.fhir:
        raise Unreadable("names no patient by an identifier, and [fhir] says no patient_system")
    return Whose(system=mapping.fhir["patient_system"], value=number)


def _kind(resource: dict[str, Any]) -> str:
    concepts = [resource.get("appointmentType") or {}, *resource.get("serviceType", ())]
    for concept in concepts:
        coded = [one.get("display") or one.get("code") for one in concept.get("coding", ())]
        found = next((str(text) for text in (concept.get("text"), *coded) if text), "")
        if found:
            return found
    return ""
