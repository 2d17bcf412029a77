"""Who waits for a time, what was offered, what was lost and is to be booked again, who is to be called back."""

from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from compliance.crypto.sealed import SealedField
from compliance.enums import CaseStatus
from compliance.models import Case, Location, PracticeModel, PracticeQuerySet, User
from patients.models import Patient
from scheduling.enums import Mode
from scheduling.enums_waiting import (
    OFFER_OUT,
    RECALL_OPEN,
    WAIT_OPEN,
    AttemptResult,
    Band,
    FreedBy,
    Method,
    OfferChannel,
    OfferStatus,
    RecallStatus,
    RemovedBecause,
    WaitStatus,
)

from .appointment import Appointment
from .providers import Provider, VisitType

EVERY_DAY = 0b1111111


class WaitEntryQuerySet(PracticeQuerySet):
    """Reads of the wait list."""

    def open(self) -> Self:
        """Those who still wait, offered a time or not."""
        return self.filter(status__in=WAIT_OPEN)

    def in_order(self) -> Self:
        """By band, then whoever has waited longest."""
        return self.order_by("band", "waiting_since", "pk")


class WaitEntry(PracticeModel):
    """One wish for an earlier time (FHIR R4 Appointment.status=waitlist with requestedPeriod).

    `provider` None: any. `locations` empty: any. `weekdays`: a bit for each `date.weekday()`. Times and days are local
    to the place of the time that is offered; an end that is None is open.
    """

    PHI = frozenset({"note"})
    PLAIN = frozenset(
        {"patient", "visit_type", "provider", "locations", "weekdays", "from_time", "until_time", "earliest_on", "latest_on"}
        | {"min_notice_hours", "telehealth_ok", "band", "later_visit", "expires_on", "status", "waiting_since"}
        | {"removed_because", "ended_at", "booked_visit"}
    )
    VIEWED_BY = "scheduling.view_schedule"
    READ_AS = "schedule"
    FIELD_CHANGES = False  # every move is a WaitStep

    patient = models.ForeignKey(Patient, models.PROTECT, related_name="wait_entries")
    visit_type = models.ForeignKey(VisitType, models.PROTECT, related_name="+")
    provider = models.ForeignKey(Provider, models.PROTECT, null=True, blank=True, related_name="+")
    locations = ArrayField(models.UUIDField(), default=list, blank=True)
    weekdays = models.PositiveSmallIntegerField(default=EVERY_DAY)
    from_time = models.TimeField(null=True, blank=True)
    until_time = models.TimeField(null=True, blank=True)
    earliest_on = models.DateField(null=True, blank=True)
    latest_on = models.DateField(null=True, blank=True)
    min_notice_hours = models.PositiveSmallIntegerField(default=0)
    telehealth_ok = models.BooleanField(default=False)
    band = models.PositiveSmallIntegerField(choices=Band, default=Band.ROUTINE)
    later_visit = models.ForeignKey(Appointment, models.PROTECT, null=True, related_name="+")
    note = SealedField("wait_entry.note", max_length=500, null=True, blank=True)
    expires_on = models.DateField(null=True, blank=True)
    status = models.CharField(max_length=10, choices=WaitStatus, default=WaitStatus.WAITING)
    waiting_since = models.DateTimeField()
    removed_because = models.CharField(max_length=12, choices=RemovedBecause, blank=True)
    ended_at = models.DateTimeField(null=True)
    booked_visit = models.ForeignKey(Appointment, models.PROTECT, null=True, related_name="+")

    objects = WaitEntryQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(status__in=WaitStatus.values), name="wait_status_known"),
            models.CheckConstraint(condition=Q(band__in=Band.values), name="wait_band_known"),
            models.CheckConstraint(condition=Q(weekdays__gte=1, weekdays__lte=EVERY_DAY), name="wait_on_a_weekday"),
            models.CheckConstraint(
                condition=Q(until_time__isnull=True) | Q(from_time__isnull=True) | Q(until_time__gt=F("from_time")),
                name="wait_times_last",
            ),
            models.CheckConstraint(
                condition=Q(latest_on__isnull=True) | Q(earliest_on__isnull=True) | Q(latest_on__gte=F("earliest_on")),
                name="wait_days_last",
            ),
            models.CheckConstraint(
                condition=(Q(status=WaitStatus.REMOVED) & ~Q(removed_because=""))
                | (~Q(status=WaitStatus.REMOVED) & Q(removed_because="")),
                name="wait_removed_with_reason",
            ),
            models.CheckConstraint(
                condition=Q(status__in=WAIT_OPEN, ended_at__isnull=True)
                | (~Q(status__in=WAIT_OPEN) & Q(ended_at__isnull=False)),
                name="wait_ended_when_final",
            ),
            models.UniqueConstraint(
                fields=["practice", "patient", "visit_type", "provider"],
                condition=Q(status__in=WAIT_OPEN),
                nulls_distinct=False,
                name="one_open_wait_for_a_choice",
            ),
        ]
        indexes = [
            models.Index(
                fields=["practice", "status", "band", "waiting_since"],
                condition=Q(status__in=WAIT_OPEN),
                name="wait_in_order",
            ),
            models.Index(fields=["practice", "patient"], name="wait_of_patient"),
        ]


class FreedTime(PracticeModel):
    """A time that was given back while somebody waited for such a one. One piece of work: `case`."""

    PLAIN = frozenset({"provider", "location", "starts_at", "ends_at", "came_from", "visit", "case", "at", "closed_at"})
    VIEWED_BY = "scheduling.view_schedule"
    FIELD_CHANGES = False  # its case keeps its history

    provider = models.ForeignKey(Provider, models.PROTECT, related_name="+")
    location = models.ForeignKey(Location, models.PROTECT, related_name="+")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    came_from = models.CharField(max_length=10, choices=FreedBy)
    visit = models.ForeignKey(Appointment, models.PROTECT, null=True, related_name="+")
    case = models.OneToOneField(Case, models.PROTECT, related_name="freed_time")
    at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="freed_time_lasts"),
            models.CheckConstraint(condition=Q(came_from__in=FreedBy.values), name="freed_by_known"),
            models.UniqueConstraint(
                fields=["practice", "provider", "starts_at"],
                condition=Q(closed_at__isnull=True),
                name="one_work_for_a_freed_time",
            ),
        ]


class OfferQuerySet(PracticeQuerySet):
    """Reads of offers."""

    def out(self) -> Self:
        """Not answered, or accepted and not booked yet."""
        return self.filter(status__in=OFFER_OUT)


class Offer(PracticeModel):
    """One real time offered to somebody who waits, until `expires_at`. It holds nothing; accepting it holds the time."""

    PLAIN = frozenset(
        {"entry", "patient", "freed", "provider", "location", "starts_at", "ends_at", "mode", "channel", "at", "by"}
        | {"expires_at", "status", "answered_at", "answered_by", "visit", "case"}
    )
    VIEWED_BY = "scheduling.view_schedule"
    READ_AS = "schedule"
    FIELD_CHANGES = False  # every move is a WaitStep

    entry = models.ForeignKey(WaitEntry, models.PROTECT, related_name="offers")
    patient = models.ForeignKey(Patient, models.PROTECT, related_name="+")
    freed = models.ForeignKey(FreedTime, models.PROTECT, null=True, related_name="offers")
    provider = models.ForeignKey(Provider, models.PROTECT, related_name="+")
    location = models.ForeignKey(Location, models.PROTECT, related_name="+")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    mode = models.CharField(max_length=8, choices=Mode, default=Mode.OFFICE)
    channel = models.CharField(max_length=6, choices=OfferChannel)
    at = models.DateTimeField()
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    expires_at = models.DateTimeField()
    status = models.CharField(max_length=10, choices=OfferStatus, default=OfferStatus.OFFERED)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", help_text="none: by the link")
    visit = models.ForeignKey(Appointment, models.PROTECT, null=True, related_name="+")
    case = models.OneToOneField(Case, models.PROTECT, null=True, related_name="offer")

    objects = OfferQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(status__in=OfferStatus.values), name="offer_status_known"),
            models.CheckConstraint(condition=Q(channel__in=OfferChannel.values), name="offer_channel_known"),
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="offer_lasts"),
            models.CheckConstraint(condition=Q(expires_at__gt=F("at")), name="offer_can_be_answered"),
            models.UniqueConstraint(
                fields=["practice", "entry", "starts_at"], condition=Q(status__in=OFFER_OUT), name="one_offer_of_a_time"
            ),
        ]
        indexes = [models.Index(fields=["practice", "provider", "starts_at"], name="offer_of_time")]


class OfferLink(PracticeModel):
    """A link by which one offer is answered; of its secret only the hash stands here. Each try to send makes one."""

    PLAIN = frozenset({"offer", "secret_hash"})
    VIEWED_BY = "scheduling.view_schedule"
    FIELD_CHANGES = False  # never changes

    offer = models.ForeignKey(Offer, models.PROTECT, related_name="links")
    secret_hash = models.CharField(max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["practice", "secret_hash"], name="offer_link_once")]


class WaitStep(PracticeModel):
    """What moved an entry, or one of its offers. Append-only."""

    PHI = frozenset({"note"})
    PLAIN = frozenset({"entry", "offer", "patient", "from_status", "to_status", "code", "at", "by"})
    VIEWED_BY = "scheduling.view_schedule"
    READ_AS = "schedule"
    FIELD_CHANGES = False  # is itself history

    entry = models.ForeignKey(WaitEntry, models.PROTECT, related_name="steps")
    offer = models.ForeignKey(Offer, models.PROTECT, null=True, related_name="steps")
    patient = models.ForeignKey(Patient, models.PROTECT, related_name="+")
    from_status = models.CharField(max_length=10, blank=True)
    to_status = models.CharField(max_length=10)
    code = models.CharField(max_length=12, blank=True)
    note = SealedField("wait_step.note", max_length=500, null=True, blank=True)
    at = models.DateTimeField()
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["practice", "entry", "at"], name="wait_step_by_time")]

    @property
    def words(self) -> str:
        """What it was: of an offer, or of the entry itself."""
        if self.code == "changed":
            return "Wishes changed"
        if self.code == "undone":
            return "Waiting again: the booking was undone"
        if self.code == "by-phone":
            return "Offer: to be made by phone"
        if self.offer_id and self.to_status in OfferStatus.values:
            return f"Offer: {OfferStatus(self.to_status).label.lower()}"
        return WaitStatus(self.to_status).label


class Rebooking(PracticeModel):
    """A visit that was lost, the work of booking it again, and what was booked."""

    PLAIN = frozenset({"patient", "lost", "found", "case"})
    VIEWED_BY = "scheduling.view_schedule"
    READ_AS = "schedule"
    FIELD_CHANGES = False  # its case keeps its history

    patient = models.ForeignKey(Patient, models.PROTECT, related_name="+")
    lost = models.OneToOneField(Appointment, models.PROTECT, related_name="rebooking")
    found = models.ForeignKey(Appointment, models.PROTECT, null=True, related_name="+")
    case = models.OneToOneField(Case, models.PROTECT, related_name="rebooking")

    class Meta:
        indexes = [models.Index(fields=["practice", "patient"], name="rebooking_of_patient")]

    @property
    def words(self) -> str:
        """Where the work of booking it again stands, while nothing was booked."""
        ended = {CaseStatus.CANCELLED: "Not wished", CaseStatus.FAILED: "Not reached", CaseStatus.COMPLETED: "Not needed"}
        return ended.get(CaseStatus(self.case.status), "To be booked again")


class RecallQuerySet(PracticeQuerySet):
    """Reads of recalls."""

    def open(self) -> Self:
        """Neither booked nor given up."""
        return self.filter(status__in=RECALL_OPEN)


class Recall(PracticeModel):
    """Somebody is to be seen again about `due_on`, and is called from `contact_from` on. Several stand for one patient."""

    PHI = frozenset({"reason"})
    PLAIN = frozenset(
        {"patient", "visit_type", "provider", "due_on", "contact_from", "status", "attempts_made", "next_try_at"}
        | {"from_visit", "visit", "case", "planned_by"}
    )
    VIEWED_BY = "scheduling.view_schedule"
    READ_AS = "schedule"
    FIELD_CHANGES = False  # every move is a RecallStep

    patient = models.ForeignKey(Patient, models.PROTECT, related_name="recalls")
    visit_type = models.ForeignKey(VisitType, models.PROTECT, related_name="+")
    provider = models.ForeignKey(Provider, models.PROTECT, null=True, blank=True, related_name="+")
    due_on = models.DateField()
    contact_from = models.DateField()
    reason = SealedField("recall.reason", max_length=200, null=True, blank=True)
    status = models.CharField(max_length=12, choices=RecallStatus, default=RecallStatus.PLANNED)
    attempts_made = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField(null=True)
    from_visit = models.ForeignKey(Appointment, models.PROTECT, null=True, related_name="+")
    visit = models.ForeignKey(Appointment, models.PROTECT, null=True, related_name="+")
    case = models.OneToOneField(Case, models.PROTECT, null=True, related_name="recall")
    planned_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

    objects = RecallQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(status__in=RecallStatus.values), name="recall_status_known"),
            models.CheckConstraint(condition=Q(contact_from__lte=F("due_on")), name="recall_called_before_due"),
            models.CheckConstraint(
                condition=(Q(status=RecallStatus.SCHEDULED) & Q(visit__isnull=False))
                | (~Q(status=RecallStatus.SCHEDULED) & Q(visit__isnull=True)),
                name="recall_booked_has_a_visit",
            ),
        ]
        indexes = [
            models.Index(fields=["practice", "status", "contact_from"], name="recall_by_day"),
            models.Index(fields=["practice", "patient"], name="recall_of_patient"),
        ]


class RecallStep(PracticeModel):
    """What moved a recall: an attempt with its method and result, or another step. Append-only."""

    PHI = frozenset({"note"})
    PLAIN = frozenset({"recall", "patient", "from_status", "to_status", "method", "result", "next_try_at", "at", "by"})
    VIEWED_BY = "scheduling.view_schedule"
    READ_AS = "schedule"
    FIELD_CHANGES = False  # is itself history

    recall = models.ForeignKey(Recall, models.PROTECT, related_name="steps")
    patient = models.ForeignKey(Patient, models.PROTECT, related_name="+")
    from_status = models.CharField(max_length=12, blank=True)
    to_status = models.CharField(max_length=12)
    method = models.CharField(max_length=8, choices=Method, blank=True)
    result = models.CharField(max_length=16, choices=AttemptResult, blank=True)
    note = SealedField("recall_step.note", max_length=500, null=True, blank=True)
    next_try_at = models.DateTimeField(null=True)
    at = models.DateTimeField()
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(method="", result="") | (~Q(method="") & ~Q(result="")), name="attempt_has_method_and_result"
            ),
        ]
        indexes = [models.Index(fields=["practice", "recall", "at"], name="recall_step_by_time")]

    @property
    def words(self) -> str:
        """What it became."""
        return RecallStatus(self.to_status).label
