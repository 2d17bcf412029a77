"""`manage.py access_matrix`: who may do what, for review."""

from typing import Any

from django.core.management.base import BaseCommand

from compliance.access import matrix_text


class Command(BaseCommand):
    """Prints the access matrix; the same text is a golden file in the tests."""

    help = "Print who may do what."

    def handle(self, *args: Any, **options: Any) -> None:
        """To standard output."""
        self.stdout.write(matrix_text(), ending="")
