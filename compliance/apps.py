"""The floor: who you are, what you may, what was done, and the proof."""

from django.apps import AppConfig


class ComplianceConfig(AppConfig):
    """Loads the app's grants into the access matrix when Django starts."""

    name = "compliance"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Declare who may do what here."""
        from compliance import rules  # noqa: F401
