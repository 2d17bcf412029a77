"""`manage.py restore FILE --key PATH`: a backup into an empty database, and the proof that it is whole."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from compliance import safekeeping
from compliance.crypto.ring import BadRing
from secretary_portal.contingency import envelope, restore, tools


class Command(BaseCommand):
    """Run as portal_owner of a new, empty database, with the ring that the backup was written under."""

    help = "Restore an encrypted backup into an empty database. Run it with DATABASE_URL of portal_owner."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Which backup, and the private key."""
        parser.add_argument("file", type=Path)
        parser.add_argument("--key", type=Path, required=True)

    def handle(self, *args: Any, **options: Any) -> None:
        """Raises CommandError naming each difference."""
        now = timezone.now()
        try:
            found = restore.restore(options["file"], envelope.private_key(options["key"]), now=now)
        except (restore.NotRestored, envelope.Unreadable, tools.ToolMissing) as error:
            raise CommandError(str(error)) from error
        except BadRing as error:
            raise CommandError(f"{error} Nothing was restored.") from error
        self.stdout.write(
            f"Backup of {found.said.made_at}: {sum(found.said.rows.values())} rows, {len(found.said.heads)} chains;"
            f" {found.sessions} sessions ended, {found.revoked} revocations kept, {found.set_aside} later roots set aside."
        )
        try:
            safekeeping.note(safekeeping.Deed.RESTORE, now=now, differences=len(found.differences))
        except OSError as error:
            self.stderr.write(f"That this was restored could not be noted in AUDIT_ROOTS: {error.strerror}.")
        self.stdout.write(f"restore_row_differences: {len(found.differences)}")
        if found.differences:
            raise CommandError("\n".join(found.differences))
