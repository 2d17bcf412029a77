"""`manage.py audit_export PRACTICE FILE --from DAY --to DAY`: a stretch of the trail that proves itself."""

from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from compliance import trail
from compliance.audit import events, package
from compliance.models import Practice
from compliance.roles import OPERATOR
from compliance.zones import zone


class Command(BaseCommand):
    """Writes a ZIP with CSV, FHIR R4 AuditEvent, the chain and the signed roots. Exporting is an event of its own."""

    help = "Export a practice's audit trail for the days from --from to --to, both in the practice's zone."

    def add_arguments(self, parser: CommandParser) -> None:
        """Whose, where to, and of which days."""
        parser.add_argument("practice", help="the practice's slug")
        parser.add_argument("file", type=Path)
        parser.add_argument("--from", dest="first", type=date.fromisoformat, required=True, metavar="YYYY-MM-DD")
        parser.add_argument("--to", dest="last", type=date.fromisoformat, required=True, metavar="YYYY-MM-DD")

    def handle(self, *args: Any, **options: Any) -> None:
        """Raises CommandError in words for a practice that is not there, days without an event, a file that stands."""
        practice = Practice.objects.filter(slug=options["practice"]).first()
        if practice is None:
            raise CommandError(f"There is no practice {options['practice']}.")
        if options["file"].exists():
            raise CommandError(f"{options['file']} is there already; it is never replaced.")
        here = zone(practice.time_zone)
        begins = datetime.combine(options["first"], time.min, here)
        ends = datetime.combine(options["last"] + timedelta(days=1), time.min, here)
        trail.seal_now(practice.pk, now=timezone.now())
        try:
            with trail.on_chain(practice.pk):
                rows = package.write(practice.pk, options["file"], first=begins, last=ends, now=timezone.now())
                events.record("audit.exported", action=events.READ, body={"rows": rows, "as": OPERATOR})
        except package.NothingToExport as error:
            raise CommandError("There is no event in these days.") from error
        self.stdout.write(f"{rows} events in {options['file']}. To prove them: manage.py audit_verify {options['file']}")
