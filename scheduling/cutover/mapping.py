"""How the words of another system are said here, kept as TOML: written by what an admin chose, or by hand."""

import json
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from scheduling.cutover.rows import Unusable

COLUMNS = (
    "id",
    "mrn",
    "family",
    "given",
    "birth_date",
    "start",
    "date",
    "time",
    "provider",
    "kind",
    "place",
    "reason",
    "status",
)
TABLES = ("columns", "providers", "kinds", "places", "calendar", "fhir")
LISTS = ("cancelled", "standing")
PARTS = (*TABLES, *LISTS)
STANDARD = frozenset({"cancelled", "canceled", "noshow", "entered-in-error"})  # FHIR R4 and RFC 5545
NAMED = ("mrn", "family", "given", "birth_date")
LEFT_OUT = ""  # said for a word of theirs: its visits are listed and not booked


@dataclass(frozen=True)
class Words:
    """`providers`, `kinds`, `places`: their word to ours, or to `LEFT_OUT`. `columns`: our name to the header of a CSV file.

    `cancelled`: what a status says of one that does not take place, besides what the standards say; `standing`: of one that
    does, so that it is proposed again. `calendar`: of an iCalendar file, `provider` and `kind` of all of it, and `summary`,
    an expression whose groups are mrn, family, given, birth_date. `fhir`: `patient_system`, of which the id in
    `Patient/<id>` is the identifier.
    """

    system: str
    zone: ZoneInfo
    columns: Mapping[str, str] = field(default_factory=dict)
    providers: Mapping[str, str] = field(default_factory=dict)
    kinds: Mapping[str, str] = field(default_factory=dict)
    places: Mapping[str, str] = field(default_factory=dict)
    cancelled: frozenset[str] = frozenset()
    standing: frozenset[str] = frozenset()
    calendar: Mapping[str, str] = field(default_factory=dict)
    fhir: Mapping[str, str] = field(default_factory=dict)

    def is_cancelled(self, status: str) -> bool:
        """Whether a status says that it does not take place."""
        return status.strip().casefold() in self.cancelled | STANDARD


def read(content: bytes) -> Words:
    """The mapping of a TOML file. Raises Unusable, which names what is wrong."""
    try:
        said = tomllib.loads(content.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise Unusable("The mapping is not written in UTF-8.") from error
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"at line (\d+)", str(error))
        where = f" Look at line {line[1]}." if line else ""
        raise Unusable(f"The mapping is not written in TOML.{where}") from error
    unknown = [name for name in said if name not in ("system", "zone", *PARTS)]
    if unknown:
        raise Unusable(
            f"The mapping has “{unknown[0][:40]}”, which means nothing. It knows: system, zone, {', '.join(PARTS)}."
        )
    if not isinstance(said.get("system"), str) or not 0 < len(said["system"]) <= 80:
        raise Unusable("The mapping needs `system`, the name of the other system, in up to 80 characters.")
    tables: dict[str, Any] = {name: _texts(name, said.get(name, {})) for name in TABLES}
    for name in tables["columns"]:
        if name not in COLUMNS:
            raise Unusable(f"[columns] has “{name[:40]}”, which means nothing. It knows: {', '.join(COLUMNS)}.")
    _check_expression(tables["calendar"].get("summary", ""))
    cancelled, standing = (_words(name, said.get(name, [])) for name in LISTS)
    return Words(said["system"], _zone(said.get("zone")), **tables, cancelled=cancelled, standing=standing)


def write(words: Words) -> bytes:
    """The TOML file that `read` reads as these words."""
    lines = [f"system = {_quoted(words.system)}", f"zone = {_quoted(words.zone.key)}"]
    for name in LISTS:
        if said := sorted(getattr(words, name)):
            lines.append(f"{name} = [{', '.join(_quoted(word) for word in said)}]")
    for name in TABLES:
        if table := getattr(words, name):
            lines += ["", f"[{name}]", *(f"{_key(one)} = {_quoted(other)}" for one, other in table.items())]
    return ("\n".join(lines) + "\n").encode()


def _key(text: str) -> str:
    return text if re.fullmatch(r"[A-Za-z0-9_-]+", text) else _quoted(text)


def _quoted(text: str) -> str:
    """A basic string of TOML: JSON's, which leaves one control character as it is."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007F")


def _zone(name: object) -> ZoneInfo:
    try:
        return ZoneInfo(name) if isinstance(name, str) else ZoneInfo("")
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise Unusable("The mapping needs `zone`, the zone of times without one, as in America/Chicago.") from error


def _texts(name: str, table: object) -> dict[str, str]:
    if not isinstance(table, dict) or not all(isinstance(value, str) for value in table.values()):
        raise Unusable(f"[{name}] must say one text for each text.")
    return table


def _words(name: str, given: object) -> frozenset[str]:
    if not isinstance(given, list) or not all(isinstance(word, str) for word in given):
        raise Unusable(f"`{name}` must be a list of texts.")
    return frozenset(word.strip().casefold() for word in given)


def _check_expression(text: str) -> None:
    try:
        groups = re.compile(text).groupindex
    except re.error as error:
        raise Unusable("`summary` in [calendar] is no regular expression.") from error
    if text and not set(groups) <= set(NAMED):
        raise Unusable(f"The groups of `summary` in [calendar] can be: {', '.join(NAMED)}.")
