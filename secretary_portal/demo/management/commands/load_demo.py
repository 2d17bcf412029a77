"""`manage.py load_demo`: the demo's practices and people, and the files that browsers fetch. Run as the app."""

from typing import Any

from django.core.management import call_command, get_commands
from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from secretary_portal.demo import data

BUILDERS = ("build_icons",)  # what makes files that collectstatic then gathers


class Command(BaseCommand):
    """Again changes nothing that is there; what belongs to the day is made anew."""

    help = "Load demo data and collect static files."

    def add_arguments(self, parser: CommandParser) -> None:
        """Which days."""
        parser.add_argument("--around", action="store_true", help="the days around today and the year before")

    def handle(self, *args: Any, **options: Any) -> None:
        """Files first: a page that is asked for early should look right."""
        if options["around"]:
            data.load_around(timezone.now())
            data.load_before(timezone.now())
            return
        for name in BUILDERS:
            if name in get_commands():
                call_command(name)
        call_command("collectstatic", verbosity=0, interactive=False)
        data.load(timezone.now())
