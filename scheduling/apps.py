"""Scheduling: time and who gives it."""

from django.apps import AppConfig


class SchedulingConfig(AppConfig):
    """Loads the app's grants into the access matrix, and has a leaver's holds released, when Django starts."""

    name = "scheduling"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Declare who may do what here, and what a leaver's holds become."""
        from compliance import handing_over
        from scheduling import exports, rules, taking  # noqa: F401

        handing_over.register("held times", taking.release_of)
