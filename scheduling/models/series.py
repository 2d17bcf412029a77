"""A visit that comes again and again: the rule, and which visit stands for each of its dates."""

from datetime import UTC, date, datetime, timedelta
from typing import Self
from zoneinfo import ZoneInfo

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from compliance.crypto.sealed import SealedField
from compliance.models import Location, PracticeModel, PracticeQuerySet, User
from patients.models import Patient
from scheduling.enums import Frequency, Mode, Skipped
from scheduling.patterns import Pattern

from .appointment import Appointment
from .providers import Provider, VisitType


class SeriesQuerySet(PracticeQuerySet):
    """Reads of series; `visible_to` comes first in every chain."""

    def visible_to(self, user: User) -> Self:
        """Those on calendars that are open to the user."""
        return super().visible_to(user).filter(provider__in=Provider.objects.open_to(user))

    def rolling(self) -> Self:
        """Without an end, and still going on."""
        return self.filter(ended_at__isnull=True, count__isnull=True, until_on__isnull=True)


class Series(PracticeModel):
    """A rule of dates at one local time of one place. Written by `scheduling.series` only.

    A date of the rule is held `shift_days` later. `filled_until` is the last day of the rule that has been looked at.
    What changes from a date on becomes a series of its own that `continues` this one.
    """

    PHI = frozenset({"reason", "comment"})
    PLAIN = frozenset(
        {"patient", "provider", "visit_type", "location", "mode", "frequency", "every", "weekdays", "first_on", "starts"}
        | {"count", "until_on", "shift_days", "filled_until", "ended_at", "ended_because", "continues", "booked_by"}
    )
    VIEWED_BY = "scheduling.view_schedule"
    READ_AS = "schedule"
    FIELD_CHANGES = False  # every change is an audit event, and a row of its own from a date on

    patient = models.ForeignKey(Patient, models.PROTECT, related_name="series")
    provider = models.ForeignKey(Provider, models.PROTECT, related_name="+")
    visit_type = models.ForeignKey(VisitType, models.PROTECT, related_name="+")
    location = models.ForeignKey(Location, models.PROTECT, related_name="+")
    mode = models.CharField(max_length=8, choices=Mode, default=Mode.OFFICE)
    reason = SealedField("series.reason", max_length=200, null=True, blank=True)
    comment = SealedField("series.comment", max_length=1000, null=True, blank=True)
    frequency = models.CharField(max_length=16, choices=Frequency)
    every = models.PositiveSmallIntegerField(default=1)
    weekdays = ArrayField(models.PositiveSmallIntegerField(), default=list)
    first_on = models.DateField()
    starts = models.TimeField()
    count = models.PositiveSmallIntegerField(null=True)
    until_on = models.DateField(null=True)
    shift_days = models.SmallIntegerField(default=0)
    filled_until = models.DateField(null=True)
    ended_at = models.DateTimeField(null=True)
    ended_because = models.CharField(max_length=120, blank=True)
    continues = models.ForeignKey("self", models.PROTECT, null=True, related_name="continued_by")
    booked_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

    objects = SeriesQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "series"
        constraints = [
            models.CheckConstraint(condition=Q(frequency__in=Frequency.values), name="series_frequency_known"),
            models.CheckConstraint(condition=Q(every__gte=1), name="series_comes_again"),
            models.CheckConstraint(condition=Q(count__isnull=True) | Q(until_on__isnull=True), name="series_one_end"),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ended_because="") | (Q(ended_at__isnull=False) & ~Q(ended_because="")),
                name="series_ended_with_reason",
            ),
        ]
        indexes = [
            models.Index(fields=["practice", "patient"], name="series_of_patient"),
            models.Index(
                fields=["practice", "filled_until"],
                condition=Q(ended_at__isnull=True, count__isnull=True, until_on__isnull=True),
                name="series_to_fill",
            ),
        ]

    @property
    def pattern(self) -> Pattern:
        """Its rule."""
        days = tuple(self.weekdays)
        return Pattern(self.frequency, self.first_on, self.every, days, self.count, self.until_on)

    @property
    def zone(self) -> ZoneInfo:
        """Of its place: the clock by which it stays."""
        return ZoneInfo(self.location.time_zone)

    def day_of(self, on: date) -> date:
        """The day on which a date of the rule is held."""
        return on + timedelta(days=self.shift_days)

    def begins(self, on: date) -> datetime:
        """When a date of the rule begins, in UTC, by the clock of its place.

        A local time that the clock jumps over is the moment it would have been without the jump: an hour later on the
        wall. Of a time that comes twice the first is meant.
        """
        return datetime.combine(self.day_of(on), self.starts, self.zone).astimezone(UTC)

    def __str__(self) -> str:
        later = f", {abs(self.shift_days)} day{'s' if abs(self.shift_days) > 1 else ''} " if self.shift_days else ""
        side = ("later" if self.shift_days > 0 else "earlier") if self.shift_days else ""
        return f"{self.pattern}{later}{side}"


class OccurrenceQuerySet(PracticeQuerySet):
    """Reads of occurrences."""

    def visible_to(self, user: User) -> Self:
        """Those of series that are open to the user."""
        return super().visible_to(user).filter(series__provider__in=Provider.objects.open_to(user))


class Occurrence(PracticeModel):
    """One date of a series: the visit that stands for it now, or why there is none. Never deleted.

    `original_on` is the date of the rule, whatever became of the visit. Moving a visit takes the occurrence along.
    """

    PLAIN = frozenset({"series", "patient", "original_on", "visit", "skipped", "why"})
    VIEWED_BY = "scheduling.view_schedule"
    FIELD_CHANGES = False  # follows its visit, whose moves are kept

    series = models.ForeignKey(Series, models.PROTECT, related_name="occurrences")
    patient = models.ForeignKey(Patient, models.PROTECT, related_name="+")
    original_on = models.DateField()
    visit = models.OneToOneField(Appointment, models.PROTECT, null=True, related_name="occurrence")
    skipped = models.CharField(max_length=8, choices=Skipped, blank=True)
    why = models.CharField(max_length=200, blank=True)

    objects = OccurrenceQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["series", "original_on"], name="occurrence_once"),
            models.CheckConstraint(
                condition=Q(visit__isnull=False, skipped="", why="")
                | (Q(visit__isnull=True) & Q(skipped__in=Skipped.values) & ~Q(why="")),
                name="occurrence_stands_or_says_why_not",
            ),
        ]

    @property
    def is_moved(self) -> bool:
        """Whether its visit was moved from where it was booked."""
        return self.visit is not None and self.visit.rescheduled_from_id is not None
