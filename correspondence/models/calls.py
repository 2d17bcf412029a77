"""A phone call, and what was done during it."""

from datetime import datetime
from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Subquery

from compliance.crypto.sealed import SealedField
from compliance.enums import Priority
from compliance.models import PracticeModel, PracticeQuerySet, User
from correspondence.enums import (
    Authority,
    CallReason,
    CallStatus,
    Direction,
    RedFlagAnswer,
    Relationship,
)
from patients.models import Patient
from scheduling.models import Appointment


class RedFlags(PracticeModel):
    """One version of the practice's list of red flags. Calls keep the number of the list they were asked by."""

    PLAIN = frozenset({"number", "signs", "published_at"})
    VIEWED_BY = "correspondence.view_call"

    number = models.PositiveIntegerField()
    signs = ArrayField(models.CharField(max_length=80))
    published_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "red flags"
        constraints = [models.UniqueConstraint(fields=["practice", "number"], name="red_flags_number_once")]


class CallQuerySet(PracticeQuerySet):
    """Reads of calls; `visible_to` comes first in every chain."""

    def visible_to(self, user: User) -> Self:
        """All of the practice's to whoever works on calls; to a provider those about patients on her calendar."""
        rows = super().visible_to(user)
        if user.may("correspondence.view_every_call"):
            return rows
        hers = Appointment.objects.filter(patient=OuterRef("patient"), provider__user=user)
        return rows.filter(Exists(hers))

    def standing(self) -> Self:
        """Not closed yet."""
        return self.exclude(status=CallStatus.CLOSED)

    def since(self, moment: datetime) -> Self:
        """Begun at or after a moment."""
        return self.filter(started_at__gte=moment)

    def with_outcome(self) -> Self:
        """With `outcome`: what a closed call ended with, as its last step says; None while it stands open."""
        ends = CallStep.objects.filter(call=OuterRef("pk"), what="closed").values("facts__outcome")[:1]
        return self.annotate(outcome=Subquery(ends))


class Call(PracticeModel):
    """FHIR R4 Communication by phone."""

    PHI = frozenset({"phone", "caller_name", "summary", "transferred_to", "callback_phone", "authority_note"})
    PLAIN = frozenset(
        {"direction", "started_at", "ended_at", "hung_up_at", "patient", "relationship", "authority", "status"}
        | {"reason", "red_flags", "red_flags_number", "red_flag_answer", "red_flag_at", "priority", "respond_by"}
        | {"handled_by", "callback_at"}
    )
    VIEWED_BY = "correspondence.view_call"
    READ_AS = "calls"
    FIELD_CHANGES = False  # every step is a CallStep
    outcome: str | None  # of rows that were asked for `with_outcome`

    direction = models.CharField(max_length=8, choices=Direction, default=Direction.IN)
    started_at = models.DateTimeField()
    hung_up_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    phone = SealedField("call.phone", max_length=20, null=True, blank=True)
    caller_name = SealedField("call.caller_name", max_length=120, null=True, blank=True)
    patient = models.ForeignKey(Patient, models.PROTECT, null=True, blank=True, related_name="calls")
    relationship = models.CharField(max_length=10, choices=Relationship, default=Relationship.SELF)
    authority = models.CharField(max_length=16, choices=Authority, blank=True)
    authority_note = SealedField("call.authority_note", max_length=200, null=True, blank=True)
    status = models.CharField(max_length=20, choices=CallStatus, default=CallStatus.OPEN)
    reason = models.CharField(max_length=12, choices=CallReason, blank=True)
    summary = SealedField("call.summary", max_length=2000, null=True, blank=True)
    red_flags = ArrayField(models.CharField(max_length=80), default=list, blank=True)
    red_flags_number = models.PositiveIntegerField(null=True)
    red_flag_answer = models.CharField(max_length=16, choices=RedFlagAnswer, blank=True)
    red_flag_at = models.DateTimeField(null=True)
    transferred_to = SealedField("call.transferred_to", max_length=120, null=True, blank=True)
    callback_phone = SealedField("call.callback_phone", max_length=20, null=True, blank=True)
    callback_at = models.DateTimeField(null=True)
    priority = models.CharField(max_length=10, choices=Priority, default=Priority.ROUTINE)
    respond_by = models.DateTimeField(null=True)
    handled_by = models.ForeignKey(User, models.PROTECT, related_name="+")

    objects = CallQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(status__in=CallStatus.values), name="call_status_known"),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("started_at")), name="call_ends_after_start"
            ),
            models.CheckConstraint(
                condition=Q(red_flags=[]) | ~Q(red_flag_answer="") | ~Q(status=CallStatus.CLOSED),
                name="call_with_red_flag_closed_with_answer",
            ),
            models.CheckConstraint(
                condition=Q(status=CallStatus.CLOSED, ended_at__isnull=False)
                | (~Q(status=CallStatus.CLOSED) & Q(ended_at__isnull=True)),
                name="call_closed_has_an_end",
            ),
        ]
        indexes = [
            models.Index(fields=["practice", "started_at"], name="call_by_time"),
            models.Index(fields=["practice", "patient", "started_at"], name="call_of_patient"),
        ]


class CallStep(PracticeModel):
    """A line of the call's log, written by what was done. `what` is coded; `about` names the row."""

    PHI = frozenset({"note"})
    PLAIN = frozenset({"patient", "call", "what", "about_type", "about_id", "at", "by", "facts"})
    VIEWED_BY = "correspondence.view_call"
    READ_AS = "calls"
    FIELD_CHANGES = False  # append-only

    call = models.ForeignKey(Call, models.PROTECT, related_name="steps")
    patient = models.ForeignKey(Patient, models.PROTECT, null=True, related_name="+")
    what = models.CharField(max_length=30)
    about_type = models.CharField(max_length=60, blank=True)
    about_id = models.UUIDField(null=True)
    facts = models.JSONField(default=dict, help_text="facts without health data")
    note = SealedField("call_step.note", max_length=500, null=True, blank=True)
    at = models.DateTimeField()
    by = models.ForeignKey(User, models.PROTECT, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["practice", "call", "at"], name="call_step_by_time")]
