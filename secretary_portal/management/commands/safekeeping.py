"""`manage.py safekeeping`: the last backup and the last restore; `… note backup | restore` for what was done elsewhere."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from compliance import safekeeping
from compliance.audit import events
from compliance.safekeeping import Deed
from compliance.tenancy import SYSTEM, acting_in


class Command(BaseCommand):
    """`backup` and `restore` note themselves where they run. A drill elsewhere is noted by hand, and that is recorded."""

    help = "Show, or note by hand, the last backup and the last restore drill."

    def add_arguments(self, parser: CommandParser) -> None:
        """What was done, and how it ended."""
        parser.add_argument("note", nargs="?", choices=["note"])
        parser.add_argument("deed", nargs="?", choices=[deed.value for deed in Deed])
        parser.add_argument("--differences", type=int, default=0, help="of a restore: how many it printed")

    def handle(self, *args: Any, **options: Any) -> None:
        """Raises CommandError in words."""
        if options["note"]:
            self._note(options["deed"], options["differences"])
        now = timezone.now()
        for deed in Deed:
            entry = safekeeping.last(deed)
            said = f"{entry.at:%Y-%m-%d %H:%M} UTC, {entry.differences} differences" if entry else "none is known"
            is_good = entry is not None and entry.is_good(now=now)
            self.stdout.write(f"{deed.value:<8} {said}{'' if is_good else ': do one'}")

    def _note(self, deed: str | None, differences: int) -> None:
        if deed is None or differences < 0:
            raise CommandError("Say what was done, backup or restore, and how many differences: 0 or more.")
        with acting_in(None, SYSTEM):
            events.record("safekeeping.noted", body={"deed": deed, "differences": differences})
            try:
                safekeeping.note(Deed(deed), now=timezone.now(), differences=differences)
            except OSError as error:
                raise CommandError(f"AUDIT_ROOTS cannot be written: {error.strerror}.") from error
