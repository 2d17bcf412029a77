"""`manage.py backup FILE`: everything, encrypted, with what a restore is compared to."""

from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from compliance import safekeeping
from secretary_portal.contingency import backup, envelope, tools


class Command(BaseCommand):
    """Run as portal_backup. Needs the public key only: whoever makes backups cannot read them."""

    help = "Write an encrypted backup of the whole database. Run it with DATABASE_URL of portal_backup."

    def add_arguments(self, parser: CommandParser) -> None:
        """Where to, and for whom."""
        parser.add_argument("file", type=Path)
        parser.add_argument("--to", default="", help="the public key; BACKUP_KEY when left out")

    def handle(self, *args: Any, **options: Any) -> None:
        """Raises CommandError in words; then nothing is left of the file."""
        now = timezone.now()
        try:
            to = envelope.public_key(options["to"] or settings.BACKUP_KEY)
            said = backup.make(options["file"], to, now=now)
        except (backup.NotMade, tools.ToolMissing, envelope.Unreadable) as error:
            raise CommandError(str(error)) from error
        except FileExistsError as error:
            raise CommandError(f"{options['file']} is there already; a backup never replaces one.") from error
        except OSError as error:
            raise CommandError(f"{options['file']} cannot be written: {error.strerror}.") from error
        rows = sum(said.rows.values())
        self.stdout.write(f"{options['file']}: {rows} rows in {len(said.rows)} tables, {len(said.heads)} chains.")
        self._note(now)

    def _note(self, now: datetime) -> None:
        try:
            safekeeping.note(safekeeping.Deed.BACKUP, now=now)
        except OSError as error:
            raise CommandError(
                f"The backup is made. That it was could not be noted in AUDIT_ROOTS: {error.strerror}."
            ) from error
