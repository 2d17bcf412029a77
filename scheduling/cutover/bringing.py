"""Books what a file says, day by day: a trial that writes nothing, or a job that can be killed and goes on.

First what stands here already is moved or cancelled, so that what is new may take the time that it leaves.

Every visit is booked by `booking`, as anybody's. The same file again changes nothing; a later one moves and cancels what
changed there. What cannot be booked is kept with why, and is tried again with the next file.
"""

from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from pathlib import Path
from typing import Any

from django.db import DataError, IntegrityError, transaction
from django.utils import timezone

from compliance import cases, jobs, lone
from compliance.audit import events
from compliance.enums import CaseStatus
from compliance.models import Case, Job, Practice
from compliance.roles import Role
from compliance.tenancy import SYSTEM, acting_in
from patients.models import Patient
from scheduling import booking, steps, taking, visits
from scheduling.cutover import brought, mapping, reading
from scheduling.cutover.matching import Match, Ours
from scheduling.cutover.rows import Row, Unreadable
from scheduling.enums import UPCOMING, CancelReason, Initiator, Source, ToldBy
from scheduling.models import Appointment, Brought, CutOver, Resource

KIND = "bring_visits"
TITLE = "Bringing visits over"
OUTCOMES = ("booked", "moved", "cancelled", "same", "past", "not booked")

TAKEN = "has a time that is taken"
CLOSED = "has a time at which the provider does not see patients, or not for this kind"
BUSY = "has a time at which the patient has another visit, or is at another place that day"
TWICE = "has an id that stands on an earlier line"
CHANGED = "was changed by somebody at that moment: bring the file again"
REFUSED = "was refused by the database"
BOTH = "was moved there, and here as well"
OVER = "stands for a visit that was cancelled or has taken place here"


@dataclass
class Report:
    """What came, or would come, of it. `lines`: (line, outcome, why), without anything of a patient.

    The outcomes add up to `read`; `gone` are visits that stand here and that the file does not name any more.
    """

    read: int = 0
    gone: int = 0
    counts: Counter = field(default_factory=Counter)
    lines: list[tuple[int, str, str]] = field(default_factory=list)

    def add(self, line: int, outcome: str, why: str = "") -> None:
        """Count one row."""
        self.counts[outcome] += 1
        self.lines.append((line, outcome, why))

    @property
    def listed(self) -> list[tuple[int, str]]:
        """What somebody has to look at."""
        return [(line, why) for line, _, why in self.lines if why]

    @property
    def reasons(self) -> Counter:
        """How often each reason."""
        return Counter(why for _, why in self.listed)

    def as_json(self) -> dict[str, Any]:
        """For the job's row."""
        return {**{name.replace(" ", "_"): self.counts[name] for name in OUTCOMES}, "gone": self.gone}

    def sentence(self) -> str:
        """One line for the jobs page."""
        gone = f" {self.gone} stand here and are gone there." if self.gone else ""
        return ", ".join(f"{self.counts[outcome]} {outcome}" for outcome in OUTCOMES) + f".{gone}"


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
    """Bring one file. Raises Unusable, and lone.Running where the same file is being brought.

    A run that was killed is begun again by the same call; what it did is counted and not done twice.
    """
    words, now = mapping.read(words_path), timezone.now()
    found = reading.rows(path, words, now=now)
    report = Report(read=len(found.rows) + len(found.refused))
    for line, why in found.refused:
        report.add(line, "not booked", why)
    with acting_in(practice.pk, SYSTEM):
        ours = Ours(words)
    file = _File(practice, words.system, ours, _once(found.rows, report))
    if is_trial:
        return _bring(file, report, now, job=None, progress=progress)
    mark = lone.fingerprint(path, words_path)
    with lone.job_of(practice, mark, kind=KIND, title=TITLE) as job:
        _bring(file, report, now, job=job, progress=progress)
        with acting_in(practice.pk, SYSTEM):
            _hand_on(file, report, timezone.now())
            jobs.finish(job, now=timezone.now(), sentence=report.sentence())
    return report


def _bring(file: _File, report: Report, now: datetime, *, job: Job | None, progress: Any) -> Report:
    """Each day in a transaction of its own; a trial undoes it, and so sees what two rows want of one day."""
    with acting_in(file.practice.pk, SYSTEM):
        there = Brought.objects.filter(cut_over__system=file.system, visit__isnull=False)
        stands = set(there.values_list("key", flat=True))
    days = [
        *_by_day([row for row in file.rows if row.key in stands], now),
        *_by_day([row for row in file.rows if row.key not in stands], now),
    ]
    for number, rows in enumerate(days, 1):
        done: list[tuple[int, str, str]] = []
        with suppress(_Trial), acting_in(file.practice.pk, SYSTEM):
            done += _one_day(file, rows, job, now)
            if job is None:
                raise _Trial
            jobs.advance(job, step=number, now=timezone.now(), findings=report.as_json())
        for line in done:
            report.add(*line)
        if progress:
            progress(number, len(days))
    with suppress(_Trial), acting_in(file.practice.pk, SYSTEM):
        _see_what_is_gone(file, report, now)
        if job is None:
            raise _Trial
    return report


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
    taking.one_at_a_time(*Resource.objects.filter(is_active=True).values_list("pk", flat=True))
    cut_over = brought.source(file.system)
    there = Brought.objects.filter(cut_over=cut_over, key__in=[row.key for row in rows]).select_related(
        *(f"visit__{name}" for name in ("patient", "provider__resource", "visit_type", "location", "room"))
    )
    known = {one.key: one for one in there}
    return [(row.line, *_one(cut_over, row, known.get(row.key), file.ours, job, now)) for row in rows]


def _one(cut_over: CutOver, row: Row, known: Brought | None, ours: Ours, job: Job | None, now: datetime) -> tuple[str, str]:
    """(outcome, why) of one row."""
    visit = known.visit if known else None
    if known and job and known.job_id == job.pk:
        return known.outcome, known.why  # this very job did it, before it was stopped
    if known and visit and known.said == row.said:
        if known.why:
            brought.keep(cut_over, row, outcome="same", job=job, visit=visit)
        return "same", ""
    if row.starts_at and row.starts_at <= now and not row.is_cancelled:
        return "past", ""
    patients: list[Patient] = []
    outcome, done, why = "not booked", None, ""
    try:
        with transaction.atomic():
            outcome, done = _done(row, known, ours, patients, now)
    except tuple(WHY) as refused:
        why = WHY[type(refused)] or str(refused)
    except booking.NotSchedulable as refused:
        why = f"cannot be booked: {refused}"[:200]
    if why or done:
        patient = patients[0] if patients else None
        brought.keep(cut_over, row, outcome=outcome, job=job, visit=done or visit, patient=patient, why=why)
    return outcome, why


def _done(
    row: Row, known: Brought | None, ours: Ours, patients: list[Patient], now: datetime
) -> tuple[str, Appointment | None]:
    """Book, move or cancel what one row says; whom it is about is left in `patients`. Raises what booking raises."""
    if row.is_cancelled:
        return "cancelled", _cancelled(known.visit if known else None, now)
    match = ours.match(row, now)
    patients.append(match.patient)
    if known and known.visit:
        return "moved", _moved(match, row, known, known.visit, now)
    return "booked", _booked(match, row, now)


def _booked(match: Match, row: Row, now: datetime) -> Appointment:
    said: dict[str, Any] = {"patient": match.patient, "provider": match.provider, "starts_at": row.starts_at}
    said |= {"visit_type": match.visit_type, "mode": match.visit_type.usual_mode, "reason": row.reason}
    return booking.book(**said, location=match.location, source=Source.IMPORT, by=None, now=now)


def _moved(match: Match, row: Row, known: Brought, visit: Appointment, now: datetime) -> Appointment:
    """Raises Unreadable where the visit here is over, another's, or was moved by hand."""
    if visit.status not in UPCOMING:
        raise Unreadable(OVER)
    if visit.patient_id != match.patient.pk:
        raise Unreadable("has become another patient's")
    if visit.starts_at != known.starts_at:
        raise Unreadable(BOTH)
    changes: dict[str, Any] = {"provider": match.provider, "starts_at": row.starts_at, "visit_type": match.visit_type}
    changes |= {"location": match.location, "room": None, "why": "Moved in the other system.", "is_moved": False}
    return booking.move(visit, by=None, now=now, **changes)


def _cancelled(visit: Appointment | None, now: datetime) -> Appointment | None:
    if visit is None or visit.status not in UPCOMING or visit.starts_at <= now:
        return None
    said: dict[str, Any] = {"reason": CancelReason.OTHER, "initiator": Initiator.PRACTICE, "told_by": ToldBy.NOT_YET}
    visits.cancel(visit, by=None, now=now, note="Cancelled in the other system.", **said)
    return visit


WHY: dict[type[Exception], str] = {  # the sentence of a refusal; empty: its own
    Unreadable: "",
    booking.SlotTaken: TAKEN,
    booking.NeedTaken: TAKEN,
    booking.OutsideHours: CLOSED,
    booking.PatientBusy: BUSY,
    booking.Stale: CHANGED,
    steps.IllegalMove: CHANGED,
    IntegrityError: REFUSED,
    DataError: REFUSED,
}


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
