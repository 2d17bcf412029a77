"""What a person must have done before a practice opens: agreement signed, training current."""

from django.db import models
from django.db.models import F, Q

from .base import PracticeModel
from .people import User


class Agreement(PracticeModel):
    """One version of the practice's confidentiality agreement (45 CFR 164.504(e), 164.530(b)). Never edited."""

    PLAIN = frozenset({"number", "text", "published_at"})
    VIEWED_BY = "compliance.view_practice"

    number = models.PositiveIntegerField()
    text = models.TextField()
    published_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["practice", "number"], name="agreement_number_once")]


class Signature(PracticeModel):
    """That a person signed one version of the agreement."""

    PLAIN = frozenset({"agreement", "user", "name_typed", "signed_at"})
    VIEWED_BY = "compliance.view_people"

    agreement = models.ForeignKey(Agreement, models.PROTECT, related_name="signatures")
    user = models.ForeignKey(User, models.PROTECT, related_name="+")
    name_typed = models.CharField("your full name", max_length=120)
    signed_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["agreement", "user"], name="signature_once")]


class Certificate(PracticeModel):
    """A HIPAA training certificate (45 CFR 164.308(a)(5), 164.530(b)); it counts once somebody confirmed it."""

    PLAIN = frozenset(
        {"user", "course", "number", "completed_on", "expires_on", "confirmed_by", "confirmed_as", "confirmed_at"}
    )
    VIEWED_BY = "compliance.view_people"

    user = models.ForeignKey(User, models.PROTECT, related_name="+")
    course = models.CharField(max_length=120)
    number = models.CharField("certificate number", max_length=60)
    completed_on = models.DateField()
    expires_on = models.DateField()
    confirmed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    confirmed_as = models.CharField(max_length=60, blank=True)
    confirmed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(expires_on__gt=F("completed_on")), name="certificate_lasts"),
            models.CheckConstraint(
                condition=Q(confirmed_at__isnull=True, confirmed_by__isnull=True, confirmed_as="")
                | (Q(confirmed_at__isnull=False) & (Q(confirmed_by__isnull=False) ^ ~Q(confirmed_as=""))),
                name="certificate_confirmed_by_one",
            ),
            models.UniqueConstraint(fields=["practice", "user", "number"], name="certificate_number_once"),
        ]
