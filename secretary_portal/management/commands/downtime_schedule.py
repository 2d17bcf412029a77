"""`manage.py downtime_schedule PRACTICE FILE` and `… --open FILE --key PATH`: the schedule for when the portal is away."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from compliance.models import Practice
from secretary_portal.contingency import downtime, envelope


class Command(BaseCommand):
    """Writes the next two days of a practice, locked; with `--open` turns such a file into a page to print.

    Opening needs neither database nor network: the file and the private key.
    """

    help = "Write, or open, the locked schedule of the next two days."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Whose, and where to; or which file to open."""
        parser.add_argument("practice", help="the practice's slug; with --open: the locked file")
        parser.add_argument("file", type=Path, help="the file to write")
        parser.add_argument("--to", default="", help="the public key; BACKUP_KEY when left out")
        parser.add_argument("--open", action="store_true", help="open a locked file")
        parser.add_argument("--key", type=Path, help="with --open: the private key")

    def handle(self, *args: Any, **options: Any) -> None:
        """Raises CommandError in words."""
        if options["file"].exists():
            raise CommandError(f"{options['file']} is there already; it is never replaced.")
        try:
            self._open(options) if options["open"] else self._write(options)
        except envelope.Unreadable as error:
            raise CommandError(str(error)) from error
        except OSError as error:
            raise CommandError(f"{error.filename}: {error.strerror}.") from error
        self.stdout.write(str(options["file"]))

    def _write(self, options: dict[str, Any]) -> None:
        practice = Practice.objects.filter(slug=options["practice"]).first()
        if practice is None:
            raise CommandError(f"There is no practice {options['practice']}.")
        to = envelope.public_key(options["to"] or settings.BACKUP_KEY)
        downtime.write(options["file"], practice, to, now=timezone.now())

    def _open(self, options: dict[str, Any]) -> None:
        if not options["key"]:
            raise CommandError("Say where the private key lies: --key PATH")
        with Path(options["practice"]).open("rb") as file:
            text = b"".join(envelope.read(file, envelope.private_key(options["key"])))
        options["file"].touch(mode=0o600)
        options["file"].write_bytes(text)
