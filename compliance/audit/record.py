"""An event as text, as it stands under the chain, and back: for exports that prove themselves without the database."""

import json
from typing import Any

from .chain import APART, NAMES

_ARRAYS = frozenset({"opened", "listed", "categories"})


class Malformed(ValueError):
    """The text is not one of an event."""


def read(text: str) -> dict[str, Any]:
    """What an event says, by the columns' names: texts, arrays as lists, the body as it was. Raises Malformed."""
    values = text.split(APART)
    if len(values) != len(NAMES):
        raise Malformed(f"{len(values)} columns, not {len(NAMES)}")
    said: dict[str, Any] = dict(zip(NAMES, values, strict=True))
    try:
        said["body"] = json.loads(said["body"])
    except ValueError as error:
        raise Malformed("its body is not JSON") from error
    return said | {name: _listed(said[name]) for name in _ARRAYS}


def _listed(array: str) -> list[str]:
    """The elements of a PostgreSQL array of ids and plain words."""
    inside = array.removeprefix("{").removesuffix("}")
    return [one.strip('"') for one in inside.split(",")] if inside else []
