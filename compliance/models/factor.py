"""Second factors that were lost, and the two people who agree to it."""

from datetime import datetime, timedelta
from typing import Self
from uuid import UUID

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from compliance.ids import uuid7
from compliance.tenancy.context import current_practice_id

from .people import Membership, User

OPEN_FOR = timedelta(days=7)


class FactorResetQuerySet(models.QuerySet):
    """Who asked that a person may set up her second factor anew."""

    def open(self, now: datetime) -> Self:
        """Neither done nor stopped, and asked for within a week."""
        return self.filter(done_at__isnull=True, stopped_at__isnull=True, asked_at__gt=now - OPEN_FOR)

    def visible_to(self, user: User) -> Self:
        """Those about people who work at the practice being acted in, wherever they were asked for."""
        practice = current_practice_id()
        if not user.may("compliance.settle_factor_reset"):
            return self.none()
        return self.filter(user__in=Membership.objects.in_force(timezone.now()).filter(practice_id=practice).values("user"))


class FactorReset(models.Model):
    """One lost factor: asked for by one person, approved by another, neither of them its owner.

    Outside the wall, as the factor itself: it counts at every practice of its owner, and admins of each may stop it.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(User, models.PROTECT, related_name="+")
    asked_in = models.ForeignKey("compliance.Practice", models.PROTECT, related_name="+")
    asked_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    asked_as = models.CharField(max_length=60, blank=True)
    asked_at = models.DateTimeField()
    waits_until = models.DateTimeField(null=True)
    approved_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    approved_as = models.CharField(max_length=60, blank=True)
    done_at = models.DateTimeField(null=True)
    stopped_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    stopped_at = models.DateTimeField(null=True)

    objects = FactorResetQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user"],
                condition=Q(done_at__isnull=True, stopped_at__isnull=True),
                name="factor_reset_once_at_a_time",
            ),
            models.CheckConstraint(condition=Q(asked_by__isnull=False) ^ ~Q(asked_as=""), name="factor_reset_asked_by_one"),
            models.CheckConstraint(
                condition=Q(done_at__isnull=True) | (Q(approved_by__isnull=False) ^ ~Q(approved_as="")),
                name="factor_reset_done_with_approval",
            ),
            models.CheckConstraint(
                condition=Q(asked_by__isnull=True) | ~Q(asked_by=F("user")), name="factor_reset_not_asked_by_owner"
            ),
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True) | ~Q(approved_by=F("user")),
                name="factor_reset_not_approved_by_owner",
            ),
            models.CheckConstraint(
                condition=Q(asked_by__isnull=True) | Q(approved_by__isnull=True) | ~Q(approved_by=F("asked_by")),
                name="factor_reset_by_two_people",
            ),
            models.CheckConstraint(condition=Q(asked_as="") | Q(approved_as=""), name="factor_reset_not_by_operator_alone"),
            models.CheckConstraint(
                condition=Q(done_at__isnull=True) | Q(stopped_at__isnull=True), name="factor_reset_done_or_stopped"
            ),
        ]

    def __str__(self) -> str:
        return f"Reset of the second factor of {self.user_id}"

    def patient_ref(self) -> UUID | None:
        """Nobody's health data."""
        return None
