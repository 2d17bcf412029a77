"""Messages to patients: what is planned, how it is worded, what went out."""

from datetime import datetime
from typing import Self

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Prefetch, Q

from compliance.crypto.sealed import SealedField
from compliance.models import PracticeModel, PracticeQuerySet
from correspondence.enums import Channel, MessageState, SkipReason
from patients.models import ContactPoint, Patient
from scheduling.models import Appointment, Offer, VisitType


class Wording(PracticeModel):
    """What a reminder says in one language over one channel, with fields from a whitelist: `[[visit.time]]`."""

    PLAIN = frozenset({"name", "channel", "language", "subject", "text", "is_active"})
    VIEWED_BY = "correspondence.view_reminder"

    name = models.CharField(max_length=80)
    channel = models.CharField(max_length=8, choices=Channel, default=Channel.EMAIL)
    language = models.CharField(max_length=10, default="en", help_text="BCP 47, as en or es")
    subject = models.CharField(max_length=120, blank=True, help_text="No field of the patient may stand here.")
    text = models.TextField(max_length=2000)
    is_active = models.BooleanField("in use", default=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(channel__in=Channel.values), name="wording_channel_known"),
            models.UniqueConstraint(fields=["practice", "name", "channel", "language"], name="wording_once"),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.get_channel_display()}, {self.language})"


class ReminderPlan(PracticeModel):
    """When patients are reminded of a kind of visit; without a kind: of every visit that has no plan of its own."""

    PLAIN = frozenset({"name", "visit_type", "is_active"})
    VIEWED_BY = "correspondence.view_reminder"

    name = models.CharField(max_length=80)
    visit_type = models.OneToOneField(VisitType, models.PROTECT, null=True, blank=True, related_name="+")
    is_active = models.BooleanField("in use", default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["practice"], condition=Q(visit_type__isnull=True), name="one_plan_for_all_other_visits"
            )
        ]

    def __str__(self) -> str:
        return self.name


class ReminderStep(PracticeModel):
    """One step of a plan: so many hours before, over this channel, in these words."""

    PLAIN = frozenset({"plan", "hours_before", "channel", "wording_name"})
    VIEWED_BY = "correspondence.view_reminder"

    plan = models.ForeignKey(ReminderPlan, models.CASCADE, related_name="steps")
    hours_before = models.PositiveSmallIntegerField(validators=[MinValueValidator(1), MaxValueValidator(24 * 60)])
    channel = models.CharField(max_length=8, choices=Channel, default=Channel.EMAIL)
    wording_name = models.CharField("wording", max_length=80)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(channel__in=Channel.values), name="step_channel_known"),
            models.UniqueConstraint(fields=["practice", "plan", "hours_before", "channel"], name="step_once"),
        ]

    def __str__(self) -> str:
        return f"{self.hours_before} h before, {self.get_channel_display()}"


class MessageQuerySet(PracticeQuerySet):
    """Reads of the outbox."""

    def due(self, now: datetime) -> Self:
        """To be sent now: queued, or claimed by somebody who was killed. Asks the row's own columns only."""
        return self.filter(due_at__lte=now).filter(
            Q(state=MessageState.QUEUED, not_before__lte=now) | Q(state=MessageState.SENDING, claim_ends_at__lte=now)
        )

    def for_a_list(self) -> Self:
        """With what a row of the list shows: names, kind of visit, place. The same queries for any number of rows."""
        return self.select_related("appointment__provider", "appointment__location").prefetch_related(
            Prefetch("patient", Patient.objects.with_names())
        )

    def newest_first(self, *, older_than: "Message | None" = None) -> Self:
        """By when they were due; `older_than` is the last message of the page before."""
        rows = self.order_by("-due_at", "-pk")
        if older_than is None:
            return rows
        return rows.filter(Q(due_at__lt=older_than.due_at) | Q(due_at=older_than.due_at, pk__lt=older_than.pk))


class Message(PracticeModel):
    """A promise to tell somebody something: a row first, sent by whoever claims it. One for each key.

    `key` is (visit, step, channel) or another purpose; it makes the Message-ID, so that a repeat can be dropped.
    """

    PHI = frozenset({"to", "body"})
    PLAIN = frozenset(
        {
            "patient",
            "contact",
            "appointment",
            "offer",
            "visit_starts_at",
            "step_hours",
            "channel",
            "key",
            "state",
            "skip_reason",
        }
        | {"subject", "language", "wording_name", "due_at", "not_before", "expires_at", "claimed_at", "claim_ends_at"}
        | {"attempts", "sent_at", "error", "skip_reason"}
    )
    VIEWED_BY = "correspondence.view_reminder"
    READ_AS = "messages"
    FIELD_CHANGES = False  # its states carry their times

    patient = models.ForeignKey(Patient, models.PROTECT, related_name="messages")
    contact = models.ForeignKey(ContactPoint, models.PROTECT, null=True, related_name="+")
    appointment = models.ForeignKey(Appointment, models.PROTECT, null=True, related_name="messages")
    offer = models.ForeignKey(Offer, models.PROTECT, null=True, related_name="messages")
    visit_starts_at = models.DateTimeField(null=True)
    step_hours = models.PositiveSmallIntegerField(null=True)
    channel = models.CharField(max_length=8, choices=Channel)
    key = models.CharField(max_length=120)
    state = models.CharField(max_length=8, choices=MessageState, default=MessageState.QUEUED)
    skip_reason = models.CharField(max_length=16, choices=SkipReason, blank=True)
    wording_name = models.CharField(max_length=80, blank=True)
    language = models.CharField(max_length=10, blank=True)
    subject = models.CharField(max_length=120, blank=True)
    to = SealedField("message.to", max_length=254, null=True, blank=True)
    body = SealedField("message.body", max_length=4000, null=True, blank=True)
    due_at = models.DateTimeField()
    not_before = models.DateTimeField()
    expires_at = models.DateTimeField()
    claimed_at = models.DateTimeField(null=True)
    claim_ends_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=60, blank=True, help_text="the kind of error; never an address")

    objects = MessageQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=MessageState.values), name="message_state_known"),
            models.CheckConstraint(condition=Q(channel__in=Channel.values), name="message_channel_known"),
            models.UniqueConstraint(fields=["practice", "key"], name="one_message_for_a_purpose"),
            models.CheckConstraint(
                condition=(Q(state__in=[MessageState.SKIPPED, MessageState.DROPPED]) & ~Q(skip_reason=""))
                | (~Q(state__in=[MessageState.SKIPPED, MessageState.DROPPED]) & Q(skip_reason="")),
                name="message_not_sent_says_why",
            ),
            models.CheckConstraint(
                condition=Q(state=MessageState.SENT, sent_at__isnull=False)
                | (~Q(state=MessageState.SENT) & Q(sent_at__isnull=True)),
                name="message_sent_has_a_time",
            ),
        ]
        indexes = [
            models.Index(fields=["practice", "state", "due_at"], name="message_due"),
            models.Index(fields=["practice", "appointment"], name="message_of_visit"),
            models.Index(fields=["practice", "patient", "due_at"], name="message_of_patient"),
        ]
