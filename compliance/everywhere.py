"""The clock's work in every practice, one after another: a practice in which it fails does not stop the others."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

import structlog
from django.db import Error, connection

from compliance import checks, jobs
from compliance.models import Job, Practice
from compliance.tenancy import SYSTEM, acting_in

log = structlog.get_logger(__name__)


class NotEverywhere(RuntimeError):
    """The work failed for some; it was done for the others. Which ones stands in the log, and in the practices' jobs."""


def for_each_practice(work: Callable[[UUID], Any], *, name: str, title: str, now: datetime) -> list[Any]:
    """Do something in every practice as the portal itself, each in its own context. As `in_every_practice`."""

    def inside(practice: UUID) -> Any:
        with acting_in(practice, SYSTEM):
            return work(practice)

    return in_every_practice(inside, name=name, title=title, now=now)


def in_every_practice(work: Callable[[UUID], Any], *, name: str, title: str, now: datetime) -> list[Any]:
    """Do something for every practice; the work opens its own contexts. Raises NotEverywhere in the end.

    Where it fails, a failed job of the practice says so, and the privacy officer is told once.
    """

    def note(practice: UUID, error: Exception) -> None:
        _note(practice, error, name=name, title=title, now=now)

    practices = Practice.objects.order_by("pk").values_list("pk", flat=True)
    return each(list(practices), work, "practice.left_out", then=note)


def each(
    ids: list[UUID], work: Callable[[UUID], Any], failed: str, *, then: Callable[[UUID, Exception], None] | None = None
) -> list[Any]:
    """Do it for each; one that fails is logged by its id and the kind of error, and does not stop the others.

    Broad on purpose: whatever is wrong with one practice or message (a key, a row, a rule) is no reason to leave out the
    next. A database that is away is away for all: then it ends at once. Raises NotEverywhere in the end.
    """
    answers, left_out = [], 0
    for one in ids:
        try:
            answers.append(work(one))
        except Exception as error:
            if isinstance(error, Error) and not connection.is_usable():
                raise
            left_out += 1
            log.error(failed, id=str(one), error=type(error).__name__)
            if then is not None:
                then(one, error)
    if left_out:
        raise NotEverywhere(f"{left_out} of {len(ids)} were left out.")
    return answers


def _note(practice: UUID, error: Exception, *, name: str, title: str, now: datetime) -> None:
    """One job for as long as it keeps failing, with how often and why. Where that cannot be written, the log says so."""
    try:
        with acting_in(practice, SYSTEM):
            kind = f"clock-{name}"
            job = Job.objects.filter(kind=kind, state=Job.State.FAILED).order_by("-created_at").first()
            job = jobs.start(job or jobs.queue(kind=kind, title=title, by=None), now=now)
            found = {**job.findings, type(error).__name__: job.findings.get(type(error).__name__, 0) + 1}
            jobs.advance(job, step=job.step, now=now, findings=found)
            jobs.fail(job, now=now, sentence=f"It could not be done ({type(error).__name__}). It is tried again by itself.")
            checks.tell(checks.Finding("clock-failed", f"What runs by itself could not be done: {title}."), now=now)
    except Exception as again:
        log.error("practice.failure_not_noted", task=name, id=str(practice), error=type(again).__name__)
