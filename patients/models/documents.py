"""One sealed store for whatever comes as a file: uploads, letters, cards."""

from uuid import UUID

from django.db import models
from django.db.models import Q

from compliance.crypto.sealed import SealedField
from compliance.models import PracticeModel, User
from patients.enums import DocumentKind

from .patient import Patient


class Document(PracticeModel):
    """A file of a patient, sealed in chunks of 64 KiB. Served as an attachment only."""

    PHI = frozenset({"title"})
    PLAIN = frozenset({"patient", "kind", "content_type", "size", "stored_by"})
    VIEWED_BY = "patients.view_document"
    VIEWED_BY_GLASS = "patients.view_by_glass"
    READ_AS = "documents"
    FIELD_CHANGES = False  # never changed once stored

    patient = models.ForeignKey(Patient, models.PROTECT, related_name="documents")
    kind = models.CharField(max_length=20, choices=DocumentKind)
    title = SealedField("document.title", max_length=200)
    content_type = models.CharField(max_length=40)
    size = models.PositiveIntegerField(help_text="bytes")
    stored_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(kind__in=DocumentKind.values), name="document_kind_known")]


class DocumentChunk(PracticeModel):
    """One stretch of a document; its number and whether it is the last are bound into the ciphertext."""

    PHI = frozenset({"content"})
    PLAIN = frozenset({"document", "number"})
    VIEWED_BY = "patients.view_document"
    READ_AS = "documents"
    FIELD_CHANGES = False  # never changed once stored
    CHART = "document__patient"

    document = models.ForeignKey(Document, models.PROTECT, related_name="chunks")
    number = models.PositiveIntegerField()
    content = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["practice", "document", "number"], name="chunk_number_once")]

    def patient_ref(self) -> UUID | None:
        """The document's patient."""
        return self.document.patient_id
