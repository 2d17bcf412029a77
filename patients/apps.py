"""Patients: who they are, how to reach them, what they allowed."""

from django.apps import AppConfig


class PatientsConfig(AppConfig):
    """Loads the app's grants into the access matrix, and its sealed chunks, when Django starts."""

    name = "patients"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Declare who may do what here, and what is sealed and exported besides the models' own."""
        from patients import documents, exports, rules  # noqa: F401
