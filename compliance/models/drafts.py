"""What was typed and not sent when a session ended."""

from typing import Any

from django.db import models

from compliance.crypto.sealed import SealedField

from .base import PracticeModel, PracticeQuerySet
from .people import User


class DraftQuerySet(PracticeQuerySet):
    """Reads of drafts."""

    def visible_to(self, user: User) -> "DraftQuerySet":
        """One's own and nobody else's, while the chart that the page is of is open to her."""
        return super().visible_to(user).filter(user=user)


class Draft(PracticeModel):
    """The fields of one open form, sealed; one for each person and page. `page` is a path: it holds ids only.

    `patient`: whose chart the page is of; None for nobody's. A plain UUID: this app lies below the patients'.
    """

    PHI = frozenset({"body"})
    PLAIN = frozenset({"user", "page", "patient"})
    VIEWED_BY = "compliance.keep_draft"
    READ_AS = "drafts"
    FIELD_CHANGES = False  # is gone after a day

    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    page = models.CharField(max_length=300)
    patient = models.UUIDField(null=True)
    body = SealedField("draft.body", max_length=40_000)

    objects = DraftQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["practice", "user", "page"], name="one_draft_for_a_page")]

    def patient_ref(self) -> Any:
        """Whose chart."""
        return self.patient
