"""`manage.py import_fhir PRACTICE FILE…`: patients from FHIR R4, NDJSON or Bundle."""

import csv
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from compliance.models import Practice
from compliance.tenancy import SYSTEM, acting_in
from patients import importing
from patients.file_types import UploadRefused
from patients.screening import screen


class Command(BaseCommand):
    """Imports as a job of the practice; a run that was killed goes on by the same command.

    Again with the same file changes nothing. Lines that cannot be kept whole are listed, by number and reason and
    without anything of a patient, in a file beside the portal's data (`--quarantine` names another).
    """

    help = "Import patients from FHIR R4 files (NDJSON, one resource a line, or a Bundle up to 200 MB)."

    def add_arguments(self, parser: CommandParser) -> None:
        """The practice by its slug; one file or several."""
        parser.add_argument("practice", help="slug")
        parser.add_argument("file", nargs="+", type=Path)
        parser.add_argument("--quarantine", type=Path, help="where to list the lines that were not imported (CSV)")

    def handle(self, *args: Any, **options: Any) -> None:
        """Raises CommandError in words when the practice or a file is not there, or it runs already."""
        practice = Practice.objects.filter(slug=options["practice"]).first()
        if practice is None:
            raise CommandError(f"There is no practice “{options['practice']}”.")
        missing = [path for path in options["file"] if not path.is_file()]
        if missing:
            raise CommandError(f"There is no file {missing[0]}.")
        for path in options["file"]:
            self._one(practice, path, options["quarantine"])

    def _one(self, practice: Practice, path: Path, listed_in: Path | None) -> None:
        self.stdout.write(f"{path.name}:")
        _screened(practice, path)
        try:
            report = importing.run(practice, path, progress=self._progress)
        except importing.Unusable as unusable:
            raise CommandError(str(unusable)) from unusable
        except importing.Running as running:
            raise CommandError("This file is being imported by another process.") from running
        self._say(report)
        if report.quarantined:
            target = listed_in or Path(settings.BASE_DIR) / "var" / "imports" / f"{practice.slug}-{path.stem}.csv"
            _list(report, target)
            self.stdout.write(f"  lines not imported are listed in {target}")

    def _progress(self, step: int) -> None:
        if step % (importing.BATCH * 20) == 0:
            self.stdout.write(f"  line {step} …")

    def _say(self, report: importing.Report) -> None:
        for kind in ("read", "registered", "changed", "same", "quarantined"):
            self.stdout.write(f"  {kind:<12}{report.counts[kind]:>8}")
        for title, counts in (("warned", report.warnings), ("quarantined because a line", report.reasons)):
            for kind, count in sorted(counts.items()):
                self.stdout.write(f"  {title}: {kind}: {count}")


def _screened(practice: Practice, path: Path) -> None:
    """Show the file to the scanner before it is read. Raises CommandError; what was refused stays recorded."""
    with path.open("rb") as file, acting_in(practice.pk, SYSTEM):
        try:
            screen(file, patient=None, by=None)
            return
        except UploadRefused as refused:
            sentence = refused.sentence
    raise CommandError(sentence)


def _list(report: importing.Report, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    with target.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["line", "the line"])
        writer.writerows(report.quarantined)
