"""`manage.py compliance_report PRACTICE`: each rule with pass, fail or "by the practice", and the test behind it."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from compliance import report
from compliance.models import Practice
from compliance.tenancy import acting_in
from compliance.tenancy.context import SYSTEM


class Command(BaseCommand):
    """Prints one line a rule; ends with an error when one fails."""

    help = "The evaluation report of a practice (45 CFR 164.308(a)(8))."

    def add_arguments(self, parser: CommandParser) -> None:
        """Whose."""
        parser.add_argument("practice", help="the practice's slug")

    def handle(self, *args: Any, **options: Any) -> None:
        """Raises CommandError for a practice that is not there, and when a rule fails."""
        practice = Practice.objects.filter(slug=options["practice"]).first()
        if practice is None:
            raise CommandError(f"There is no practice {options['practice']}.")
        now = timezone.now()
        with acting_in(practice.pk, SYSTEM):
            lines = report.lines(practice, now=now)
        self.stdout.write(f"{practice.name}, {now:%Y-%m-%d %H:%M} UTC")
        for line in lines:
            self.stdout.write(f"{line.state:<16} {line.rule.paragraph:<26} {line.rule.title}: {line.sentence}")
            if line.rule.test:
                self.stdout.write(f"{'':<16} {'':<26} {line.rule.test}")
        failed = sum(1 for line in lines if line.state == report.State.FAIL)
        if failed:
            raise CommandError(f"{failed} of {len(lines)} rules fail.")
