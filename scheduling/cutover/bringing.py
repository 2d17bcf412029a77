"""Books what a file says, day by day: a trial that writes nothing, or a job that can be killed and goes on.

First what stands here already is moved or cancelled, so that what is new may take the time that it leaves.

Every visit is booked by `booking`, as anybody's. The same file again changes nothing; a later one moves and cancels what
changed there. What cannot be booked is kept with why, and is tried again with the next file.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from pathlib import Path
from typing import Any

from django.utils import timezone

from compliance import cases, jobs, lone
from compliance.audit import events
from compliance.enums import CaseStatus
from compliance.models import Case, Job, Practice
from compliance.roles import Role
from compliance.tenancy import SYSTEM, acting_in
from scheduling import taking
from scheduling.cutover import brought, deeds, mapping, places, reading
from scheduling.cutover.matching import Ours
from scheduling.cutover.rows import Row
from scheduling.cutover.telling import OUTCOMES, TWICE, Report
from scheduling.models import Brought, Resource

KIND = "bring_visits"
TITLE = "Bringing visits over"
__all__ = ["OUTCOMES", "Report", "run"]


class _Trial(Exception):
    """Undoes what a trial wrote."""


@dataclass(frozen=True)
class _File:
    """A file that was read: its rows, and what they are brought with."""

    practice: Practice
    system: str
    ours: Ours
    rows: list[Row]


def run(practice: Practice, path: Path, words_path: Path, *, is_trial: bool = False, progress: Any = None) -> Report:
    """Bring one file from the disk. Raises what `bring` raises."""
    return bring(practice, reading.content_of(path), words_path.read_bytes(), is_trial=is_trial, progress=progress)


def bring(practice: Practice, content: bytes, words: bytes, *, is_trial: bool = False, progress: Any = None) -> Report:
    """Bring one file by a mapping. Raises Unusable, and lone.Running where the same file is being brought.

    A run that was killed is begun again by the same call; what it did is counted and not done twice.
    `progress(done, total)` is called after each day.
    """
    now = timezone.now()
    file, report = _read(practice, content, mapping.read(words), now)
    if is_trial:
        return _bring(file, report, now, job=None, progress=progress)
    mark = lone.mark_of(content, words)
    with lone.job_of(practice, mark, kind=KIND, title=TITLE) as job:
        _bring(file, report, now, job=job, progress=progress)
        with acting_in(practice.pk, SYSTEM):
            _hand_on(file, report, timezone.now())
            jobs.finish(job, now=timezone.now(), sentence=report.sentence())
    return report


def _read(practice: Practice, content: bytes, words: mapping.Words, now: datetime) -> tuple[_File, Report]:
    found = reading.rows(content, words, now=now)
    report = Report(read=len(found.rows) + len(found.refused))
    for line, why in found.refused:
        report.add(line, "not booked", why)
    with acting_in(practice.pk, SYSTEM):
        ours = Ours(words)
    return _File(practice, words.system, ours, _once(found.rows, report)), report


@contextmanager
def _step(file: _File, job: Job | None) -> Iterator[None]:
    """One transaction of the practice; a trial undoes it."""
    with suppress(_Trial), acting_in(file.practice.pk, SYSTEM):
        yield
        if job is None:
            raise _Trial


def _bring(file: _File, report: Report, now: datetime, *, job: Job | None, progress: Any) -> Report:
    """Each day in a transaction of its own; a trial undoes it, and so sees what two rows want of one day.

    What stands here goes first, then what only leaves together, then what is new.
    """
    with acting_in(file.practice.pk, SYSTEM):
        there = Brought.objects.filter(cut_over__system=file.system, visit__isnull=False)
        stands = set(there.values_list("key", flat=True))
    standing = _by_day([row for row in file.rows if row.key in stands], now)
    days = [*standing, *_by_day([row for row in file.rows if row.key not in stands], now)]
    blocked: list[tuple[int, str, str]] = []
    for number, rows in enumerate(days, 1):
        done: list[tuple[int, str, str]] = []
        with _step(file, job):
            done += _one_day(file, rows, job, now)
            if job:
                jobs.advance(job, step=number, now=timezone.now(), findings=report.as_json())
        is_standing = number <= len(standing)
        blocked += [line for line in done if is_standing and line[2] in places.IN_THE_WAY]
        for line in done:
            if not is_standing or line[2] not in places.IN_THE_WAY:
                report.add(*line)
        if number == len(standing):
            _change_places(file, blocked, report, now, job)
        if progress:
            progress(number, len(days))
    with _step(file, job):
        _see_what_is_gone(file, report, now)
    return report


def _change_places(file: _File, blocked: list[tuple[int, str, str]], report: Report, now: datetime, job: Job | None) -> None:
    """Count what was in the way of each other: moved where it could move together, else as it is."""
    lines = {line for line, _, _ in blocked}
    rows = [row for row in file.rows if row.line in lines]
    moved: set[int] = set()
    with _step(file, job):
        if rows:
            _lock()
            moved |= places.change(brought.source(file.system), rows, file.ours, job, now)
    for line, outcome, why in blocked:
        report.add(line, *(("moved", "") if line in moved else (outcome, why)))


def _by_day(rows: Sequence[Row], now: datetime) -> list[list[Row]]:
    """By the day in UTC, soonest first: only rows of one day can want the same time."""
    ordered = sorted(rows, key=lambda row: (row.starts_at or now, row.line))
    return [list(group) for _, group in groupby(ordered, key=lambda row: (row.starts_at or now).date())]


def _once(rows: Sequence[Row], report: Report) -> list[Row]:
    seen: set[str] = set()
    kept = []
    for row in rows:
        if row.id in seen:
            report.add(row.line, "not booked", TWICE)
        else:
            kept.append(row)
        seen.add(row.id)
    return kept


def _one_day(file: _File, rows: Sequence[Row], job: Job | None, now: datetime) -> list[tuple[int, str, str]]:
    """(line, outcome, why) of each row. Whatever they may take is locked first, so that nobody waits crosswise."""
    _lock()
    cut_over = brought.source(file.system)
    known = brought.known(cut_over, rows)
    return [(row.line, *deeds.take(cut_over, row, known.get(row.key), file.ours, job, now)) for row in rows]


def _lock() -> None:
    taking.one_at_a_time(*Resource.objects.filter(is_active=True).values_list("pk", flat=True))


def _see_what_is_gone(file: _File, report: Report, now: datetime) -> None:
    gone = brought.gone(brought.source(file.system), {row.key for row in file.rows}, now=now)
    brought.list_gone(gone)
    report.gone = len(gone)
    report.lines += [(row.line, "stands", brought.GONE) for row in gone]


def _hand_on(file: _File, report: Report, now: datetime) -> None:
    """What somebody must look at is one piece of work for a system, and over when a file leaves nothing."""
    cut_over = brought.source(file.system)
    events.record("cutover.brought", cut_over, body={"read": report.read, **report.as_json()})
    standing = Case.objects.standing().filter(kind="cut-over", about_id=cut_over.pk).first()
    number = len(report.listed)
    if standing and not number:
        cases.move(standing, CaseStatus.COMPLETED, by=None, now=now, note="The last file left nothing to look at.")
    if standing or not number:
        return
    summary = f"Appointments from {file.system}: {number} to look at. Admin, Visits brought over, lists each with why."
    cases.open_case(kind="cut-over", summary=summary, team=Role.SECRETARY, about=cut_over, by=None, now=now)
