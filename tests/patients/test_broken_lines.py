"""Each part of a FHIR line broken in each way: put aside or taken with a warning, in words, and the rest goes on."""

import copy
import json
from collections.abc import Iterator
from typing import Any

import pytest

from compliance.tenancy import SYSTEM, acting_in
from compliance.texts import is_plain
from patients import importing
from patients.models import Address, ContactPoint, HumanName, Identifier
from tests.patients.test_importing import resource

WRONG = {
    "missing": None,
    "empty": "",
    "number": 7,
    "true": True,
    "list": [],
    "object": {},
    "numbers": [7],
    "lists": [[]],
    "long": "x" * 10_000,
    "nul": "a\x00",
    "turned": "\u202ea",
    "surrogate": "\ud800a",
    "markup": "<script>alert(1)</script>",
    "day": "2026-02-30",
    "later": "2999-01-01",
}
FULL = {
    "deceasedDateTime": "2020-01-02",
    "name": [
        {
            "use": "official",
            "family": "Lopez",
            "given": ["Maria", "Ines"],
            "prefix": ["Dr."],
            "suffix": ["Jr."],
            "period": {"start": "2000-01-01", "end": "2030-01-01"},
        }
    ],
    "extension": [{"url": importing.fhir.INTERPRETER, "valueCoding": {"code": "373066001"}}],
}
PARTS = {Address: ("line1", "line2", "city", "state", "postal_code", "country"), ContactPoint: ("value", "extension"),
         HumanName: ("family", "given", "middle", "prefix", "suffix"), Identifier: ("value", "system")}  # fmt: skip


def paths(part: Any, so_far: tuple = ()) -> Iterator[tuple]:
    """The way to every part of a resource."""
    for key, value in part.items() if isinstance(part, dict) else enumerate(part):
        yield (*so_far, key)
        if isinstance(value, dict | list):
            yield from paths(value, (*so_far, key))


def broken(number: int, path: tuple, value: Any) -> dict[str, Any]:
    """A patient of his own with one part replaced."""
    whole = copy.deepcopy(resource(number, **FULL))
    part = whole
    for key in path[:-1]:
        part = part[key]
    part[path[-1]] = value
    return whole


def lines() -> list[dict[str, Any]]:
    ways = [(path, value) for path in paths(resource(0, **FULL)) for value in WRONG.values()]
    return [broken(number, path, value) for number, (path, value) in enumerate(ways, start=10)]


@pytest.fixture
def report(practice, tmp_path) -> importing.Report:
    texts = [json.dumps(one) for one in (resource(1), *lines(), resource(2))]
    path = tmp_path / "patients.ndjson"
    path.write_text("\n".join(texts) + "\n")
    return importing.run(practice, path)


def test_every_part_broken_in_every_way_is_put_aside_in_words_or_taken_whole(practice, report):
    counts = report.counts
    reasons = {reason for _, reason in report.quarantined}

    assert counts["read"] == len(lines()) + 2 == counts["registered"] + len(report.quarantined)
    assert {line for line, _ in report.quarantined} & {1, counts["read"]} == set()
    assert "was refused by the database" not in reasons
    with acting_in(practice.pk, SYSTEM):
        kept = [getattr(row, name) or "" for model, names in PARTS.items() for row in model.objects.all() for name in names]
    assert [text for text in kept if not is_plain(text)] == []
