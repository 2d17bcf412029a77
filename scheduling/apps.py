"""Scheduling: time and who gives it."""

from django.apps import AppConfig


class SchedulingConfig(AppConfig):
    """Loads the app's grants into the access matrix when Django starts."""

    name = "scheduling"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Declare who may do what here, and what the banner of a patient says of the wait list."""
        from patients import banner
        from scheduling import exports, rules  # noqa: F401
        from scheduling.waitlist import alerts

        if alerts.of_patient not in banner.MORE:
            banner.MORE.append(alerts.of_patient)
