"""A file that was damaged on its way is read, or refused in a sentence; no reader trips over it in another way."""

import io
import json
import zipfile
from contextlib import suppress
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduling import tables
from scheduling.cutover import reading
from scheduling.cutover.mapping import Words
from scheduling.cutover.rows import Unusable
from tests.scheduling.test_cutover_kept import calendar, event

NOW = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)
ROWS = [["Name", "From", "Until", "Days", "Since"], ["Dr. Okafor", 9.5, True, "=1+1", NOW.replace(tzinfo=None)]]
CSV = b"Appt,Chart,Start,Resource,Type\n1,4711,2027-03-01 10:00,Dr. Okafor,FU\n"
FHIR = json.dumps([{"resourceType": "Appointment", "id": "a", "status": "booked", "start": "2027-03-01T10:00:00Z"}]).encode()
ICAL = calendar(event(":20270301T160000Z")).encode()
WORDS = Words(
    "Old One",
    ZoneInfo("America/Chicago"),
    columns={"id": "Appt", "mrn": "Chart", "start": "Start", "provider": "Resource", "kind": "Type"},
    calendar={"summary": "(?P<mrn>.*)", "provider": "Dr. Okafor", "kind": "FU"},
)
SCRAPS = [
    b"<",
    b">",
    b"</row>",
    b"<x/>",
    b'"',
    b"t='s'",
    b"-1",
    b"nan",
    b"9" * 30,
    b"1e999",
    b"\0",
    b"\xff",
    b"&#1;",
    b"{",
    b"\n",
]


def book() -> bytes:
    made, kept = openpyxl.Workbook(), io.BytesIO()
    for cells in ROWS:
        made.active.append(cells)
    made.save(kept)
    return kept.getvalue()


BOOK = book()
PARTS = {name: zipfile.ZipFile(io.BytesIO(BOOK)).read(name) for name in zipfile.ZipFile(io.BytesIO(BOOK)).namelist()}


@st.composite
def damaged(draw, whole: bytes, kept: int = 0) -> bytes:
    """Some bytes of it are gone, doubled or others; the first ones are kept."""
    answer = whole
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(kept, max(len(answer), kept)))
        until = at + draw(st.integers(0, 60))
        answer = answer[:at] + draw(st.sampled_from([b"", answer[at:until] * 2, *SCRAPS])) + answer[until:]
    return answer


@st.composite
def damaged_books(draw) -> bytes:
    """One part of a workbook is damaged or missing, in an archive that is whole; or else the archive is."""
    if draw(st.booleans()):
        return draw(damaged(BOOK, kept=2))
    hurt, kept = draw(st.sampled_from(sorted(PARTS))), io.BytesIO()
    with zipfile.ZipFile(kept, "w") as packed:
        for name, part in PARTS.items():
            if name != hurt:
                packed.writestr(name, part)
            elif draw(st.integers(0, 9)):
                packed.writestr(name, draw(damaged(part)))
    return kept.getvalue()


@pytest.mark.filterwarnings("ignore::UserWarning")  # what the reader of workbooks does without
@settings(max_examples=150)
@given(damaged_books())
def test_a_damaged_workbook_is_read_or_refused(content):
    found: list[list[str]] = []

    with suppress(tables.NotReadable):
        found = tables.read(content)

    assert all(isinstance(cell, str) for row in found for cell in row)


@pytest.mark.parametrize("whole", [CSV, FHIR], ids=["csv", "fhir"])
@given(data=st.data())
def test_a_damaged_file_of_visits_is_read_or_refused(whole, data):
    content, found = data.draw(damaged(whole)), []

    with suppress(Unusable):
        found = reading.rows(content, WORDS, now=NOW).rows

    assert all(row.line > 0 for row in found)


@settings(max_examples=5)  # each is read by a process of its own
@given(damaged(ICAL, kept=15))
def test_a_damaged_calendar_of_visits_is_read_or_refused(content):
    found = []

    with suppress(Unusable):
        found = reading.rows(content, WORDS, now=NOW).rows

    assert all(row.line > 0 for row in found)
