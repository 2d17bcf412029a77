"""`manage.py reseal LABEL --was OLD | --rows FILE`: sealed values moved to another label or row."""

import csv
from pathlib import Path
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser

from compliance import resealing
from compliance.models import DataKey, Practice
from compliance.tenancy import SYSTEM, acting_in


class Command(BaseCommand):
    """After a label was renamed in the code, or rows got new ids. Practice by practice; again changes nothing.

    The file of rows has a line `id before,id now` for each row whose values were put under another id.
    """

    help = "Move sealed values to another label or row."

    def add_arguments(self, parser: CommandParser) -> None:
        """Which values, from where, and whose."""
        parser.add_argument("label", help="the label as it is now")
        parser.add_argument("--was", help="the label that the values were sealed under")
        parser.add_argument("--rows", type=Path, help="CSV: id before, id now")
        parser.add_argument("--practice", help="its slug; without it every practice")
        parser.add_argument("--dry-run", action="store_true", help="only count")

    def handle(self, *args: Any, **options: Any) -> None:
        """Raises CommandError in words, and when a value opens neither as it was nor as it is."""
        if not options["was"] and not options["rows"]:
            raise CommandError("Say what changed: --was LABEL, --rows FILE, or both.")
        rows = _rows(options["rows"]) if options["rows"] else {}
        move = resealing.Move(options["label"], options["was"] or options["label"], rows)
        unopened = sum(self._one(practice, move, options["dry_run"]) for practice in _practices(options["practice"]))
        if unopened:
            raise CommandError(f"{unopened} values open neither as they were nor as they are; they stand as they were.")

    def _one(self, practice: Practice, move: resealing.Move, is_dry: bool) -> int:
        with acting_in(practice.pk, SYSTEM):
            if not DataKey.objects.exists():
                self.stdout.write(f"{practice.slug}: its data keys were destroyed.")
                return 0
        try:
            counts = resealing.reseal(practice.pk, move, is_dry=is_dry)
        except resealing.UnknownLabel as error:
            raise CommandError(f"No sealed field has the label {error}.") from error
        told = "would be moved" if is_dry else "moved"
        self.stdout.write(
            f"{practice.slug}: {counts[resealing.MOVED]} values {told}, {counts[resealing.RIGHT]} were right already,"
            f" {counts[resealing.UNOPENED]} not opened."
        )
        return counts[resealing.UNOPENED]


def _practices(slug: str | None) -> list[Practice]:
    found = Practice.objects.order_by("slug")
    if not slug:
        return list(found)
    if not found.filter(slug=slug).exists():
        raise CommandError(f"There is no practice {slug}.")
    return list(found.filter(slug=slug))


def _rows(path: Path) -> dict[UUID, UUID]:
    """The id before by the id now."""
    rows: dict[UUID, UUID] = {}
    try:
        with path.open(newline="", encoding="utf-8") as file:
            for line, row in enumerate(csv.reader(file), 1):
                try:
                    before, now = map(UUID, row)
                except ValueError as error:
                    raise CommandError(f"Line {line} of {path} is not two ids: the one before, the one now.") from error
                rows[now] = before
    except OSError as error:
        raise CommandError(f"{path} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise CommandError(f"{path} is not a text file in UTF-8.") from error
    return rows
