"""A practice's index key exchanged while the portal serves: all its search tokens made again from the sealed values.

First every write makes tokens of both versions, then the missing ones are made batch by batch, then searches look under
the new version, then the old tokens go. At each moment one version is whole: the one that searches look under, and by
which a second MRN is refused. Who is searching or writing while versions are changed is waited for (`tokens.versions`).
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar
from uuid import UUID

from django.db import OperationalError, connection
from django.utils import timezone

from compliance import jobs
from compliance.audit import events
from compliance.crypto import tokens
from compliance.models import DataKey, Job, Practice
from compliance.tenancy import SYSTEM, acting_in

KIND = "keys.index"
FIRST = UUID(int=0)
PATIENCE = "1s"  # for those who are searching; whoever comes meanwhile waits behind, so it is short
TRIES, PAUSE = 120, 1.0  # seconds between
LOCK_NOT_AVAILABLE = "55P03"
MAKING, SWITCHED = "1 making", "2 switched"  # in their order
T = TypeVar("T")


class Busy(Exception):
    """Somebody held the practice's versions all the time: a very long transaction."""


def begin(practice: UUID, *, to: int) -> Job | None:
    """The job that makes a practice's tokens with another version of the index key; or the one that was stopped.

    None when they are made with it already. For the operator. Raises Busy.
    """

    def work() -> Job | None:
        job = Job.objects.filter(kind=KIND).exclude(state=Job.State.DONE).order_by("created_at").last()
        if job or tokens.versions(practice).made == to:
            return job
        Practice.objects.filter(pk=practice).update(coming_index_version=to)
        total = sum(maker.count() for maker in _makers())
        job = jobs.queue(kind=KIND, title="Exchange of the index key", by=None, total=total)
        jobs.advance(job, step=0, now=timezone.now(), checkpoint={"to": to})
        events.record("key.index_begun", action=events.UPDATE, body={"version": to})
        return job

    return _alone(practice, work)


@dataclass
class Run:
    """One run of the job: the whole of it, or the rest."""

    practice: UUID
    job: Job
    to: int
    made: int = 0
    began: float = field(default_factory=time.monotonic)

    def mark(self, step: int = 0, not_opened: int = 0, **where: Any) -> None:
        """Record how far it is, in the transaction that got it there."""
        found = self.job.findings.get("not_opened", 0) + not_opened
        jobs.advance(
            self.job,
            step=self.job.step + step,
            now=timezone.now(),
            checkpoint={"to": self.to, **where},
            findings={"not_opened": found} if found else {},
        )

    def after(self, phase: str, maker: tokens.Maker) -> UUID | None:
        """From where a maker goes on; None when it has done its part."""
        at = self.job.checkpoint
        if (at.get("phase", ""), at.get("maker", "")) > (phase, maker.name):
            return None
        if (at.get("phase"), at.get("maker")) != (phase, maker.name):
            return FIRST
        return UUID(at["after"]) if at["after"] else None


def run(practice: UUID, job: Job) -> Job:
    """Do the whole job, or the rest of it. Raises JobTaken, Busy."""
    with acting_in(practice, SYSTEM):
        again = job.state == Job.State.FAILED and job.findings
        job = jobs.start(job, now=timezone.now())
        if again:  # what did not open may have been mended: from the first on
            jobs.advance(job, step=0, now=timezone.now(), checkpoint={"to": job.checkpoint["to"]}, findings={})
    this = Run(practice, job, job.checkpoint["to"])
    if job.checkpoint.get("phase") != SWITCHED:
        _make(this)
        if job.findings:
            return _not_whole(this)
        _alone(practice, lambda: _switch(this))
    _drop(this)
    return _ended(this)


def _makers() -> list[tokens.Maker]:
    """None for a practice whose data keys were destroyed: nothing opens, and its tokens only go."""
    return tokens.makers() if DataKey.objects.exists() else []


def _make(this: Run) -> None:
    with acting_in(this.practice, SYSTEM):
        makers = _makers()
    for maker in makers:
        after = this.after(MAKING, maker)
        while after is not None:
            after = batch(this, maker, after)


def batch(this: Run, maker: tokens.Maker, after: UUID) -> UUID | None:
    """The next subjects' tokens, with the checkpoint, in one transaction; the last one's id, None when it was the end."""
    with acting_in(this.practice, SYSTEM):
        done = maker.remake(after, this.to)
        this.mark(done.subjects, done.unopened, phase=MAKING, maker=maker.name, after=_written(done.last))
    this.made += done.tokens
    return done.last


def _switch(this: Run) -> None:
    Practice.objects.filter(pk=this.practice).update(index_version=this.to, coming_index_version=None)
    this.mark(phase=SWITCHED)
    events.record("key.index_rotated", action=events.UPDATE, body={"version": this.to})


def _drop(this: Run) -> None:
    for maker in tokens.makers():
        after = this.after(SWITCHED, maker)
        while after is not None:
            with acting_in(this.practice, SYSTEM):
                after = maker.drop(after, this.to)
                this.mark(phase=SWITCHED, maker=maker.name, after=_written(after))


def _ended(this: Run) -> Job:
    took = max(time.monotonic() - this.began, 0.001)
    with acting_in(this.practice, SYSTEM):
        total = sum(maker.needing(this.to) for maker in tokens.makers())
        jobs.finish(
            this.job,
            now=timezone.now(),
            sentence=f"{total} search tokens are made with index key {this.to}; {this.made / took:.0f} a second.",
        )
    return this.job


def _not_whole(this: Run) -> Job:
    with acting_in(this.practice, SYSTEM):
        count = this.job.findings["not_opened"]
        jobs.fail(
            this.job,
            now=timezone.now(),
            sentence=f"{count} records were not opened. Searches go on under the old index key; mend them, start again.",
        )
    return this.job


def _written(after: UUID | None) -> str:
    return str(after or "")


def needing(version: int) -> int:
    """How many search tokens of the practice being acted in are made with a version."""
    return sum(maker.needing(version) for maker in tokens.makers())


def _alone(practice: UUID, work: Callable[[], T]) -> T:
    """Do it between the transactions that search or write under the versions; inside the context. Raises Busy."""
    for _ in range(TRIES):
        try:
            with acting_in(practice, SYSTEM):
                _hold(practice)
                return work()
        except OperationalError as error:
            if getattr(error.__cause__, "sqlstate", "") != LOCK_NOT_AVAILABLE:
                raise
        time.sleep(PAUSE)
    raise Busy


def _hold(practice: UUID) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('lock_timeout', %s, true)", [PATIENCE])
    tokens.hold_versions(practice)
