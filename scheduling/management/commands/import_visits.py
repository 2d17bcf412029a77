"""`manage.py import_visits PRACTICE FILE MAPPING`: standing appointments from CSV, iCalendar or FHIR R4."""

import csv
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from compliance import lone
from compliance.models import Practice
from compliance.tenancy import SYSTEM, acting_in
from patients.file_types import UploadRefused
from patients.screening import screen
from scheduling.cutover import bringing
from scheduling.cutover.rows import Unusable


class Command(BaseCommand):
    """First with `--dry-run`: what each line would do, and nothing but that list is written. Then as a job of the practice.

    A run that was killed goes on by the same command; the same file again changes nothing. No patient is reminded of
    what was brought before a practice admin releases it (Admin, Cut-over).
    """

    help = "Bring standing appointments from another system: CSV, iCalendar or FHIR R4, by a mapping in TOML."

    def add_arguments(self, parser: CommandParser) -> None:
        """The practice by its slug, the file, the mapping."""
        parser.add_argument("practice", help="slug")
        parser.add_argument("file", type=Path)
        parser.add_argument("mapping", type=Path, help="TOML: how the other system's words are said here")
        parser.add_argument("--dry-run", action="store_true", help="say what each line would do, write nothing")
        parser.add_argument("--listed-in", type=Path, help="where to list what became of each line (CSV)")

    def handle(self, *args: Any, **options: Any) -> None:
        """Raises CommandError in words when something is not there, cannot be taken, or is being brought already."""
        practice = Practice.objects.filter(slug=options["practice"]).first()
        if practice is None:
            raise CommandError(f"There is no practice “{options['practice']}”.")
        for path in (options["file"], options["mapping"]):
            if not path.is_file():
                raise CommandError(f"There is no file {path}.")
        _screened(practice, options["file"])
        try:
            report = bringing.run(
                practice, options["file"], options["mapping"], is_trial=options["dry_run"], progress=self._progress
            )
        except Unusable as unusable:
            raise CommandError(str(unusable)) from unusable
        except lone.Running as running:
            raise CommandError("This file is being brought over by another process.") from running
        self._say(report, is_trial=options["dry_run"])
        target = options["listed_in"] or _list_of(practice, options["file"])
        _list(report, target)
        self.stdout.write(f"  each line is listed in {target}")

    def _progress(self, done: int, total: int) -> None:
        if done % 20 == 0 or done == total:
            self.stdout.write(f"  day {done} of {total} …")

    def _say(self, report: bringing.Report, *, is_trial: bool) -> None:
        self.stdout.write("Nothing was written. It would be:" if is_trial else "Done:")
        self.stdout.write(f"  {'read':<12}{report.read:>8}")
        for outcome in bringing.OUTCOMES:
            self.stdout.write(f"  {outcome:<12}{report.counts[outcome]:>8}")
        self.stdout.write(f"  {'gone there':<12}{report.gone:>8}")
        for why, count in sorted(report.reasons.items()):
            self.stdout.write(f"  to look at: a line {why}: {count}")


def _screened(practice: Practice, path: Path) -> None:
    """Show the file to the scanner before it is read. Raises CommandError; what was refused stays recorded."""
    with path.open("rb") as file, acting_in(practice.pk, SYSTEM):
        try:
            screen(file, patient=None, by=None)
            return
        except UploadRefused as refused:
            sentence = refused.sentence
    raise CommandError(sentence)


def _list_of(practice: Practice, path: Path) -> Path:
    return Path(settings.BASE_DIR) / "var" / "imports" / f"{practice.slug}-{path.stem}-lines.csv"


def _list(report: bringing.Report, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    with target.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["line", "outcome", "the line"])
        writer.writerows(sorted(report.lines))
