"""`manage.py settle_demo`: key ring, tables and permissions of the demo. Run as the owner of the tables."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand

from compliance.crypto import ring


class Command(BaseCommand):
    """Again changes nothing."""

    help = "Prepare the demo's database, as the owner of the tables."

    def handle(self, *args: Any, **options: Any) -> None:
        """A ring where there is none, then migrate, then settle."""
        path = Path(settings.KEY_RING)
        if not path.exists():
            ring.create(path)
        call_command("migrate", verbosity=0, interactive=False)
        call_command("settle")
