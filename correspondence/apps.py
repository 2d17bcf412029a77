"""Correspondence: everything said to and by patients, providers, payers."""

from django.apps import AppConfig


class CorrespondenceConfig(AppConfig):
    """Loads the app's grants into the access matrix when Django starts."""

    name = "correspondence"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Declare who may do what here, and whose pages are."""
        from compliance import drafts
        from correspondence import rules  # noqa: F401
        from correspondence.models import Call, Message

        drafts.about(call_id=Call, message_id=Message)
