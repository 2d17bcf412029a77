"""`manage.py keys status | new | rotate | retire | destroy`: the key ring and the practices' data keys."""

import argparse
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError
from django.utils import timezone

from compliance import index_rotation, keeping, leaving, rotation
from compliance.audit import package, roots
from compliance.crypto import ring
from compliance.jobs import JobTaken
from compliance.models import DataKey, Job, Practice
from compliance.tenancy import SYSTEM, acting_in


class Command(BaseCommand):
    """`new` writes a ring where the settings want one, and never replaces one; `status` says what it holds.

    `rotate wrapping`, `rotate data PRACTICE`, `rotate index [PRACTICE]`; `retire wrapping VERSION`, `retire index VERSION`,
    `retire data NUMBER PRACTICE`; `destroy PRACTICE --export FILE` when a practice leaves.
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
        rotate.add_argument("kind", choices=["wrapping", "data", "index"])
        rotate.add_argument("practice", nargs="?", help="its slug; for index: without it all of them")
        rotate.add_argument("--key-only", action="store_true", help="for index: only put the new key into the ring")
        retire = words.add_parser("retire", help="take an old key away that nothing needs")
        retire.add_argument("kind", choices=["wrapping", "data", "index"])
        retire.add_argument("version", type=int)
        retire.add_argument("practice", nargs="?", help="for data: the practice's slug")
        destroy = words.add_parser("destroy", help="the data keys and search tokens of a practice that leaves")
        destroy.add_argument("practice")
        destroy.add_argument("--export", type=Path, required=True, help="what manage.py export_practice has written")

    def handle(self, *args: Any, **options: Any) -> None:
        """Raises CommandError with a sentence for whatever cannot be done."""
        try:
            getattr(self, options["what"])(options)
        except (ring.BadRing, keeping.StillNeeded, leaving.NoExport) as error:
            raise CommandError(str(error)) from error
        except index_rotation.Busy as error:
            raise CommandError("Somebody held the practice for minutes. Nothing is lost: run it again.") from error
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
        self._say_what_is_held()

    def status(self, options: dict[str, Any]) -> None:
        """What the ring holds, without a key, and which practices use which index key."""
        self._say_what_is_held()
        try:
            self.stdout.writelines(_index_keys_in_use())
        except DatabaseError:
            self.stdout.write("The database does not answer: which practices use which index key is not known.")

    def _say_what_is_held(self) -> None:
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
        if options["kind"] == "index":
            self._rotate_index(options)
            return
        practice = _practice(options["practice"])
        job = rotation.run(practice.pk, rotation.begin(practice.pk))
        if job.state != Job.State.DONE:
            raise CommandError(f"{job.sentence} {job.findings}")
        self.stdout.write(job.sentence)

    def _rotate_index(self, options: dict[str, Any]) -> None:
        chosen = [_practice(options["practice"])] if options["practice"] else list(Practice.objects.order_by("slug"))
        version = keeping.index_target(chosen)
        self.stdout.write(f"Index key {version} is in the ring: copy the ring to its two safe places now.")
        if options["key_only"]:
            self.stdout.write("Restart web, worker and clock, then run this again without --key-only.")
            return
        jobs = [_made_again(practice, version) for practice in chosen]
        for practice, job in zip(chosen, jobs, strict=True):
            if job:
                self.stdout.write(f"{practice.slug}: {job.sentence}")
        left = sum(job is not None and job.state != Job.State.DONE for job in jobs)
        if left:
            raise CommandError(f"{left} of {len(chosen)} practices were not done whole; the old index key is needed still.")

    def retire(self, options: dict[str, Any]) -> None:
        """An old key away."""
        version = options["version"]
        if options["kind"] == "wrapping":
            keeping.retire_wrapping(version)
        elif options["kind"] == "index":
            keeping.retire_index(version)
        else:
            keeping.retire_data(_practice(options["practice"]), version, now=timezone.now())
        self.stdout.write(f"The {options['kind']} key of version {version} is gone. Keep the copies that old backups need.")

    def destroy(self, options: dict[str, Any]) -> None:
        """The end of a practice's data; prints the certificate."""
        practice = _practice(options["practice"])
        with acting_in(practice.pk, SYSTEM):
            keys = DataKey.objects.count()
        text = keeping.destroy(practice, options["export"], now=timezone.now())
        self.stdout.write(f"{keys} data keys and all search tokens of {practice.slug} are destroyed.")
        self.stdout.write("Processes forget the keys within a minute.")
        self.stdout.write(text)


def _made_again(practice: Practice, version: int) -> Job | None:
    """The last job done; None when there was nothing to do. One that was stopped on the way to an older key comes first."""
    job = None
    while (following := index_rotation.begin(practice.pk, to=version)) is not None:
        job = index_rotation.run(practice.pk, following)
        if job.state != Job.State.DONE:
            break
    return job


def _index_keys_in_use() -> list[str]:
    """Which practices' search tokens are made with which index key, and which are on the way to another."""
    rows = Practice.objects.order_by("index_version", "coming_index_version", "slug")
    used: dict[tuple[int, int | None], list[str]] = {}
    for practice in rows:
        used.setdefault((practice.index_version, practice.coming_index_version), []).append(practice.slug)
    ways = {key: f"index key {key[0]}" + (f", on the way to {key[1]}" if key[1] else "") for key in used}
    return [f"search tokens with {ways[key]}: {', '.join(slugs)}\n" for key, slugs in used.items()]


def _practice(slug: str | None) -> Practice:
    practice = Practice.objects.filter(slug=slug or "").first()
    if practice is None:
        raise CommandError(f"There is no practice {slug}." if slug else "Say which practice: its slug.")
    return practice
