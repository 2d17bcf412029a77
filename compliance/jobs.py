"""Long work: step x of y, resumable, one page for all (the one writer of Job)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from compliance.audit import events
from compliance.models import Job, User

QUIET = timedelta(minutes=5)


class JobTaken(Exception):
    """Somebody else runs this job, or it has ended."""


@dataclass(frozen=True)
class Seen:
    """A job as a page shows it. `percent` is None while the number of steps is not known."""

    job: Job
    is_under_way: bool
    is_quiet: bool
    percent: int | None

    @property
    def findings(self) -> list[tuple[str, Any]]:
        """What was found and how often, by kind."""
        return sorted((kind.replace("_", " "), count) for kind, count in self.job.findings.items())


def seen(job: Job, *, now: datetime) -> Seen:
    """How a job stands: one that runs but has not beaten for five minutes was most likely stopped."""
    is_running = job.state == Job.State.RUNNING
    is_quiet = is_running and job.beat_at is not None and job.beat_at < now - QUIET
    percent = min(100, job.step * 100 // job.total) if job.total else None
    return Seen(job, is_under_way=is_running or job.state == Job.State.WAITING, is_quiet=is_quiet, percent=percent)


def queue(*, kind: str, title: str, by: User | None, total: int | None = None) -> Job:
    """A new job, waiting. `title` stands on the jobs page and holds no health data."""
    job = Job.objects.create(kind=kind, title=title, started_by=by, total=total)
    events.record("job.queued", job, action=events.CREATE, by=by, body={"kind": kind})
    return job


def start(job: Job, *, now: datetime) -> Job:
    """Take a job that waits, failed, or runs without a beat for five minutes (its runner was killed).

    Raises JobTaken. Step, checkpoint and findings stay, so that the work resumes where it stopped.
    """
    quiet = Job.objects.filter(pk=job.pk, state=Job.State.RUNNING, beat_at__lt=now - QUIET)
    free = Job.objects.filter(pk=job.pk, state__in=[Job.State.WAITING, Job.State.FAILED])
    values = {"state": Job.State.RUNNING, "beat_at": now, "started_at": job.started_at or now, "sentence": ""}
    if not free.update(**values) and not quiet.update(**values):
        raise JobTaken
    job.refresh_from_db()
    return job


def advance(
    job: Job, *, step: int, now: datetime, checkpoint: dict[str, Any] | None = None, findings: dict | None = None
) -> None:
    """Record how far it is. Called in the transaction that does the step, so that both happen or neither."""
    job.step, job.beat_at = step, now
    if checkpoint is not None:
        job.checkpoint = checkpoint
    if findings is not None:
        job.findings = findings
    job.save(update_fields=["step", "beat_at", "checkpoint", "findings", "updated_at"])


def finish(job: Job, *, now: datetime, sentence: str) -> None:
    """The work is done; `sentence` says what came of it."""
    _close(job, Job.State.DONE, now=now, sentence=sentence)


def fail(job: Job, *, now: datetime, sentence: str) -> None:
    """The work stopped; `sentence` says what was done, what was not, and what to do."""
    _close(job, Job.State.FAILED, now=now, sentence=sentence)


def _close(job: Job, state: Job.State, *, now: datetime, sentence: str) -> None:
    job.state, job.finished_at, job.sentence = state, now, sentence
    job.save(update_fields=["state", "finished_at", "sentence", "updated_at"])
    events.record(f"job.{state.value}", job, action=events.UPDATE, body={"kind": job.kind})
