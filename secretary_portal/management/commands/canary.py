"""`manage.py canary`: look now for what the canary patients left in clear."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from compliance.models import Practice
from compliance.tenancy import SYSTEM, acting_in
from secretary_portal.canary import scan


class Command(BaseCommand):
    """Makes the canary patients where there are none. Names kinds and places, never a value."""

    help = "Look in logs, Redis, sessions, jobs, outbox and change logs for values of the canary patients."

    def handle(self, *args: Any, **options: Any) -> None:
        """Raises CommandError naming kinds and places when anything is found."""
        found = set()
        for practice in Practice.objects.order_by("pk").values_list("pk", flat=True):
            with acting_in(practice, SYSTEM):
                found |= set(scan.hits(now=timezone.now()))
        if found:
            raise CommandError("Found in clear: " + "; ".join(sorted(found)))
        self.stdout.write("Nothing of the canary patients stands in clear.")
