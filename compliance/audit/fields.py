"""Which models django-auditlog watches: every model of a practice that does not keep a history of its own."""

from auditlog.registry import auditlog
from django.apps import apps
from django.db.models import BinaryField

from compliance.crypto.sealed import SealedField
from compliance.models import Membership, PracticeModel

UNINTERESTING = ["version", "created_at", "updated_at", "practice"]


def watch() -> None:
    """Register the models. Sealed fields are left out: comparing them would open them; their writers' events name them."""
    for model in apps.get_models():
        if model is Membership or (issubclass(model, PracticeModel) and model.FIELD_CHANGES):
            sealed = [field.name for field in model._meta.concrete_fields if isinstance(field, (SealedField, BinaryField))]
            auditlog.register(model, exclude_fields=[*UNINTERESTING, *sealed])
