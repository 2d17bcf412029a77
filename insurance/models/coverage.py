"""A payer, a patient's coverage, and what was asked about it."""

from datetime import date
from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from phonenumber_field.modelfields import PhoneNumberField

from compliance.crypto.sealed import SealedField
from compliance.models import PracticeModel, PracticeQuerySet, User
from insurance.enums import CheckState, CoverageStatus, Method, Network, Outcome, SubscriberRelationship
from patients.models import Document, Patient


class Payer(PracticeModel):
    """An insurer. There is no national payer id: each clearinghouse has its own."""

    PLAIN = frozenset({"name", "phone", "portal_url", "payer_ids", "is_active"})
    VIEWED_BY = "insurance.view_coverage"

    name = models.CharField(max_length=120)
    phone = PhoneNumberField("provider line", blank=True)
    portal_url = models.URLField("website for providers", blank=True)
    payer_ids = ArrayField(models.CharField(max_length=60), default=list, blank=True, help_text="clearinghouse: id")
    is_active = models.BooleanField("in use", default=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["practice", "name"], name="payer_name_once")]

    def __str__(self) -> str:
        return self.name


class CoverageQuerySet(PracticeQuerySet):
    """Reads of coverage."""

    def active(self) -> Self:
        """Neither ended nor entered in error; the days may still lie elsewhere."""
        return self.filter(status=CoverageStatus.ACTIVE)

    def on(self, day: date) -> Self:
        """Active on a day, the one to bill first at the top."""
        return (
            self.active()
            .filter(Q(starts_on__isnull=True) | Q(starts_on__lte=day))
            .filter(Q(ends_on__isnull=True) | Q(ends_on__gte=day))
            .order_by("priority", "pk")
        )


class Coverage(PracticeModel):
    """FHIR R4 Coverage. `priority` 1 is billed first; one active coverage for each priority."""

    PHI = frozenset({"member_id", "group_id", "subscriber_name", "plan_name"})
    PLAIN = frozenset({"patient", "payer", "priority", "relationship", "status", "starts_on", "ends_on", "card"})
    VIEWED_BY = "insurance.view_coverage"
    READ_AS = "insurance"

    patient = models.ForeignKey(Patient, models.PROTECT, related_name="coverages")
    payer = models.ForeignKey(Payer, models.PROTECT, related_name="+")
    priority = models.PositiveSmallIntegerField(default=1, validators=[MinValueValidator(1)])
    member_id = SealedField("coverage.member_id", max_length=40)
    group_id = SealedField("coverage.group_id", max_length=40, null=True, blank=True)
    plan_name = SealedField("coverage.plan_name", max_length=120, null=True, blank=True)
    subscriber_name = SealedField("coverage.subscriber_name", max_length=200, null=True, blank=True)
    relationship = models.CharField(max_length=8, choices=SubscriberRelationship, default=SubscriberRelationship.SELF)
    status = models.CharField(max_length=16, choices=CoverageStatus, default=CoverageStatus.ACTIVE)
    starts_on = models.DateField(null=True, blank=True)
    ends_on = models.DateField(null=True, blank=True)
    card = models.ForeignKey(Document, models.PROTECT, null=True, blank=True, related_name="+")

    objects = CoverageQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(status__in=CoverageStatus.values), name="coverage_status_known"),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(starts_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="coverage_ends_after_start",
            ),
            models.CheckConstraint(condition=Q(priority__gte=1), name="coverage_priority_from_one"),
        ]
        indexes = [models.Index(fields=["practice", "patient", "priority"], name="coverage_of_patient")]

    def holds_on(self, day: date) -> bool:
        """Whether a day lies within it."""
        return (self.starts_on or day) <= day <= (self.ends_on or day)

    def overlaps(self, other: "Coverage") -> bool:
        """Whether the two share a day."""
        return (self.starts_on or date.min) <= (other.ends_on or date.max) and (other.starts_on or date.min) <= (
            self.ends_on or date.max
        )


class EligibilityCheck(PracticeModel):
    """FHIR R4 CoverageEligibilityResponse, for one coverage and day of service. Unknown is null, never 0."""

    PHI = frozenset({"representative", "reference", "note"})
    PLAIN = frozenset(
        {
            "patient",
            "coverage",
            "serviced_on",
            "state",
            "outcome",
            "method",
            "is_in_force",
            "network",
            "copay",
            "coinsurance",
        }
        | {"deductible_total", "deductible_remaining", "out_of_pocket_remaining", "needs_authorization", "needs_referral"}
        | {"checked_at", "checked_by", "coverage_version"}
    )
    VIEWED_BY = "insurance.view_eligibility"
    READ_AS = "insurance"
    FIELD_CHANGES = False  # a new check is a new row

    patient = models.ForeignKey(Patient, models.PROTECT, related_name="+")
    coverage = models.ForeignKey(Coverage, models.PROTECT, related_name="checks")
    coverage_version = models.PositiveIntegerField()
    serviced_on = models.DateField()
    state = models.CharField(max_length=12, choices=CheckState)
    outcome = models.CharField(max_length=8, choices=Outcome)
    method = models.CharField(max_length=6, choices=Method)
    representative = SealedField("eligibility.representative", max_length=120, null=True, blank=True)
    reference = SealedField("eligibility.reference", max_length=60, null=True, blank=True)
    is_in_force = models.BooleanField(null=True)
    network = models.CharField(max_length=3, choices=Network, blank=True)
    copay = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)
    coinsurance = models.DecimalField(max_digits=5, decimal_places=2, null=True, blank=True, help_text="percent")
    deductible_total = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)
    deductible_remaining = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)
    out_of_pocket_remaining = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)
    needs_authorization = models.BooleanField(null=True)
    needs_referral = models.BooleanField(null=True)
    note = SealedField("eligibility.note", max_length=1000, null=True, blank=True)
    checked_at = models.DateTimeField()
    checked_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=CheckState.values), name="check_state_known"),
            models.CheckConstraint(condition=Q(outcome__in=Outcome.values), name="check_outcome_known"),
            models.CheckConstraint(condition=Q(copay__isnull=True) | Q(copay__gte=0), name="check_copay_not_negative"),
            models.CheckConstraint(
                condition=Q(deductible_remaining__isnull=True)
                | Q(deductible_total__isnull=True)
                | Q(deductible_remaining__lte=F("deductible_total")),
                name="check_remaining_within_total",
            ),
        ]
        indexes = [models.Index(fields=["practice", "coverage", "-checked_at"], name="check_newest_first")]
