"""`manage.py backup_key new PATH`: the pair of keys of the backups."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from secretary_portal.contingency import envelope


class Command(BaseCommand):
    """Writes the private key, which only a restore needs, and prints the public one, which only locks."""

    help = "Make the pair of keys of the backups, or show the public one again."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """What, and where the private key lies."""
        parser.add_argument("what", choices=["new", "show"])
        parser.add_argument("path", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        """Raises CommandError in words."""
        path = options["path"]
        try:
            if options["what"] == "new":
                envelope.new_key(path)
            self.stdout.write(envelope.public_text(envelope.private_key(path)))
        except envelope.Unreadable as error:
            raise CommandError(str(error)) from error
        except FileExistsError as error:
            raise CommandError(f"There is a key at {path} already; it is never replaced.") from error
        except OSError as error:
            raise CommandError(f"{path} cannot be written: {error.strerror}.") from error
