"""The one writer of payers."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from compliance import rows
from compliance.models import User
from insurance.models import Payer


def add(payer: Payer, *, by: User) -> Payer:
    """Add an insurer."""
    return rows.add(payer, by=by)


def change(payer: Payer, values: Mapping[str, Any], *, version: int, by: User, now: datetime) -> Payer:
    """Change an insurer. Raises Stale."""
    return rows.change(payer, values, version=version, by=by, now=now)


def remove(payer: Payer, *, by: User) -> None:
    """Remove an insurer that no coverage names. Raises Referenced."""
    rows.remove(payer, by=by)
