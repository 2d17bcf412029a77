"""`manage.py audit_verify [PRACTICE | portal]`: prove the audit trail, or name what was done to it."""

from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from compliance import trail
from compliance.audit.chain import PORTAL
from compliance.audit.proof.damage import Report
from compliance.models import Practice


class Command(BaseCommand):
    """Prints one line for each chain and one for each damage; ends with an error when there is any."""

    help = "Verify the audit trail of one practice (its slug), of the portal itself (the word portal), or of all."

    def add_arguments(self, parser: CommandParser) -> None:
        """Whose trail."""
        parser.add_argument("whose", nargs="?", help="a practice's slug, or portal; all when left out")

    def handle(self, *args: Any, **options: Any) -> None:
        """Raises CommandError naming kind and row of each damage."""
        now = timezone.now()
        damaged = 0
        for name, chain in _chains(options["whose"]):
            report = trail.verified(chain, now=now)
            self.stdout.write(line(name, report))
            damaged += len(report.damages)
            for one in report.damages:
                self.stdout.write(f"  {one}")
        if damaged:
            raise CommandError(f"{damaged} damages. Nothing was repaired. See docs/operators.md, section The trail.")


def line(name: str, report: Report) -> str:
    """What was verified, in words."""
    rate = f", {report.rows / report.seconds:,.0f} rows a second" if report.seconds and report.rows else ""
    proven = f"signed up to {report.until.isoformat(timespec='seconds')}" if report.until else "no signed root yet"
    return f"{name}: {report.rows} events, {'whole' if report.is_whole else 'DAMAGED'}, {proven}{rate}"


def _chains(whose: str | None) -> list[tuple[str, UUID]]:
    if whose == "portal":
        return [("portal", PORTAL)]
    practices = Practice.objects.order_by("slug").filter(**({"slug": whose} if whose else {}))
    if whose and not practices:
        raise CommandError(f"There is no practice {whose}.")
    return [(one.slug, one.pk) for one in practices] + ([] if whose else [("portal", PORTAL)])
