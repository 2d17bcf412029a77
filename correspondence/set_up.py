"""The one writer of reminder plans, their steps, wordings, and the lists of red flags."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from compliance import rows
from compliance.models import User
from correspondence.models import RedFlags, ReminderPlan, ReminderStep, Wording

Row = ReminderPlan | ReminderStep | Wording


class WordingUsed(Exception):
    """A step of a plan sends these words, so their name stays and they stay in use."""


class NoSuchWording(Exception):
    """A step names words that nobody has written for its channel."""


def add(row: Row, *, by: User) -> Row:
    """Add a plan, a step or a wording. Raises NoSuchWording."""
    _refuse_step_without_words(row)
    return rows.add(row, by=by)


def change(row: Row, values: Mapping[str, Any], *, version: int, by: User, now: datetime) -> Row:
    """Change one. Raises Stale, NoSuchWording, WordingUsed."""
    if (
        isinstance(row, Wording)
        and _is_sent(row)
        and ({"name", "channel"} & set(values) or values.get("is_active") is False)
    ):
        raise WordingUsed
    for name, value in values.items():
        setattr(row, name, value)
    _refuse_step_without_words(row)
    return rows.change(row, values, version=version, by=by, now=now)


def remove(row: Row, *, by: User) -> None:
    """Remove one. A plan takes its steps with it. Raises Referenced, WordingUsed."""
    if isinstance(row, Wording) and _is_sent(row):
        raise WordingUsed
    rows.remove(row, by=by)


def publish_red_flags(signs: Sequence[str], *, by: User | None, now: datetime) -> RedFlags:
    """The next version of the list. Calls keep the number of the list they were asked by."""
    newest = RedFlags.objects.order_by("-number").first()
    number = newest.number + 1 if newest else 1
    return rows.add(RedFlags(number=number, signs=list(signs), published_at=now), by=by)


def _is_sent(wording: Wording) -> bool:
    """Whether a step would be without English words if this one went."""
    before = Wording.objects.get(pk=wording.pk)
    steps = ReminderStep.objects.filter(wording_name=before.name, channel=before.channel)
    same = Wording.objects.filter(name=before.name, channel=before.channel, is_active=True).exclude(pk=wording.pk)
    return steps.exists() and not same.exists()


def _refuse_step_without_words(row: Row) -> None:
    if isinstance(row, ReminderStep):
        words = Wording.objects.filter(name=row.wording_name, channel=row.channel, is_active=True)
        if not words.exists():
            raise NoSuchWording
