"""Calendar programs that are not ours read a feed: the same instants, on the night of the repeated hour too."""

import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from icalendar import Calendar
from icalevents import icalevents

from scheduling import booking, feeds, visits
from scheduling.models import VisitType
from tests.factories import scheduling as make
from tests.reporting import EXACTLY, soak_row

pytestmark = pytest.mark.soak
NOW = datetime(2026, 10, 26, 14, 0, tzinfo=UTC)
FIRST, AGAIN = datetime(2026, 11, 1, 6, 30, tzinfo=UTC), datetime(2026, 11, 1, 7, 30, tzinfo=UTC)  # 01:30 in Chicago, twice
START, END = datetime(2026, 10, 31, tzinfo=UTC), datetime(2026, 11, 5, tzinfo=UTC)
PROGRAMS = Path(sys.executable).parent
Instants = set[tuple[str, str]]


def by_icalendar(text: bytes, place: Path) -> Instants:
    found = Calendar.from_ical(text).walk("VEVENT")
    return {(str(one["UID"]), f"{one.start:%Y%m%dT%H%M}") for one in found if one["STATUS"] != "CANCELLED"}


def by_icalevents(text: bytes, place: Path) -> Instants:
    found = icalevents.events(string_content=text, start=START, end=END)
    return {(one.uid, f"{one.start.astimezone(UTC):%Y%m%dT%H%M}") for one in found if one.status != "CANCELLED"}


def by_khal_after_vdirsyncer(text: bytes, place: Path) -> Instants:
    """vdirsyncer copies the file into a folder of single events, khal lists them."""
    (place / "feed.ics").write_bytes(text)
    (place / "copy" / "feed").mkdir(parents=True)
    (place / "sync.conf").write_text(f"""
[general]
status_path = "{place}/status"
[pair feed]
a = "file"
b = "folder"
collections = null
[storage file]
type = "singlefile"
path = "{place}/feed.ics"
[storage folder]
type = "filesystem"
path = "{place}/copy/feed"
fileext = ".ics"
""")
    (place / "khal.conf").write_text(f"""
[calendars]
[[feed]]
path = {place}/copy/feed
[sqlite]
path = {place}/khal.db
[locale]
timeformat = %H%M
dateformat = %Y%m%d
longdateformat = %Y%m%d
datetimeformat = %Y%m%dT%H%M
longdatetimeformat = %Y%m%dT%H%M
default_timezone = UTC
local_timezone = UTC
""")
    for step in ("discover", "sync"):
        run("vdirsyncer", "-c", str(place / "sync.conf"), step, typed="y\ny\n")
    wanted = ("--format", "{uid} {start-long} {status}", "--day-format", "", "20261031", "6d")
    said = run("khal", "-c", str(place / "khal.conf"), "list", *wanted)
    rows = [line.split() for line in said.splitlines() if line.strip()]
    return {(row[0], row[1]) for row in rows if "CANCELLED" not in row[2:]}


READERS: list[Callable[[bytes, Path], Instants]] = [by_icalendar, by_icalevents, by_khal_after_vdirsyncer]


def run(program: str, *arguments: str, typed: str = "") -> str:
    done = subprocess.run([PROGRAMS / program, *arguments], input=typed, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_every_reader_sees_the_same_instants(inside, secretary, practice, tmp_path):
    doctor, kind = make.provider(hours=False), make.visit_type(minutes=30)
    make.works(doctor, 6, "00:00", "05:00")
    make.works(doctor, 0)
    first, again, late, moved, gone = (_visit(secretary, doctor, kind, at) for at in (
        FIRST, AGAIN, *(datetime(2026, 11, 2, hour, tzinfo=UTC) for hour in (15, 16, 17))
    ))  # fmt: skip
    successor = booking.move(moved, by=secretary, now=NOW, starts_at=datetime(2026, 11, 2, 20, tzinfo=UTC))
    visits.cancel(gone, reason="pat", initiator="patient", told_by="patient", by=secretary, now=NOW)
    secret = feeds.make(doctor.resource, by=secretary, now=NOW)[1]
    text = feeds.read(slug=practice.slug, secret=secret, now=NOW)

    wanted = {(str(row.pk), f"{row.starts_at:%Y%m%dT%H%M}") for row in (first, again, late, successor)}
    agreeing = sum(reader(text, tmp_path) == wanted for reader in READERS)

    soak_row("feed_readers_agreeing", agreeing, len(READERS), rule=EXACTLY)
    assert agreeing == len(READERS)


def _visit(secretary, doctor, kind: VisitType, at: datetime):
    return make.visit(by=secretary, who=doctor, kind=kind, starts_at=at, now=NOW, whose=make.patient())
