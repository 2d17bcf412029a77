"""Insurance: who pays."""

from django.apps import AppConfig


class InsuranceConfig(AppConfig):
    """Loads the app's grants into the access matrix when Django starts."""

    name = "insurance"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Declare who may do what here."""
        from insurance import rules  # noqa: F401
