"""What a file offers to choose from: its columns, and the words that it says for providers, kinds, places and states."""

import csv
import re
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from scheduling.cutover import calendar_rows, reading
from scheduling.cutover.calendar_words import events
from scheduling.cutover.mapping import STANDARD, Words
from scheduling.cutover.rows import Row, Unreadable, Unusable, read_day, read_time

Sort = Literal["csv", "calendar", "fhir"]
FEWEST, MOST_COLUMNS = 5, 200
MOST, LONGEST = 200, 200  # words of one kind in a file, characters of one
PARTS = {"providers": "providers", "kinds": "types of visit", "places": "places", "states": "states"}


@dataclass(frozen=True)
class File:
    """What a file is. `columns`: the names in the header of a CSV file; `twice`: those that two have, and so neither."""

    sort: Sort
    columns: tuple[str, ...] = ()
    twice: tuple[str, ...] = ()


@dataclass
class Said:
    """How many visits to come say each word, by part; `read`: rows that can be, `why`: how many cannot, by the reason."""

    providers: Counter[str] = field(default_factory=Counter)
    kinds: Counter[str] = field(default_factory=Counter)
    places: Counter[str] = field(default_factory=Counter)
    states: Counter[str] = field(default_factory=Counter)
    read: int = 0
    why: Counter[str] = field(default_factory=Counter)

    def note(self, row: Row) -> None:
        """Count one visit. A place or a state that is not said means none."""
        self.providers[row.provider] += 1
        self.kinds[row.kind] += 1
        self.places.update([row.place] if row.place else [])
        self.states.update([row.status] if row.status else [])

    def problem(self, part: str) -> str:
        """Why its words cannot be asked for one by one; empty where they can."""
        words: Counter[str] = getattr(self, part)
        if len(words) > MOST:
            return f"It names {len(words):,} different {PARTS[part]}: {MOST} at most can be told one by one."
        is_too_long = any(len(word) > LONGEST for word in words)
        return f"It names {PARTS[part]} in more than {LONGEST} characters, which is no name." if is_too_long else ""


def look(content: bytes) -> File:
    """What is in a file, before anything was chosen. Raises Unusable for what no choice could help."""
    if len(content) > reading.LARGEST:
        raise Unusable(reading.TOO_LARGE)
    file = offers(content)
    if file.sort == "csv":
        _insist_on_table(file, *reading.header_of(reading.text_of(content)))
    if file.sort == "calendar" and next(events(content), None) is None:
        raise Unusable(reading.NO_VISITS)
    return file


def offers(content: bytes) -> File:
    """What is in a file that was taken."""
    if reading.is_calendar(content):
        return File("calendar")
    text = reading.text_of(content)
    if reading.is_json(text):
        return File("fhir")
    names = Counter(name for name in reading.header_of(text)[0] if name)
    return File("csv", tuple(one for one in names if names[one] == 1), tuple(one for one in names if names[one] > 1))


def _insist_on_table(file: File, header: list[str], rows: Any) -> None:
    """Raises Unusable for a file whose first row names no columns, or too few or many, and for one without rows."""
    names = [*file.columns, *file.twice]
    if not names:
        raise Unusable("The first row of this file is empty. It must name the columns.")
    if any(_is_value(name) for name in names):
        raise Unusable(
            "The first row of this file holds values, not the names of the columns. Put a row with the names above it."
        )
    if len(header) > MOST_COLUMNS:
        raise Unusable(f"This file has more than {MOST_COLUMNS} columns. Save it with those that say something of a visit.")
    if (number := len(file.columns)) < FEWEST:
        raise Unusable(
            f"The first row of this file names {number} column{'' if number == 1 else 's'} that can be told apart. "
            "A visit needs five: its own number, the patient, when, with whom, and its type."
        )
    _count(rows)


def _is_value(text: str) -> bool:
    """Whether it is what a row says and no name of a column: a number, a day, a time."""
    if any(sign.isdigit() for sign in text) and not any(sign.isalpha() for sign in text):
        return True
    for read in (read_day, read_time):
        with suppress(Unreadable):
            return bool(read(text) is not None)
    return False


def _count(rows: Any) -> None:
    """Raises Unusable for a file without rows, or with more than are brought at once."""
    try:
        number = 0
        for number, _ in enumerate((cells for cells in rows if any(cell.strip() for cell in cells)), 1):
            if number > reading.MOST:
                raise Unusable(reading.TOO_MANY)
    except csv.Error as error:
        raise Unusable(reading.ROW_UNREAD) from error
    if not number:
        raise Unusable(reading.NO_VISITS)


def said(content: bytes, words: Words, *, now: datetime) -> Said:
    """The words of a file by the columns that were chosen. Raises Unusable."""
    if reading.is_calendar(content):
        return _of_calendar(content, words)
    found = reading.rows(content, words, now=now)
    answer = Said(read=len(found.rows), why=Counter(why for _, why in found.refused))
    for row in found.rows:
        if _is_to_come(row, now):
            answer.note(row)
    return answer


def _is_to_come(row: Row, now: datetime) -> bool:
    """What is over is left there; what is cancelled by a word of the standards needs none of ours."""
    is_over = row.starts_at is None or row.starts_at <= now
    is_off = row.status.strip().casefold() in STANDARD if row.status else row.is_cancelled
    return not is_over and not is_off


def _of_calendar(content: bytes, words: Words) -> Said:
    """By the events as they are written; how series repeat is not looked at. What holds for all of it needs no word."""
    calendar_rows.insist_on_summary(words)
    answer, summary = Said(), re.compile(words.calendar["summary"])
    for event in events(content):
        if not summary.search(event.summary[: calendar_rows.LONGEST]):
            answer.why[calendar_rows.NOBODY] += 1
            continue
        answer.read += 1
        answer.providers.update([] if words.calendar.get("provider") else [event.organizer])
        answer.kinds.update([] if words.calendar.get("kind") else [event.category])
        answer.places.update([event.location] if event.location else [])
    return answer
