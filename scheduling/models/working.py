"""What a template of working hours holds besides its ends, and the days that differ from it."""

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import F, Q

from compliance.models import Location, PracticeModel
from scheduling.enums import DayKind, PartKind

from .providers import Provider, WorkingHours

LONGEST_AHEAD = 24 * 90  # hours


class HoursPart(PracticeModel):
    """A break within working hours, or a session that is kept for some kinds of visit.

    `release_hours` before its start a session is open to every kind; empty: never.
    """

    PLAIN = frozenset({"hours", "kind", "name", "starts", "ends", "visit_types", "release_hours"})
    VIEWED_BY = "scheduling.view_schedule"

    hours = models.ForeignKey(WorkingHours, models.CASCADE, related_name="parts")
    kind = models.CharField(max_length=6, choices=PartKind)
    name = models.CharField(max_length=40)
    starts = models.TimeField()
    ends = models.TimeField()
    visit_types = ArrayField(models.UUIDField(), default=list, blank=True)
    release_hours = models.PositiveSmallIntegerField(
        "open to all, hours before", null=True, blank=True, validators=[MaxValueValidator(LONGEST_AHEAD)]
    )

    class Meta:
        verbose_name = "break or session"
        verbose_name_plural = "breaks and sessions"
        constraints = [
            models.CheckConstraint(condition=Q(ends__gt=F("starts")), name="hours_part_lasts"),
            models.CheckConstraint(condition=Q(kind__in=PartKind.values), name="hours_part_kind_known"),
            models.CheckConstraint(
                condition=Q(kind=PartKind.BREAK, visit_types=[], release_hours__isnull=True)
                | (Q(kind=PartKind.KEPT) & ~Q(visit_types=[])),
                name="hours_part_kept_for_something",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.starts:%H:%M}–{self.ends:%H:%M}"


class DayException(PracticeModel):
    """One local day on which a provider works extra, at other hours than her template says, or not at all."""

    PLAIN = frozenset({"provider", "day", "kind", "location", "starts", "ends", "reason"})
    VIEWED_BY = "scheduling.view_schedule"

    provider = models.ForeignKey(Provider, models.PROTECT, related_name="exceptions")
    day = models.DateField()
    kind = models.CharField(max_length=6, choices=DayKind)
    location = models.ForeignKey(Location, models.PROTECT, null=True, blank=True, related_name="+")
    starts = models.TimeField(null=True, blank=True)
    ends = models.TimeField(null=True, blank=True)
    reason = models.CharField(max_length=80, blank=True)

    class Meta:
        verbose_name = "different day"
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=DayKind.values), name="different_day_kind_known"),
            models.CheckConstraint(
                condition=Q(kind=DayKind.OFF, location__isnull=True, starts__isnull=True, ends__isnull=True)
                | (
                    ~Q(kind=DayKind.OFF)
                    & Q(location__isnull=False, starts__isnull=False, ends__isnull=False)
                    & Q(ends__gt=F("starts"))
                ),
                name="different_day_has_hours_or_none",
            ),
            models.UniqueConstraint(
                fields=["practice", "provider", "day"], condition=Q(kind=DayKind.OFF), name="day_off_once"
            ),
        ]
        indexes = [models.Index(fields=["practice", "provider", "day"], name="different_day_of_provider")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} on {self.day:%Y-%m-%d}"
