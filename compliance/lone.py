"""Long work on one file that only one process does at a time, and that goes on where a killed one stopped."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.db import connection
from django.utils import timezone

from compliance import jobs
from compliance.models import Job, Practice, User
from compliance.tenancy import SYSTEM, acting_in


class Running(RuntimeError):
    """Another process does this very work now."""


def fingerprint(*paths: Path) -> str:
    """SHA-256 of one file, or of several together: the same work is known again by it."""
    marks = []
    for path in paths:
        with path.open("rb") as file:
            marks.append(hashlib.file_digest(file, "sha256").hexdigest())
    return _one_mark(marks)


def mark_of(*contents: bytes) -> str:
    """The same of what was read already."""
    return _one_mark([hashlib.sha256(content).hexdigest() for content in contents])


def _one_mark(marks: list[str]) -> str:
    return marks[0] if len(marks) == 1 else hashlib.sha256("|".join(marks).encode()).hexdigest()


@contextmanager
def job_of(
    practice: Practice, mark: str, *, kind: str, title: str, findings: dict[str, Any] | None = None, total: int | None = None
) -> Iterator[Job]:
    """The running job of this work: one that has not ended goes on, with its step, checkpoint and findings.

    Raises Running. Whatever stops the work stands in the job's row, by the kind of error.
    """
    job = _job(practice, mark, kind=kind, title=title, findings=findings or {}, total=total)
    with _alone(job):
        with acting_in(practice.pk, SYSTEM):
            _take(job)
        try:
            yield job
        except Exception as error:
            sentence = f"It was stopped by an error ({type(error).__name__}). Run it again: it goes on where it was."
            with acting_in(practice.pk, SYSTEM):
                jobs.fail(job, now=timezone.now(), sentence=sentence)
            raise


def _job(practice: Practice, mark: str, *, kind: str, title: str, findings: dict[str, Any], total: int | None) -> Job:
    with acting_in(practice.pk, SYSTEM):
        return queued(mark, kind=kind, title=title, by=None, findings=findings, total=total)


def queued(
    mark: str, *, kind: str, title: str, by: User | None, findings: dict[str, Any] | None = None, total: int | None = None
) -> Job:
    """The job of this very work that has not ended, or a new one, in the practice acted in; `job_of` takes it up."""
    for job in Job.objects.filter(kind=kind).exclude(state=Job.State.DONE).order_by("-created_at"):
        if job.checkpoint.get("file") == mark:
            return job
    job = jobs.queue(kind=kind, title=title, by=by, total=total)
    jobs.advance(job, step=0, now=timezone.now(), checkpoint={"file": mark}, findings=findings or {})
    return job


def _take(job: Job) -> None:
    """Start it. We hold its lock, so whoever ran it before is gone, however lately it gave a sign."""
    job.refresh_from_db()
    now = timezone.now()
    if job.state == Job.State.RUNNING:
        jobs.fail(job, now=now, sentence="It was stopped. It goes on where it was.")
    jobs.start(job, now=now)


@contextmanager
def _alone(job: Job) -> Iterator[None]:
    """A lock of the database session for one job: it goes when the process does, even by SIGKILL. Raises Running."""
    key = int.from_bytes(job.pk.bytes[-8:], "big", signed=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [key])
        if not cursor.fetchone()[0]:
            raise Running
    try:
        yield
    finally:
        if not connection.needs_rollback:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [key])
