"""What was taken away, outside the database: a restore of yesterday's backup must not give it back.

One JSON object a line, appended beside the signed roots. It holds ids and times, no names. What is taken away again after
a restore, and how, stands in `secretary_portal/contingency/again.py`.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import structlog
from django.db import transaction

from compliance import ledgers

log = structlog.get_logger(__name__)

LEDGER = "revocations"


class What(StrEnum):
    """What can be taken away, and whose id `row` is."""

    MEMBERSHIP = "membership"
    ACCOUNT = "account"  # the user's
    FACTORS = "factors"  # the user's: every second factor that she had
    FACTOR = "factor"  # one of them, by its own id
    GRANT = "grant"  # of a restricted chart
    RESTRICTION = "restriction"  # of a chart to named people
    BAR = "bar"  # of a person from a chart
    FEED = "feed"
    KEYS = "keys"  # the practice's: its data keys and search tokens


@dataclass(frozen=True)
class Revocation:
    """One line. `undone`: it holds no longer. `more`: what is needed to make a row again."""

    what: What
    row: str
    at: datetime
    practice: UUID | None = None
    undone: bool = False
    more: dict[str, str] = field(default_factory=dict)


def note(what: What, row: Any, *, now: datetime, practice: UUID | None = None, undone: bool = False, **more: Any) -> None:
    """Remember it, once it is committed."""
    said = {"what": what, "row": str(row), "at": now.isoformat(), "practice": str(practice or ""), "undone": undone}
    said["more"] = {name: str(value) for name, value in more.items()}
    transaction.on_commit(lambda: _append(said), robust=True)


def _append(said: dict[str, Any]) -> None:
    try:
        ledgers.append(LEDGER, said)
    except OSError as error:  # it holds in the database; only a restore would not know
        log.error("revocation.not_noted", error=type(error).__name__)


def standing() -> list[Revocation]:
    """The last word on each row, where it was not undone, in the order of the ledger."""
    last: dict[tuple[What, str], Revocation] = {}
    for one in _noted():
        last.pop((one.what, one.row), None)
        last[one.what, one.row] = one
    return [one for one in last.values() if not one.undone]


def _noted() -> Iterator[Revocation]:
    """Every line that can be read; a torn one is passed over. The first lines were of memberships only, and said less."""
    for said in ledgers.lines(LEDGER):
        try:
            yield Revocation(
                what=What(said.get("what", What.MEMBERSHIP)),
                row=said.get("row") or said["membership"],
                at=datetime.fromisoformat(said["at"]),
                practice=UUID(said["practice"]) if said["practice"] else None,
                undone=said.get("undone", False),
                more=said.get("more", {}),
            )
        except (ValueError, KeyError, TypeError, AttributeError):
            log.error("revocation.unreadable")
