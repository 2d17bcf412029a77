"""Scheduling: time and who gives it."""

from django.apps import AppConfig


class SchedulingConfig(AppConfig):
    """Loads the app's grants into the access matrix when Django starts."""

    name = "scheduling"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Declare who may do what here."""
        from scheduling import exports, rules  # noqa: F401
