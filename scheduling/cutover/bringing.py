"""Books what a file says, day by day: a trial that writes nothing, or a job that can be killed and goes on.

Every visit is booked by `booking`, as anybody's. The same file again changes nothing; a later one moves and cancels what
changed there. What cannot be booked is kept with why, and is tried again with the next file.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import groupby
from pathlib import Path
from typing import Any

from django.utils import timezone

from compliance import cases, jobs, lone
from compliance.audit import events
from compliance.models import Case, Job, Practice
from compliance.roles import Role
from compliance.tenancy import SYSTEM, acting_in
from scheduling import booking, visits
from scheduling.cutover import brought, mapping, reading
from scheduling.cutover.matching import Match, Ours
from scheduling.cutover.rows import Row, Unreadable
from scheduling.enums import UPCOMING, CancelReason, Initiator, Source, ToldBy
from scheduling.models import Appointment, Brought, CutOver

KIND = "bring_visits"
TITLE = "Bringing visits over"
LISTED = 5_000
OUTCOMES = ("booked", "moved", "cancelled", "same", "past", "not booked")

TAKEN = "has a time that is taken"
CLOSED = "has a time at which the provider does not see patients, or not for this kind"
BUSY = "has a time at which the patient has another visit, or is at another place that day"
TWICE = "has an id that stands on an earlier line"
BOTH = "was moved there, and here as well"
OVER = "stands for a visit that was cancelled or has taken place here"


@dataclass
class Report:
    """What came, or would come, of it. `listed`: (line, why), without anything of a patient. Outcomes add up to `read`."""

    read: int = 0
    counts: Counter = field(default_factory=Counter)
    reasons: Counter = field(default_factory=Counter)
    listed: list[tuple[int, str]] = field(default_factory=list)

    def add(self, outcome: str, row: Row | None = None, *, line: int = 0, why: str = "") -> None:
        """Count one row."""
        self.counts[outcome] += 1
        if why:
            self.reasons[why] += 1
            if len(self.listed) < LISTED:
                self.listed.append((row.line if row else line, why))

    def as_json(self) -> dict[str, Any]:
        """For the job's row."""
        return {"read": self.read, "counts": dict(self.counts), "reasons": dict(self.reasons), "listed": self.listed}

    @classmethod
    def from_json(cls, said: dict[str, Any]) -> "Report":
        """From the job's row."""
        listed = [(line, why) for line, why in said.get("listed", ())]
        return cls(said.get("read", 0), Counter(said.get("counts", {})), Counter(said.get("reasons", {})), listed)

    def sentence(self) -> str:
        """One line for the jobs page."""
        return ", ".join(f"{self.counts[outcome]} {outcome}" for outcome in OUTCOMES) + "."


class _Trial(Exception):
    """Undoes what a trial wrote."""


def run(practice: Practice, path: Path, words_path: Path, *, is_trial: bool = False, progress: Any = None) -> Report:
    """Bring one file. Raises Unusable, and lone.Running where the same file is being brought.

    A run that was killed goes on after the last whole day.
    """
    words, now = mapping.read(words_path), timezone.now()
    found = reading.rows(path, words, now=now)
    with acting_in(practice.pk, SYSTEM):
        ours = Ours(words)
    fresh = Report(read=len(found.rows) + len(found.refused))
    for line, why in found.refused:
        fresh.add("not booked", line=line, why=why)
    days = _by_day(_once(found.rows, fresh))
    if is_trial:
        return _tried(practice, words.system, ours, days, fresh, now)
    mark = lone.fingerprint(path, words_path)
    with lone.job_of(practice, mark, kind=KIND, title=TITLE, findings=fresh.as_json(), total=len(days)) as job:
        return _brought(practice, words.system, ours, days, job, progress)


def _tried(practice: Practice, system: str, ours: Ours, days: Sequence, report: Report, now: datetime) -> Report:
    """Each day in a transaction that is undone: what two rows want of one day is seen, and nobody waits for long."""
    for _, rows in days:
        try:
            with acting_in(practice.pk, SYSTEM):
                _one_day(system, ours, rows, report, now)
                raise _Trial
        except _Trial:
            continue
    return report


def _brought(practice: Practice, system: str, ours: Ours, days: Sequence, job: Job, progress: Any) -> Report:
    report = Report.from_json(job.findings)
    for number, (_, rows) in enumerate(days, 1):
        if number <= job.step:
            continue
        now = timezone.now()
        with acting_in(practice.pk, SYSTEM):
            _one_day(system, ours, rows, report, now)
            jobs.advance(job, step=number, now=now, findings=report.as_json())
        if progress:
            progress(number, len(days))
    with acting_in(practice.pk, SYSTEM):
        _hand_on(system, report, timezone.now())
        jobs.finish(job, now=timezone.now(), sentence=report.sentence())
    return report


def _by_day(rows: Sequence[Row]) -> list[tuple[date, list[Row]]]:
    """By the day in UTC, soonest first: only rows of one day can want the same time."""
    ordered = sorted(rows, key=lambda row: (row.starts_at, row.line))
    return [(day, list(group)) for day, group in groupby(ordered, key=lambda row: row.starts_at.date())]


def _once(rows: Sequence[Row], report: Report) -> list[Row]:
    seen: set[str] = set()
    kept = []
    for row in rows:
        if row.id in seen:
            report.add("not booked", row, why=TWICE)
        else:
            kept.append(row)
        seen.add(row.id)
    return kept


def _one_day(system: str, ours: Ours, rows: Sequence[Row], report: Report, now: datetime) -> None:
    cut_over = brought.source(system)
    there = Brought.objects.filter(cut_over=cut_over, key__in=[row.key for row in rows]).select_related(
        *(f"visit__{name}" for name in ("patient", "provider__resource", "visit_type", "location", "room"))
    )
    known = {one.key: one for one in there}
    for row in rows:
        outcome, why = _one(cut_over, row, known.get(row.key), ours, now)
        report.add(outcome, row, why=why)


def _one(cut_over: CutOver, row: Row, known: Brought | None, ours: Ours, now: datetime) -> tuple[str, str]:
    """(outcome, why) of one row."""
    visit = known.visit if known else None
    if known and visit and known.said == row.said:
        return "same", ""
    if row.is_cancelled:
        return _cancelled(cut_over, row, visit, now)
    if row.starts_at <= now:
        return "past", ""
    match: Match | None = None
    try:
        match = ours.match(row, now)
        done = _moved(match, row, known, now) if known and visit else _booked(match, row, now)
    except Unreadable as unreadable:
        why = str(unreadable)
    except booking.SlotTaken:
        why = TAKEN
    except booking.OutsideHours:
        why = CLOSED
    except booking.PatientBusy:
        why = BUSY
    except booking.NotSchedulable as refused:
        why = f"cannot be booked: {refused}"[:200]
    else:
        brought.keep(cut_over, row, visit=done)
        return ("moved" if visit else "booked"), ""
    brought.keep(cut_over, row, visit=visit, patient=match.patient if match else None, why=why)
    return "not booked", why


def _booked(match: Match, row: Row, now: datetime) -> Appointment:
    return booking.book(
        patient=match.patient,
        provider=match.provider,
        starts_at=row.starts_at,
        visit_type=match.visit_type,
        mode=match.visit_type.usual_mode,
        reason=row.reason,
        location=match.location,
        source=Source.IMPORT,
        by=None,
        now=now,
    )


def _moved(match: Match, row: Row, known: Brought, now: datetime) -> Appointment:
    """Raises Unreadable where the visit here is over, another's, or was moved by hand."""
    visit = known.visit
    assert visit is not None
    if visit.status not in UPCOMING:
        raise Unreadable(OVER)
    if visit.patient_id != match.patient.pk:
        raise Unreadable("has become another patient's")
    if visit.starts_at != known.starts_at:
        raise Unreadable(BOTH)
    changes: dict[str, Any] = {
        "provider": match.provider,
        "starts_at": row.starts_at,
        "visit_type": match.visit_type,
        "room": None,
    }
    return booking.move(visit, by=None, now=now, why="Moved in the other system.", location=match.location, **changes)


def _cancelled(cut_over: CutOver, row: Row, visit: Appointment | None, now: datetime) -> tuple[str, str]:
    if visit is None or visit.status not in UPCOMING or visit.starts_at <= now:
        return "cancelled", ""
    said: dict[str, Any] = {"reason": CancelReason.OTHER, "initiator": Initiator.PRACTICE, "told_by": ToldBy.NOT_YET}
    visits.cancel(visit, by=None, now=now, note="Cancelled in the other system.", **said)
    brought.keep(cut_over, row, visit=visit)
    return "cancelled", ""


def _hand_on(system: str, report: Report, now: datetime) -> None:
    """What could not be booked is work, once for a system."""
    cut_over = brought.source(system)
    events.record("cutover.brought", cut_over, body={"read": report.read, **report.counts})
    number = report.counts["not booked"]
    if not number or Case.objects.standing().filter(kind="cut-over", about_id=cut_over.pk).exists():
        return
    summary = f"{number} of {report.read} appointments from {system} could not be booked: see Admin, Visits brought over."
    cases.open_case(kind="cut-over", summary=summary, team=Role.SECRETARY, about=cut_over, by=None, now=now)
