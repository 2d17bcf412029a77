"""The words of an iCalendar file, read line by line: no rule is followed, so that no file can hold up a page.

What takes place, and when, is for `events_reader` to say, in a process of its own.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_LINE = re.compile(r'(ORGANIZER|CATEGORIES|LOCATION|SUMMARY)((?:;[^:;"]*(?:"[^"]*")?)*):(.*)', re.IGNORECASE)
_NAME = re.compile(r';CN=(?:"([^"]*)"|([^;]*))', re.IGNORECASE)
LONGEST = 1000  # characters of a line that are looked at
_FOLD = re.compile(r"\r?\n[ \t]")


@dataclass
class Event:
    """What a VEVENT says, as `events_reader` would say it."""

    organizer: str = ""
    category: str = ""
    location: str = ""
    summary: str = ""


def events(content: bytes) -> Iterator[Event]:
    """Each VEVENT of a file, without what stands in parts of it."""
    event, inside = Event(), [""]
    for line in _FOLD.sub("", content.decode("utf-8-sig", "replace")).splitlines():
        upper = line[:80].upper().rstrip()
        if upper.startswith("BEGIN:"):
            inside.append(upper[6:])
            event = Event() if inside[-1] == "VEVENT" else event
        elif upper.startswith("END:") and len(inside) > 1:
            if inside.pop() == "VEVENT":
                yield event
        elif inside[-1] == "VEVENT" and (found := _LINE.match(line[:LONGEST])):
            _note(event, found[1].upper(), found[2], found[3])


def _note(event: Event, name: str, parameters: str, value: str) -> None:
    if name == "ORGANIZER":
        shown = _NAME.search(parameters)
        event.organizer = (shown[1] or shown[2] or "") if shown else ""
    elif name == "CATEGORIES":
        event.category = event.category or _plain(re.split(r"(?<!\\),", value, maxsplit=1)[0])
    elif name == "LOCATION":
        event.location = _plain(value)
    else:
        event.summary = _plain(value)


def _plain(text: str) -> str:
    """Without the escapes of RFC 5545, 3.3.11."""
    return re.sub(r"\\(.)", lambda sign: "\n" if sign[1] in "nN" else sign[1], text)
