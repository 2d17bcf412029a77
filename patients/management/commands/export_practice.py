"""`manage.py export_practice PRACTICE FILE`: what a practice that leaves takes with it, signed."""

import json
import tempfile
from pathlib import Path
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from compliance import leaving, trail
from compliance.audit import events, package
from compliance.models import AuditEvent, Practice
from compliance.tenancy import SYSTEM, acting_in
from patients import fhir_export
from patients.models import Patient

BATCH = 1_000
RELATED = ("names", "contacts", "addresses", "identifiers")


class Command(BaseCommand):
    """Patients as FHIR R4 NDJSON and the whole audit trail, in one signed archive. It holds health data in clear."""

    help = "Write a practice's signed export, which `keys destroy` asks for."

    def add_arguments(self, parser: CommandParser) -> None:
        """Whose, and where to."""
        parser.add_argument("practice")
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        """Raises CommandError in words."""
        practice = Practice.objects.filter(slug=options["practice"]).first()
        if practice is None:
            raise CommandError(f"There is no practice {options['practice']}.")
        if options["file"].exists():
            raise CommandError(f"{options['file']} is there already; it is never replaced.")
        with acting_in(practice.pk, SYSTEM):
            reaches = leaving.reach(practice.pk)
        with tempfile.TemporaryDirectory(dir=options["file"].resolve().parent) as place:
            patients, audit = Path(place) / "patients.ndjson", Path(place) / "audit.zip"
            count = _patients(practice.pk, patients)
            _trail(practice.pk, audit)
            files = {"patients.ndjson": patients, "audit.zip": audit}
            digest = leaving.pack(options["file"], files, practice=practice.pk, reaches=reaches, now=timezone.now())
        self.stdout.write(f"{count} patients and the audit trail in {options['file']}; its manifest is {digest}.")


def _patients(practice: UUID, into: Path) -> int:
    after, count = UUID(int=0), 0
    with into.open("w") as file:
        while True:
            with acting_in(practice, SYSTEM):
                rows = list(Patient.objects.filter(pk__gt=after).order_by("pk").prefetch_related(*RELATED)[:BATCH])
                file.writelines(json.dumps(fhir_export.resource(row)) + "\n" for row in rows)
            if not rows:
                return count
            after, count = rows[-1].pk, count + len(rows)


def _trail(practice: UUID, into: Path) -> None:
    with acting_in(practice, SYSTEM):
        events.record("practice.exported", action=events.READ, body={"as": "operator of the portal"})
    trail.seal_now(practice, now=timezone.now())
    now = timezone.now()
    with acting_in(practice, SYSTEM):
        first = AuditEvent.objects.order_by("at").values_list("at", flat=True)[0]
        package.write(practice, into, first=first, last=now, now=now)
