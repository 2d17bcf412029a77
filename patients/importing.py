"""Patients from FHIR files: as a job, in batches, each whole or not at all; again changes nothing."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db import DataError, IntegrityError, transaction
from django.utils import timezone

from compliance import jobs, lone
from compliance.lone import Running
from compliance.models import Job, Practice
from compliance.tenancy import SYSTEM, acting_in
from patients import fhir, registration, tokens
from patients.details import Details, merged
from patients.enums import TokenKind
from patients.import_files import Entry, Unusable, batches, entries
from patients.models import Patient, SearchToken

KIND = "import_fhir"
BATCH = 50  # resources in one transaction
REPORTED = 5_000  # quarantined lines are listed up to so many, and counted all
SOURCE = "import"

__all__ = ["Report", "Running", "Unusable", "run"]


@dataclass
class Report:
    """What came of it. `quarantined`: (line, reason), without anything of a patient."""

    counts: Counter = field(default_factory=Counter)
    warnings: Counter = field(default_factory=Counter)
    reasons: Counter = field(default_factory=Counter)
    quarantined: list[tuple[int, str]] = field(default_factory=list)

    @property
    def changes(self) -> int:
        """How many patients were written."""
        return self.counts["registered"] + self.counts["changed"]

    def refuse(self, line: int, reason: str) -> None:
        """Put one line into quarantine."""
        self.counts["quarantined"] += 1
        self.reasons[reason] += 1
        if len(self.quarantined) < REPORTED:
            self.quarantined.append((line, reason))

    def as_json(self) -> dict[str, Any]:
        """For the job's row."""
        return {
            "counts": dict(self.counts),
            "warnings": dict(self.warnings),
            "reasons": dict(self.reasons),
            "quarantined": self.quarantined,
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "Report":
        """From the job's row."""
        return cls(
            Counter(data.get("counts", {})),
            Counter(data.get("warnings", {})),
            Counter(data.get("reasons", {})),
            [(line, reason) for line, reason in data.get("quarantined", ())],
        )

    def sentence(self) -> str:
        """One line for the jobs page."""
        said = (f"{self.counts[kind]} {kind}" for kind in ("registered", "changed", "same", "quarantined"))
        return ", ".join(said) + "."


def run(practice: Practice, path: Path, *, progress: Any = None) -> Report:
    """Import one file. A run that was killed goes on where it stopped. Raises Unusable, Running.

    `progress(step)` is called after each batch.
    """
    print_of_file = lone.fingerprint(path)
    with lone.job_of(practice, print_of_file, kind=KIND, title="Import of patients") as job:
        return _batches(practice, job, path, print_of_file, progress)


def _batches(practice: Practice, job: Job, path: Path, print_of_file: str, progress: Any) -> Report:
    report, done = Report.from_json(job.findings), int(job.checkpoint.get("line", 0))
    known: set[tokens.Said] = set()
    for batch in batches(entries(path), BATCH):
        if batch[-1][0] <= done:
            _remember(practice, batch, known)
            continue
        _one_batch(practice, job, [entry for entry in batch if entry[0] > done], report, known, print_of_file)
        if progress:
            progress(job.step)
    with acting_in(practice.pk, SYSTEM):
        jobs.finish(job, now=timezone.now(), sentence=report.sentence())
    return report


def _one_batch(
    practice: Practice, job: Job, batch: list[Entry], report: Report, known: set[tokens.Said], print_of_file: str
) -> None:
    """All of a batch and its checkpoint in one transaction."""
    now = timezone.now()
    with acting_in(practice.pk, SYSTEM):
        read = _read(batch, report, known, now)
        on_file = _on_file([one for _, one in read])
        if not _all_new(read, on_file, report):
            for line, one in read:
                _write(line, one, on_file, report, now)
        last = batch[-1][0]
        checkpoint = {"file": print_of_file, "line": last}
        jobs.advance(job, step=last, now=now, checkpoint=checkpoint, findings=report.as_json())


def _read(batch: list[Entry], report: Report, known: set[tokens.Said], now: datetime) -> list[tuple[int, fhir.Read]]:
    read = []
    for line, resource in batch:
        report.counts["read"] += 1
        try:
            if isinstance(resource, fhir.Unreadable):
                raise resource
            one = fhir.read(resource, today=timezone.localtime(now).date())
            _once(one, known)
        except fhir.Unreadable as unreadable:
            report.refuse(line, unreadable.reason)
            continue
        read.append((line, one))
    return read


def _once(one: fhir.Read, known: set[tokens.Said]) -> None:
    """Raises Unreadable for an identifier that an earlier line had: else each run would change one into the other."""
    mine = _identifiers(one.details)
    if mine & known:
        raise fhir.Unreadable("has an identifier that stands on an earlier line")
    known |= mine


def _identifiers(details: Details) -> set[tokens.Said]:
    numbers = (n for n in details.numbers if n.system and n.kind not in fhir.PERSONAL)
    return {tokens.identifier(n.system, n.value) for n in numbers}


def _remember(practice: Practice, batch: tuple[Entry, ...], known: set[tokens.Said]) -> None:
    """The identifiers of lines that an earlier run did."""
    with acting_in(practice.pk, SYSTEM):
        for _, resource in batch:
            try:
                known |= _identifiers(fhir.read(resource, today=timezone.localdate()).details)
            except fhir.Unreadable:
                continue


OnFile = tuple[dict[tokens.Said, UUID], dict[UUID, Patient]]


def _on_file(read: list[fhir.Read]) -> OnFile:
    """Whose the identifiers of a batch are already, with all of their rows: one query for tokens, six for rows."""
    key = tokens.sought()
    wanted = {key.token(said)[1]: said for one in read for said in _identifiers(one.details)}
    rows = SearchToken.objects.filter(kind=TokenKind.IDENTIFIER, token__in=wanted).values_list("token", "subject")
    subjects = {wanted[bytes(token)]: subject for token, subject in rows}
    patients = Patient.objects.filter(pk__in=set(subjects.values())).prefetch_related(
        "names", "contacts__consents", "addresses", "identifiers"
    )
    return subjects, {patient.pk: patient for patient in patients}


def _all_new(read: list[tuple[int, fhir.Read]], on_file: OnFile, report: Report) -> bool:
    """Register a batch of nobody but new patients at once; False when it has to go one by one."""
    if on_file[0] or not read:
        return False
    try:
        with transaction.atomic():
            registration.register_many([one.details for _, one in read], by=None, source=SOURCE)
    except (registration.MrnTaken, IntegrityError, DataError):
        return False
    report.counts["registered"] += len(read)
    for _, one in read:
        report.warnings.update(one.warnings)
    return True


def _write(line: int, one: fhir.Read, on_file: OnFile, report: Report, now: datetime) -> None:
    """Register, change or leave one patient; whole, or into quarantine."""
    subjects, patients = on_file
    whose = {subjects[said] for said in _identifiers(one.details) if said in subjects}
    if len(whose) > 1:
        report.refuse(line, "has identifiers of two patients on file")
        return
    try:
        with transaction.atomic():
            done = _put(one.details, patients[whose.pop()] if whose else None, now)
    except registration.MrnTaken:
        report.refuse(line, "has an MRN that another patient has")
        return
    except registration.Stale:
        report.refuse(line, "was changed by somebody at that moment: import the file again")
        return
    except (IntegrityError, DataError):
        report.refuse(line, "was refused by the database")
        return
    report.counts[done] += 1
    report.warnings.update(one.warnings)


def _put(details: Details, patient: Patient | None, now: datetime) -> str:
    if patient is None:
        registration.register(details, by=None, now=now, source=SOURCE)
        return "registered"
    ours = registration.details_of(patient)
    wanted = merged(details, ours)
    if wanted.is_like(ours):
        return "same"
    changed = registration.change(patient, wanted, version=patient.version, by=None, now=now, source=SOURCE)
    return "changed" if changed else "same"
