"""`manage.py audit_verify [PRACTICE | portal | FILE]`: prove the audit trail, or name what was done to it."""

from pathlib import Path
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from compliance import trail
from compliance.audit import package
from compliance.audit.chain import PORTAL
from compliance.audit.proof.damage import Report
from compliance.models import Practice


class Command(BaseCommand):
    """Prints one line for each chain and one for each damage; ends with an error when there is any."""

    help = "Verify the audit trail of one practice (its slug), of the portal (the word portal), of all, or an exported file."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Whose trail."""
        parser.add_argument("whose", nargs="?", help="a practice's slug, portal, or an exported file; all when left out")
        parser.add_argument("--key", default="", help="for a file: the portal's public key, from elsewhere than the file")

    def handle(self, *args: Any, **options: Any) -> None:
        """Raises CommandError naming kind and row of each damage."""
        if options["whose"] and Path(options["whose"]).is_file():
            return self._file(Path(options["whose"]), options["key"])
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
        return None

    def _file(self, file: Path, key: str) -> None:
        """Without the database: what the file says is proven by the file and the public key alone."""
        try:
            checked = package.verify(file, key=key)
        except package.Unreadable as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{checked.rows} events; signed up to row {checked.proven or '–'} by the key {checked.key}")
        if not key:
            self.stdout.write("The key came from the file itself: compare it with the portal's (manage.py keys status).")
        if checked.findings:
            raise CommandError("\n".join(checked.findings))
        self.stdout.write("Whole: nothing was changed, removed, added or cut.")


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
