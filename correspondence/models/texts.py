"""Texts that came in."""

from django.db import models
from django.db.models import Q

from compliance.models import Case, PracticeModel
from correspondence.enums import Heard


class InboundText(PracticeModel):
    """That a text was heard, once for each meaning; its words stand sealed in its case, and a STOP with the consent.

    `key` is a hash of the gateway's id, so that what comes twice is known.
    """

    PLAIN = frozenset({"key", "heard", "at", "case"})
    VIEWED_BY = "correspondence.view_reminder"
    FIELD_CHANGES = False  # never changes

    key = models.CharField(max_length=64)
    heard = models.CharField(max_length=5, choices=Heard)
    at = models.DateTimeField()
    case = models.OneToOneField(Case, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(heard__in=Heard.values), name="inbound_text_heard_known"),
            models.UniqueConstraint(fields=["practice", "key", "heard"], name="one_text_is_heard_once"),
        ]
