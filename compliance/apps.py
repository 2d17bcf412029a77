"""The floor: who you are, what you may, what was done, and the proof."""

from django.apps import AppConfig


class ComplianceConfig(AppConfig):
    """Loads the floor's grants into the access matrix, and has the changes of set-up rows watched."""

    name = "compliance"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Declare who may do what here; watch field changes."""
        from compliance import audit_exports, rules  # noqa: F401
        from compliance.audit import fields

        fields.watch()
