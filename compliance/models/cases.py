"""Everything with an owner and a deadline (FHIR R4 Task)."""

from datetime import datetime
from typing import Self
from uuid import UUID

from django.db import models
from django.db.models import Q

from compliance.crypto.sealed import SealedField
from compliance.enums import CASE_STANDING, CaseStatus, Priority, WaitingOn
from compliance.roles import Role

from .base import PracticeModel, PracticeQuerySet
from .people import User


class CaseQuerySet(PracticeQuerySet):
    """Reads of owned work."""

    def visible_to(self, user: User, *, moved_since: datetime | None = None) -> Self:
        """By role: each sees the cases of the teams that the access matrix opens to her, and her own.

        With `moved_since` also those that she herself moved since then: what she gave away she can still undo.
        """
        from compliance.access import standing_of

        standing = standing_of(user)
        if not standing.may("compliance.view_case"):
            return self.none()
        if standing.may("compliance.view_every_case"):
            return self.of_open_charts(user)
        hers = Q(owner=user) | Q(team__in=standing.roles)
        if moved_since is not None:
            moved = CaseTransition.objects.filter(by=user, at__gte=moved_since, case=models.OuterRef("pk"))
            hers |= Q(models.Exists(moved))
        return self.filter(hers).of_open_charts(user)

    def standing(self) -> "CaseQuerySet":
        """Not yet done, cancelled or failed."""
        return self.filter(status__in=CASE_STANDING)

    def by_time_left(self) -> "CaseQuerySet":
        """What runs out first comes first; what has no deadline last."""
        return self.order_by(models.F("due_at").asc(nulls_last=True), "pk")


class Case(PracticeModel):
    """One piece of owned work. The owner is a person, or a role at the practice: the team.

    `patient` is a plain UUID: this app lies below the one that knows patients.
    """

    PHI = frozenset({"summary"})
    PLAIN = frozenset(
        {"kind", "patient", "status", "owner", "team", "priority", "opened_at", "due_at", "waiting_on", "waiting_until"}
        | {"paused_at", "about_type", "about_id", "opened_by", "closed_at"}
    )
    VIEWED_BY = "compliance.view_case"
    READ_AS = "cases"
    FIELD_CHANGES = False  # every move is a CaseTransition

    kind = models.CharField(max_length=30)
    patient = models.UUIDField(null=True)
    summary = SealedField("case.summary", max_length=2000)
    status = models.CharField(max_length=16, choices=CaseStatus, default=CaseStatus.REQUESTED)
    owner = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    team = models.CharField(max_length=24, choices=Role, blank=True)
    priority = models.CharField(max_length=10, choices=Priority, default=Priority.ROUTINE)
    opened_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    waiting_on = models.CharField(max_length=10, choices=WaitingOn, blank=True)
    waiting_until = models.DateTimeField(null=True)
    paused_at = models.DateTimeField(null=True)
    about_type = models.CharField(max_length=60, blank=True)
    about_id = models.UUIDField(null=True)
    opened_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    closed_at = models.DateTimeField(null=True)

    objects = CaseQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(status__in=CaseStatus.values), name="case_status_known"),
            models.CheckConstraint(condition=Q(owner__isnull=False) | ~Q(team=""), name="case_is_owned"),
            models.CheckConstraint(
                condition=(Q(status=CaseStatus.ON_HOLD) & ~Q(waiting_on=""))
                | (~Q(status=CaseStatus.ON_HOLD) & Q(waiting_on="")),
                name="case_waits_on_something",
            ),
            models.CheckConstraint(
                condition=Q(status__in=CASE_STANDING, closed_at__isnull=True)
                | (~Q(status__in=CASE_STANDING) & Q(closed_at__isnull=False)),
                name="case_closed_when_final",
            ),
        ]
        indexes = [
            models.Index(fields=["practice", "status", "due_at"], name="case_by_time_left"),
            models.Index(fields=["practice", "patient"], name="case_of_patient"),
            models.Index(fields=["practice", "about_id"], name="case_about"),
        ]

    def patient_ref(self) -> UUID | None:
        """Whom the case is about."""
        return self.patient


class CaseTransition(PracticeModel):
    """What moved a case. Append-only."""

    PHI = frozenset({"note"})
    PLAIN = frozenset(
        {"case", "from_status", "to_status", "from_owner", "to_owner", "at", "by", "what", "undoes", "patient"}
        | {"from_team", "to_team", "before"}
    )
    VIEWED_BY = "compliance.view_case"
    READ_AS = "cases"
    FIELD_CHANGES = False  # is itself history

    case = models.ForeignKey(Case, models.PROTECT, related_name="transitions")
    patient = models.UUIDField(null=True)
    what = models.CharField(max_length=20)
    from_status = models.CharField(max_length=16, choices=CaseStatus, blank=True)
    to_status = models.CharField(max_length=16, choices=CaseStatus)
    from_owner = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    to_owner = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    from_team = models.CharField(max_length=24, blank=True)
    to_team = models.CharField(max_length=24, blank=True)
    before = models.JSONField(default=dict)
    note = SealedField("case_transition.note", max_length=2000, null=True, blank=True)
    at = models.DateTimeField()
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    undoes = models.OneToOneField("self", models.PROTECT, null=True, related_name="undone_by")

    class Meta:
        indexes = [models.Index(fields=["practice", "case", "at"], name="case_transition_by_time")]

    def patient_ref(self) -> UUID | None:
        """Whom the case is about."""
        return self.patient
