"""`manage.py approve_export PRACTICE EXPORT`: the operator of the portal as the second person."""

from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from compliance import bulk
from compliance.models import Export, Practice
from compliance.roles import OPERATOR
from compliance.tenancy import SYSTEM, acting_in


class Command(BaseCommand):
    """Agrees to, or refuses, one export that waits for a second person. Recorded as the operator's act."""

    help = "Agree to an export of more than 500 patients, as the operator of the portal."

    def add_arguments(self, parser: CommandParser) -> None:
        """Whose, which, and the answer."""
        parser.add_argument("practice", help="the practice's slug")
        parser.add_argument("export", type=UUID, help="the export's id, from the page of exports")
        parser.add_argument("--refuse", action="store_true", help="refuse it instead")

    def handle(self, *args: Any, **options: Any) -> None:
        """Raises CommandError in words for a practice or export that is not there, and for one that was decided."""
        practice = Practice.objects.filter(slug=options["practice"]).first()
        if practice is None:
            raise CommandError(f"There is no practice {options['practice']}.")
        agrees = not options["refuse"]
        with acting_in(practice.pk, SYSTEM):
            export = Export.objects.select_related("asked_by").filter(pk=options["export"]).first()
            if export is None:
                raise CommandError(f"There is no export {options['export']}.")
            try:
                bulk.decide(export, agrees=agrees, now=timezone.now(), as_whom=OPERATOR)
            except bulk.Decided as error:
                raise CommandError("This export does not wait for a decision.") from error
        self.stdout.write("Agreed to." if agrees else "Refused.")
