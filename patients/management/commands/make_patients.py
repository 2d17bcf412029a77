"""`manage.py make_patients N`: invented patients as FHIR NDJSON."""

import json
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from patients import making


class Command(BaseCommand):
    """Writes one resource a line as it goes, so that a million need no memory. Same seed, same patients."""

    help = "Write N invented patients as FHIR R4 NDJSON, with the traps of real files."

    def add_arguments(self, parser: CommandParser) -> None:
        """How many; where to."""
        parser.add_argument("count", type=int)
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument("--to", type=Path, help="a file; else standard output")

    def handle(self, *args: Any, **options: Any) -> None:
        """Raises CommandError for a count below one."""
        if options["count"] < 1:
            raise CommandError("Say how many: one or more.")
        lines = (json.dumps(one, ensure_ascii=False) for one in making.made(options["count"], seed=options["seed"]))
        if options["to"] is None:
            out = options.get("stdout") or sys.stdout
            out.writelines(f"{line}\n" for line in lines)
            return
        options["to"].parent.mkdir(parents=True, exist_ok=True)
        with options["to"].open("w", encoding="utf-8") as file:
            file.writelines(f"{line}\n" for line in lines)
