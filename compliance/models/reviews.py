"""Who looked at the list of everybody with access, and when."""

from django.db import models

from .base import PracticeModel
from .people import User


class AccessReview(PracticeModel):
    """One look at the whole list (45 CFR 164.308(a)(4)(ii)(C)). Append-only; `rows` is how many memberships it had."""

    PLAIN = frozenset({"by", "at", "rows"})
    VIEWED_BY = "compliance.view_access"
    FIELD_CHANGES = False  # is itself history

    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    rows = models.PositiveIntegerField()

    class Meta:
        indexes = [models.Index(fields=["practice", "-at"], name="access_review_newest")]
