"""That a caller was asked who she is before anything was told (45 CFR 164.514(h))."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from compliance.models import PracticeModel, User

from .patient import Patient


class Verification(PracticeModel):
    """One try at the identity gate: which identifiers were asked, which matched. Never what was said."""

    PLAIN = frozenset({"patient", "call", "asked", "matched", "passed", "at", "by"})
    VIEWED_BY = "patients.view_patient"
    FIELD_CHANGES = False  # append-only

    patient = models.ForeignKey(Patient, models.PROTECT, related_name="verifications")
    call = models.UUIDField(null=True)
    asked = ArrayField(models.CharField(max_length=12))
    matched = ArrayField(models.CharField(max_length=12))
    passed = models.BooleanField()
    at = models.DateTimeField()
    by = models.ForeignKey(User, models.PROTECT, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["practice", "call"], name="verification_of_call")]
