"""Patients: who they are, how to reach them, what they allowed."""

from django.apps import AppConfig


class PatientsConfig(AppConfig):
    """Loads the app's grants into the access matrix, its sealed chunks and its search tokens, when Django starts."""

    name = "patients"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Declare who may do what here, what is sealed, exported and made again besides the models' own, whose pages are."""
        from compliance import drafts
        from patients import documents, exports, remaking, rules  # noqa: F401
        from patients.models import ContactPoint, Document, Identifier, Patient

        drafts.about(patient_id=Patient, contact_id=ContactPoint, identifier_id=Identifier, document_id=Document)
