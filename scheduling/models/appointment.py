"""A visit, and what moved it."""

from datetime import date, datetime, time, timedelta
from typing import Self
from zoneinfo import ZoneInfo

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from compliance.crypto.sealed import SealedField
from compliance.models import Location, PracticeModel, PracticeQuerySet, User
from patients.models import Patient
from scheduling.enums import (
    GONE,
    UPCOMING,
    CancelReason,
    ConfirmedVia,
    Initiator,
    Mode,
    Source,
    Status,
    ToldBy,
)

from .providers import Provider, Resource, VisitType


class AppointmentQuerySet(PracticeQuerySet):
    """Reads of visits; `visible_to` comes first in every chain."""

    def visible_to(self, user: User) -> Self:
        """Those on calendars that are open to the user."""
        return super().visible_to(user).filter(provider__in=Provider.objects.open_to(user))

    def closed_to(self, user: User) -> Self:
        """Those on calendars that are open to the user, of patients whose charts are not: taken time and no more."""
        if not user.may(Appointment.VIEWED_BY):
            return self.none()
        return self.of_closed_charts(user).filter(provider__in=Provider.objects.open_to(user))

    def standing(self) -> Self:
        """Not cancelled, not moved away, not entered in error."""
        return self.exclude(status__in=GONE)

    def upcoming(self) -> Self:
        """Booked or confirmed, not yet begun."""
        return self.filter(status__in=UPCOMING)

    def on(self, day: date, zone: ZoneInfo) -> Self:
        """Beginning between one local midnight and the next, which is not always 24 hours."""
        start = datetime.combine(day, time.min, zone)
        end = datetime.combine(day + timedelta(days=1), time.min, zone)
        return self.filter(starts_at__gte=start, starts_at__lt=end)


class Appointment(PracticeModel):
    """FHIR R4 Appointment. Its time is taken by Occupation rows; the status is moved by `visits` and `booking` only."""

    PHI = frozenset({"reason", "comment", "overbook_reason"})
    PLAIN = frozenset(
        {"patient", "provider", "visit_type", "location", "room", "starts_at", "ends_at", "status", "mode", "source"}
        | {"booked_by", "is_new_patient", "cancel_reason", "cancel_initiator", "told_by", "is_late_cancel"}
        | {"confirmed_at", "confirmed_via", "arrived_at", "roomed_at", "finished_at", "rescheduled_from", "flags"}
        | {"status_since", "reminded_at", "prepared"}
    )
    VIEWED_BY = "scheduling.view_schedule"
    READ_AS = "schedule"
    FIELD_CHANGES = False  # every move is a Transition

    patient = models.ForeignKey(Patient, models.PROTECT, related_name="appointments")
    provider = models.ForeignKey(Provider, models.PROTECT, related_name="appointments")
    visit_type = models.ForeignKey(VisitType, models.PROTECT, related_name="+")
    location = models.ForeignKey(Location, models.PROTECT, related_name="+")
    room = models.ForeignKey(Resource, models.PROTECT, null=True, blank=True, related_name="+")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    status = models.CharField(max_length=16, choices=Status, default=Status.BOOKED)
    status_since = models.DateTimeField()
    mode = models.CharField(max_length=8, choices=Mode, default=Mode.OFFICE)
    reason = SealedField("appointment.reason", max_length=200, null=True, blank=True)
    comment = SealedField("appointment.comment", max_length=1000, null=True, blank=True)
    source = models.CharField(max_length=8, choices=Source, default=Source.PHONE)
    booked_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    is_new_patient = models.BooleanField(default=False)
    overbook_reason = SealedField("appointment.overbook_reason", max_length=200, null=True, blank=True)
    cancel_reason = models.CharField(max_length=12, choices=CancelReason, blank=True)
    cancel_initiator = models.CharField(max_length=8, choices=Initiator, blank=True)
    told_by = models.CharField(max_length=8, choices=ToldBy, blank=True)
    is_late_cancel = models.BooleanField(default=False)
    confirmed_at = models.DateTimeField(null=True)
    confirmed_via = models.CharField(max_length=8, choices=ConfirmedVia, blank=True)
    arrived_at = models.DateTimeField(null=True)
    roomed_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    reminded_at = models.DateTimeField(null=True, help_text="when the first message about it left the portal")
    flags = models.JSONField(default=list, help_text="what was left unticked at check-in")
    prepared = ArrayField(models.CharField(max_length=80), default=list, help_text="what of its preparation is there")
    rescheduled_from = models.OneToOneField("self", models.PROTECT, null=True, related_name="rescheduled_to")

    objects = AppointmentQuerySet.as_manager()

    @property
    def missing(self) -> list[str]:
        """What its kind asks for beforehand and is not there."""
        return [what for what in self.visit_type.preparation if what not in self.prepared]

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(status__in=Status.values), name="visit_status_known"),
            models.CheckConstraint(condition=Q(mode__in=Mode.values), name="visit_mode_known"),
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="visit_lasts"),
            models.CheckConstraint(
                condition=(Q(status=Status.CANCELLED) & ~Q(cancel_reason="") & ~Q(cancel_initiator="") & ~Q(told_by=""))
                | (~Q(status=Status.CANCELLED) & Q(cancel_reason="", cancel_initiator="", told_by="")),
                name="visit_cancelled_with_reason_and_who",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_at__isnull=True, confirmed_via="")
                | (Q(confirmed_at__isnull=False) & ~Q(confirmed_via="")),
                name="visit_confirmed_with_source",
            ),
        ]
        indexes = [
            models.Index(fields=["practice", "starts_at"], name="visit_by_time"),
            models.Index(fields=["practice", "provider", "starts_at"], name="visit_of_provider"),
            models.Index(fields=["practice", "patient", "starts_at"], name="visit_of_patient"),
        ]


class Transition(PracticeModel):
    """What moved a visit. Append-only; `before` holds what an undo puts back."""

    PHI = frozenset({"note"})
    PLAIN = frozenset(
        {"patient", "appointment", "what", "from_status", "to_status", "from_starts_at", "to_starts_at", "code"}
        | {"from_provider", "to_provider", "before", "at", "by", "undoes"}
    )
    VIEWED_BY = "scheduling.view_schedule"
    READ_AS = "schedule"
    FIELD_CHANGES = False  # is itself history

    appointment = models.ForeignKey(Appointment, models.PROTECT, related_name="transitions")
    patient = models.ForeignKey(Patient, models.PROTECT, related_name="+")
    what = models.CharField(max_length=20)
    from_status = models.CharField(max_length=16, choices=Status, blank=True)
    to_status = models.CharField(max_length=16, choices=Status)
    from_starts_at = models.DateTimeField(null=True)
    to_starts_at = models.DateTimeField(null=True)
    from_provider = models.ForeignKey(Provider, models.PROTECT, null=True, related_name="+")
    to_provider = models.ForeignKey(Provider, models.PROTECT, null=True, related_name="+")
    code = models.CharField(max_length=12, blank=True, help_text="the coded reason, where there is one")
    note = SealedField("transition.note", max_length=500, null=True, blank=True)
    before = models.JSONField(default=dict)
    at = models.DateTimeField()
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    undoes = models.OneToOneField("self", models.PROTECT, null=True, related_name="undone_by")

    class Meta:
        indexes = [models.Index(fields=["practice", "appointment", "at"], name="transition_by_time")]
