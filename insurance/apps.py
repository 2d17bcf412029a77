"""Insurance: who pays."""

from django.apps import AppConfig


class InsuranceConfig(AppConfig):
    """Loads the app's grants into the access matrix, and its search tokens, when Django starts."""

    name = "insurance"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Declare who may do what here, which search tokens are made here, and whose pages are."""
        from compliance import drafts
        from insurance import remaking, rules  # noqa: F401
        from insurance.models import Coverage

        drafts.about(coverage_id=Coverage)
