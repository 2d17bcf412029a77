"""`manage.py build_icons`: write the sprite of the icons in use."""

from typing import Any

from django.core.management.base import BaseCommand

from secretary_portal import icons


class Command(BaseCommand):
    """Writes build/icons.svg; collectstatic does the same by itself."""

    help = "Write the sprite of the icons that templates and code name."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        """Says how many there are."""
        path = icons.build()
        self.stdout.write(f"{path.read_text().count('<symbol')} icons, {path.stat().st_size} bytes")
