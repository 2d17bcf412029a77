"""Files of FHIR resources, read entry by entry: NDJSON by lines, a Bundle at once up to a size."""

import json
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from patients import fhir

LONGEST_LINE = 1_000_000  # bytes
LARGEST_BUNDLE = 200_000_000  # bytes; a Bundle is read at once, NDJSON line by line

Entry = tuple[int, Any]  # (line, resource or Unreadable)


class Unusable(ValueError):
    """The file as a whole cannot be imported; nothing was written."""


def entries(path: Path) -> Iterator[Entry]:
    """(line, resource) of NDJSON, read line by line; (number of the entry, resource) of a Bundle."""
    if _is_bundle(path):
        yield from _of_bundle(path)
        return
    with path.open("rb") as file:
        for number, line in enumerate(iter(lambda: file.readline(LONGEST_LINE + 1), b""), start=1):
            if len(line) > LONGEST_LINE:
                while line and not line.endswith(b"\n"):
                    line = file.readline(LONGEST_LINE)
                yield number, fhir.Unreadable("is longer than 1 MB")
            elif line.strip():
                yield number, _parsed(line)


def batches(entries: Iterator[Entry], size: int) -> Iterator[tuple[Entry, ...]]:
    """At most `size` entries at a time."""
    while batch := tuple(islice(entries, size)):
        yield batch


def _parsed(line: bytes) -> Any:
    try:
        return json.loads(line.decode("utf-8-sig"))
    except UnicodeDecodeError:
        return fhir.Unreadable("is not written in UTF-8")
    except (ValueError, RecursionError):
        return fhir.Unreadable("is no JSON")


def _is_bundle(path: Path) -> bool:
    """One JSON document over several lines, or a Bundle on the first."""
    with path.open("rb") as file:
        first = _parsed(file.readline(LONGEST_LINE + 1))
    if isinstance(first, dict):
        return first.get("resourceType") == "Bundle"
    with path.open("rb") as file:
        return b'"Bundle"' in file.read(2000)


def _of_bundle(path: Path) -> Iterator[Entry]:
    if path.stat().st_size > LARGEST_BUNDLE:
        raise Unusable("The Bundle is larger than 200 MB. Write it as NDJSON, one resource on a line.")
    bundle = _parsed(path.read_bytes())
    entries = bundle.get("entry") if isinstance(bundle, dict) else None
    if not isinstance(entries, list):
        raise Unusable("The Bundle cannot be read. Write it anew, or as NDJSON, one resource on a line.")
    for number, entry in enumerate(entries, start=1):
        resource = entry.get("resource") if isinstance(entry, dict) else None
        if not isinstance(resource, dict) or resource.get("resourceType") in (None, "Patient"):
            yield number, resource
