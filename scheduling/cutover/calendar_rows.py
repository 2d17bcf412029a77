"""Rows of an iCalendar file (RFC 5545)."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings

from scheduling.cutover import events_reader
from scheduling.cutover.mapping import Words
from scheduling.cutover.rows import Row, Unreadable, Unusable, Whose, read_moment

NOBODY = "names no patient in its summary"
LONGEST = 300  # characters of a summary that are looked at
AHEAD = timedelta(days=3 * 366)  # as far as series reach
PATIENCE = events_reader.SECONDS + 30  # seconds for the reader's process


def rows(content: bytes, mapping: Words, now: datetime) -> Iterator[tuple[int, Any]]:
    """Each occurrence from now on: a rule of a series is followed for three years. Of what is over, single events only."""
    insist_on_summary(mapping)
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


def insist_on_summary(mapping: Words) -> None:
    """Raises Unusable where nothing says how an event names its patient."""
    if "summary" not in mapping.calendar:
        raise Unusable("[calendar] must say `summary`, how a patient is named in an event.")


def _make_of_event(number: int, event: dict[str, str], mapping: Words) -> Any:
    def make() -> Row:
        if event["problem"]:
            raise Unreadable(event["problem"])
        found = re.search(mapping.calendar["summary"], event["summary"][:LONGEST])
        named = {name: (text or "").strip() for name, text in (found.groupdict() if found else {}).items()}
        is_cancelled = mapping.is_cancelled(event["status"])
        if not any(named.values()) and not is_cancelled:
            raise Unreadable(NOBODY)
        whose = Whose(**named)
        provider = mapping.calendar.get("provider", "") or event["organizer"]
        kind = mapping.calendar.get("kind", "") or event["categories"]
        zone = ZoneInfo(event["zone"]) if event["zone"] else mapping.zone
        starts_at = read_moment(event["start"], zone)
        return Row(number, event["id"], starts_at, whose, provider, kind, event["location"], is_cancelled=is_cancelled)

    return make
