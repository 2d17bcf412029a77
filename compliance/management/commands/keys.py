"""`manage.py keys new | status`: the key ring."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from compliance.audit import package, roots
from compliance.crypto import ring


class Command(BaseCommand):
    """`new` writes a ring where the settings want one, and never replaces one; `status` says what it holds."""

    help = "Make or look at the key ring."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """One word: what to do."""
        parser.add_argument("what", choices=["new", "status"])

    def handle(self, *args: Any, **options: Any) -> None:
        """Raises CommandError with a sentence when the ring is there already, or is bad."""
        path = Path(settings.KEY_RING)
        if options["what"] == "new":
            try:
                ring.create(path)
            except FileExistsError as error:
                raise CommandError(f"There is a key ring at {path} already; it is never replaced.") from error
        try:
            held = ring.load(path, secret_key=settings.SECRET_KEY)
        except ring.BadRing as error:
            raise CommandError(str(error)) from error
        for kind in ring.KINDS:
            self.stdout.write(f"{kind}: versions {', '.join(map(str, sorted(held.keys[kind])))}")
        self.stdout.write(f"public key of the trail's roots: {package.key_text(roots.public_key_of(held))}")
