"""Insurance: who pays."""

from django.apps import AppConfig


class InsuranceConfig(AppConfig):
    """Loads the app's grants into the access matrix, and its search tokens, when Django starts."""

    name = "insurance"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Declare who may do what here, and which search tokens are made here."""
        from insurance import remaking, rules  # noqa: F401
