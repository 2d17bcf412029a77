"""`manage.py rls_check`: whether the wall stands, table by table."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from compliance.tenancy.holes import findings


class Command(BaseCommand):
    """Prints each finding; ends with an error when there is one."""

    help = "Check that every table of a practice stands behind row-level security."

    def handle(self, *args: Any, **options: Any) -> None:
        """Raises CommandError with the findings."""
        found = findings(timezone.now().date())
        if found:
            raise CommandError("\n".join(found))
        self.stdout.write("Every table of a practice stands behind the wall.")
