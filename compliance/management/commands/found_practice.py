"""`manage.py found_practice`: the operator makes a practice and invites its first admin."""

from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from compliance import invitation_mail, people
from compliance.tenancy.urls import plain_url


class Command(BaseCommand):
    """Prints the invitation link of the first admin (72 hours, one use), and sends it with `--send`."""

    help = "Make a practice and its first admin's invitation."

    def add_arguments(self, parser: CommandParser) -> None:
        """Slug and name; who the first admin is; where the practice works."""
        parser.add_argument("slug")
        parser.add_argument("name")
        parser.add_argument("--admin-email", required=True)
        parser.add_argument("--admin-name", required=True)
        parser.add_argument("--time-zone", required=True, help="IANA name, like America/Chicago")
        parser.add_argument("--state", default="", help="two letters; decides the public holidays")
        parser.add_argument("--origin", default="", help="https://portal.example, for the link")
        parser.add_argument("--send", action="store_true", help="also send the link by e-mail")

    def handle(self, *args: Any, **options: Any) -> None:
        """Raises CommandError in words when a slug is taken or a zone does not exist."""
        try:
            practice, secret = people.found_practice(
                slug=options["slug"],
                name=options["name"],
                time_zone=options["time_zone"],
                state=options["state"],
                admin_email=options["admin_email"],
                admin_name=options["admin_name"],
                now=timezone.now(),
            )
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        origin = options["origin"] or getattr(settings, "ORIGIN", "")
        url = origin.rstrip("/") + plain_url("compliance:invitation", practice.slug, secret)
        if options["send"]:
            invitation_mail.send(practice=practice, email=options["admin_email"], name=options["admin_name"], url=url)
        self.stdout.write(f"Founded {practice.name}. Invitation of {options['admin_email']}, good for 72 hours:\n{url}")
