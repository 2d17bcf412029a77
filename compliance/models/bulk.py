"""Much at once: who asked for an export, why, who agreed, and the sealed file until it is fetched."""

from django.db import models
from django.db.models import F, Q

from compliance.crypto.sealed import SealedField

from .base import PracticeModel
from .jobs import Job
from .people import User

ALONE = 500  # patients that one person may export by herself


class Export(PracticeModel):
    """One export. It moves by the conditional updates of `compliance.bulk` and nowhere else."""

    class Status(models.TextChoices):
        """Where it stands."""

        WAITING = "waiting", "Waits for a second person"
        REFUSED = "refused", "Refused"
        APPROVED = "approved", "Being made"
        READY = "ready", "Ready to be fetched"
        FETCHED = "fetched", "Fetched"
        FAILED = "failed", "Failed"

    PHI = frozenset({"reason"})
    PLAIN = frozenset(
        {"what", "status", "patients", "first_on", "last_on", "asked_by", "asked_at", "request", "decided_by", "decided_as"}
        | {"decided_at", "job", "expires_at", "fetched_at"}
    )
    VIEWED_BY = "compliance.view_exports"
    READ_AS = "exports"
    FIELD_CHANGES = False  # each move is an event of its own

    what = models.CharField(max_length=20)
    status = models.CharField(max_length=8, choices=Status, default=Status.WAITING)
    reason = SealedField("export.reason", max_length=500)
    patients = models.PositiveIntegerField()
    first_on = models.DateField(null=True)
    last_on = models.DateField(null=True)
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    request = models.CharField(max_length=64, blank=True)
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    decided_as = models.CharField(max_length=60, blank=True)
    decided_at = models.DateTimeField(null=True)
    job = models.OneToOneField(Job, models.PROTECT, null=True, related_name="+")
    expires_at = models.DateTimeField(null=True)
    fetched_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=["waiting", "refused", "approved", "ready", "fetched", "failed"]),
                name="export_status_known",
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("asked_by")), name="export_never_approved_by_asker"
            ),
            models.CheckConstraint(
                condition=Q(patients__lte=ALONE)
                | Q(status__in=["waiting", "refused"])
                | Q(decided_by__isnull=False)
                | ~Q(decided_as=""),
                name="export_above_500_has_a_second_person",
            ),
        ]


class ExportPiece(PracticeModel):
    """One stretch of the file; its number and whether it is the last are bound into the ciphertext."""

    PHI = frozenset({"content"})
    PLAIN = frozenset({"export", "number"})
    VIEWED_BY = "compliance.view_exports"
    READ_AS = "exports"
    FIELD_CHANGES = False  # never changed once stored

    export = models.ForeignKey(Export, models.PROTECT, related_name="pieces")
    number = models.PositiveIntegerField()
    content = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["practice", "export", "number"], name="export_piece_once")]
