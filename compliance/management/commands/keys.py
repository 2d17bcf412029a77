"""`manage.py keys status | new | rotate | retire | destroy`: the key ring and the practices' data keys."""

import argparse
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from compliance import keeping, leaving, rotation
from compliance.audit import package, roots
from compliance.crypto import ring
from compliance.jobs import JobTaken
from compliance.models import DataKey, Job, Practice
from compliance.tenancy import SYSTEM, acting_in


class Command(BaseCommand):
    """`new` writes a ring where the settings want one, and never replaces one; `status` says what it holds.

    `rotate wrapping`, `rotate data PRACTICE`; `retire wrapping VERSION`, `retire data NUMBER PRACTICE`;
    `destroy PRACTICE --export FILE` when a practice leaves.
    """

    help = "Make, look at, exchange, retire and destroy keys."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """One word for what to do, then on what."""
        parser.formatter_class = argparse.RawTextHelpFormatter
        words = parser.add_subparsers(dest="what", required=True)
        words.add_parser("new", help="write a ring, once")
        words.add_parser("status", help="what the ring holds")
        rotate = words.add_parser("rotate", help="a new key, and everything under it")
        rotate.add_argument("kind", choices=["wrapping", "data"])
        rotate.add_argument("practice", nargs="?", help="for data: the practice's slug")
        retire = words.add_parser("retire", help="take an old key away that nothing needs")
        retire.add_argument("kind", choices=["wrapping", "data"])
        retire.add_argument("version", type=int)
        retire.add_argument("practice", nargs="?", help="for data: the practice's slug")
        destroy = words.add_parser("destroy", help="the data keys of a practice that leaves")
        destroy.add_argument("practice")
        destroy.add_argument("--export", type=Path, required=True, help="what manage.py export_practice has written")

    def handle(self, *args: Any, **options: Any) -> None:
        """Raises CommandError with a sentence for whatever cannot be done."""
        try:
            getattr(self, options["what"])(options)
        except (ring.BadRing, keeping.StillNeeded, leaving.NoExport) as error:
            raise CommandError(str(error)) from error
        except JobTaken as error:
            raise CommandError("The exchange is running already; the page of jobs shows how far it is.") from error
        except OSError as error:
            raise CommandError(
                f"The ring cannot be replaced in {Path(settings.KEY_RING).parent}: {error.strerror}."
            ) from error

    def new(self, options: dict[str, Any]) -> None:
        """A ring, once."""
        path = Path(settings.KEY_RING)
        try:
            ring.create(path)
        except FileExistsError as error:
            raise CommandError(f"There is a key ring at {path} already; it is never replaced.") from error
        self.status(options)

    def status(self, options: dict[str, Any]) -> None:
        """What the ring holds, without a key."""
        held = ring.load(Path(settings.KEY_RING), secret_key=settings.SECRET_KEY)
        for kind in ring.KINDS:
            self.stdout.write(f"{kind}: versions {', '.join(map(str, sorted(held.keys[kind])))}")
        self.stdout.write(f"public key of the trail's roots: {package.key_text(roots.public_key_of(held))}")

    def rotate(self, options: dict[str, Any]) -> None:
        """A new key of a kind."""
        if options["kind"] == "wrapping":
            version, keys, factors = keeping.rotate_wrapping()
            self.stdout.write(f"Wrapping key {version}: {keys} data keys and {factors} second factors are under it.")
            self.stdout.write("Copy the ring to its two safe places now, then restart web, worker and clock.")
            return
        practice = _practice(options["practice"])
        job = rotation.run(practice.pk, rotation.begin(practice.pk))
        if job.state != Job.State.DONE:
            raise CommandError(f"{job.sentence} {job.findings}")
        self.stdout.write(job.sentence)

    def retire(self, options: dict[str, Any]) -> None:
        """An old key away."""
        version = options["version"]
        if options["kind"] == "wrapping":
            keeping.retire_wrapping(version)
        else:
            keeping.retire_data(_practice(options["practice"]), version, now=timezone.now())
        self.stdout.write(f"The {options['kind']} key of version {version} is gone. Keep the copies that old backups need.")

    def destroy(self, options: dict[str, Any]) -> None:
        """The end of a practice's data; prints the certificate."""
        practice = _practice(options["practice"])
        with acting_in(practice.pk, SYSTEM):
            keys = DataKey.objects.count()
        text = keeping.destroy(practice, options["export"], now=timezone.now())
        self.stdout.write(f"{keys} data keys of {practice.slug} are destroyed. Processes forget them within a minute.")
        self.stdout.write(text)


def _practice(slug: str | None) -> Practice:
    practice = Practice.objects.filter(slug=slug or "").first()
    if practice is None:
        raise CommandError(f"There is no practice {slug}." if slug else "Say which practice: its slug.")
    return practice
