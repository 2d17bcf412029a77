"""What stands behind a piece of work, and what becomes of it when somebody ends the work by hand.

A recall or a freed time is a row of a higher app with its case beside it, and the row's own acts move the case. The other
way round the apps say here, once, when Django starts: in which ways such a case is ended, and how the row follows.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from compliance import cases
from compliance.enums import CaseStatus
from compliance.models import Case, CaseTransition, User

NOT_HERS = "Your role does not let you say what became of it. Hand it over to those who do this work."


class NotSaid(Exception):
    """Such a case is ended by saying what came of it."""


class Refused(Exception):
    """What stands behind the case cannot follow; says why, in a sentence."""


@dataclass(frozen=True)
class End:
    """One way to end a piece of work: its name in the form, what one chooses, and what becomes of the row then."""

    key: str
    label: str
    so: str
    status: CaseStatus = CaseStatus.COMPLETED


@dataclass(frozen=True)
class Behind:
    """What stands behind a kind of case, and the permission to move it.

    `lock` answers the row, locked before its case as its own acts do, or None. `end(row, key, case=, by=, now=, note=)` and
    `stand(row, case=, by=, now=)` follow a case that was ended, or that waits or stands again; both raise Refused.
    """

    permission: str
    ends: Callable[[Case], Sequence[End]]
    lock: Callable[[Case], Any]
    end: Callable[..., None]
    stand: Callable[..., None]


BEHIND: dict[tuple[str, str], Behind] = {}


def register(kind: str, behind: Behind, *, about: str = "") -> None:
    """Say what stands behind a kind of case; with `about` only behind those about such a model ("app.model")."""
    BEHIND[kind, about] = behind


def is_asked(case: Case) -> bool:
    """Whether such a case is ended by saying what came of it."""
    return _behind(case) is not None


def ends_of(case: Case) -> list[End]:
    """The ways in which a case is ended by hand; none where nothing stands behind it."""
    behind = _behind(case)
    return list(behind.ends(case)) if behind else []


def end(case: Case, key: str, *, by: User, now: datetime, version: int | None = None, note: str = "") -> CaseTransition:
    """End a case by hand, and what stands behind it. Raises NotSaid, Refused, and what `cases.move` raises."""
    behind = _behind(case)
    if behind is None:
        return cases.move(case, CaseStatus.COMPLETED, by=by, now=now, version=version, note=note)
    one = next((one for one in behind.ends(case) if one.key == key), None)
    if one is None:
        raise NotSaid
    _insist(behind, by)
    with transaction.atomic():
        row = behind.lock(case)
        said = f"{one.label}.\n{note}".strip()
        step = cases.move(case, one.status, by=by, now=now, version=version, note=said)
        if row is not None:
            behind.end(row, key, case=case, by=by, now=now, note=note)
    return step


@contextmanager
def following(case: Case, *, by: User, now: datetime) -> Iterator[None]:
    """Within, a case is made to wait, taken up, or opened again: what stands behind it follows. Raises Refused."""
    behind = _behind(case)
    with transaction.atomic():
        row, before = behind.lock(case) if behind else None, _standing(case)
        yield
        if behind and row is not None and _standing(case) != before:
            _insist(behind, by)
            behind.stand(row, case=case, by=by, now=now)


def _behind(case: Case) -> Behind | None:
    return BEHIND.get((case.kind, case.about_type)) or BEHIND.get((case.kind, ""))


def _standing(case: Case) -> tuple[bool, datetime | None]:
    return case.closed_at is None, case.waiting_until


def _insist(behind: Behind, by: User) -> None:
    if not by.may(behind.permission):
        raise Refused(NOT_HERS)
