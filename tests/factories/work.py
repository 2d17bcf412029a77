"""Pieces of owned work."""

from datetime import UTC, datetime

from compliance import cases
from compliance.models import Case, User
from compliance.roles import Role

NOW = datetime(2026, 11, 23, 16, 0, tzinfo=UTC)


def case(
    *, by: User | None = None, kind: str = "message", summary: str = "Call back", now: datetime = NOW, **fields
) -> Case:
    """A case of the secretaries' team, in the practice being acted in, unless an owner or another team is named."""
    if "owner" not in fields:
        fields.setdefault("team", Role.SECRETARY)
    return cases.open_case(kind=kind, summary=summary, by=by, now=now, **fields)
