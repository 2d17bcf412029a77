"""Books what a file says, day by day: a trial that writes nothing, or a job that can be killed and goes on.

First what stands here already is moved or cancelled, so that what is new may take the time that it leaves.

Every visit is booked by `booking`, as anybody's. The same file again changes nothing; a later one moves and cancels what
changed there. What cannot be booked is kept with why, and is tried again with the next file.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
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

Line = tuple[int, str, str]  # of the file, what became of it, why


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

    What stands here goes first, then what only leaves together, then what is new. Before a new day a trial does again what
    it took back and that is near: its time is free by then, or taken.
    """
    with acting_in(file.practice.pk, SYSTEM):
        there = Brought.objects.filter(cut_over__system=file.system, visit__isnull=False)
        stood = dict(there.values_list("key", "visit__starts_at"))
    standing = _by_day([row for row in file.rows if row.key in stood], now)
    new = _by_day([row for row in file.rows if row.key not in stood], now)

    def day(number: int, rows: list[Row], again: Sequence[Row] = ()) -> list[Line]:
        lines: list[Line] = []
        with _step(file, job):
            _go(file, again, None, now)
            lines += _one_day(file, rows, job, now)
            if job:
                jobs.advance(job, step=number, now=timezone.now(), findings=report.as_json())
        if progress:
            progress(number, len(standing) + len(new))
        return lines

    went: list[Row] = []
    if standing:
        done = [line for number, rows in enumerate(standing, 1) for line in day(number, rows)]
        went = _change_places(file, done, report, now, job)
    for number, rows in enumerate(new, len(standing) + 1):
        again = went if job is None and _are_near(went, rows, stood) else []
        for line in day(number, rows, again):
            report.add(*line)
    with _step(file, job):
        _see_what_is_gone(file, report, now)
    return report


def _change_places(file: _File, done: Sequence[Line], report: Report, now: datetime, job: Job | None) -> list[Row]:
    """Count what became of the rows that stood here; who was in the way of each other is moved where they can together.

    Answers the rows that went. A trial took back what had gone by itself: all of it goes again, and before them.
    """
    gone = {line for line, outcome, _ in done if outcome in ("moved", "cancelled")}
    blocked = {line for line, _, why in done if why in places.IN_THE_WAY}
    first = sorted(file.rows, key=lambda row: (row.line not in gone, row.line))
    moved: set[int] = set()
    with _step(file, job):
        if blocked:
            wanted = blocked if job else blocked | gone
            moved |= _go(file, [row for row in first if row.line in wanted], job, now)
    for line, outcome, why in done:
        report.add(line, *(("moved", "") if line in blocked & moved else (outcome, why)))
    return [row for row in first if row.line in gone | moved]


def _go(file: _File, rows: Sequence[Row], job: Job | None, now: datetime) -> set[int]:
    """Cancel what is cancelled, then move as many of the others as can move together; answers the lines of these."""
    if not rows:
        return set()
    _lock()
    cut_over = brought.source(file.system)
    known = brought.known(cut_over, rows)
    for row in rows:
        if row.is_cancelled:
            deeds.take(cut_over, row, known.get(row.key), file.ours, job, now)
    return places.change(cut_over, [row for row in rows if not row.is_cancelled], file.ours, job, now)


def _are_near(went: Sequence[Row], rows: Sequence[Row], stood: Mapping[str, datetime]) -> bool:
    """Whether any of the rows that went left a time on the day of some others, or came there; UTC days, and those beside."""
    day = next((row.starts_at.date() for row in rows if row.starts_at), None)
    ends = (moment.date() for row in went for moment in (row.starts_at, stood[row.key]) if moment)
    return day is not None and any(abs(day - one) <= timedelta(days=1) for one in ends)


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


def _one_day(file: _File, rows: Sequence[Row], job: Job | None, now: datetime) -> list[Line]:
    """What became of each row. Whatever they may take is locked first, so that nobody waits crosswise."""
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
