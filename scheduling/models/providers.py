"""Who and what can be booked, when, and for which kinds of visit."""

from copy import copy
from datetime import date, datetime
from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q

from compliance.models import Location, OfficeHours, PracticeModel, PracticeQuerySet, User
from scheduling.enums import Mode, ResourceKind


class Resource(PracticeModel):
    """Something whose time is taken: a provider, a room, a machine. `capacity` is its number of lanes."""

    PLAIN = frozenset({"kind", "name", "group", "location", "capacity", "is_active"})
    VIEWED_BY = "scheduling.view_schedule"

    kind = models.CharField(max_length=10, choices=ResourceKind)
    name = models.CharField(max_length=120)
    group = models.CharField(max_length=40, blank=True)
    location = models.ForeignKey(Location, models.PROTECT, null=True, blank=True, related_name="+")
    capacity = models.PositiveSmallIntegerField(default=1, validators=[MinValueValidator(1)])
    is_active = models.BooleanField("in use", default=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=ResourceKind.values), name="resource_kind_known"),
            models.CheckConstraint(condition=Q(capacity__gte=1), name="resource_has_a_lane"),
            models.UniqueConstraint(fields=["practice", "kind", "name"], name="resource_name_once"),
        ]

    def __str__(self) -> str:
        return self.name


class ProviderQuerySet(PracticeQuerySet):
    """Reads of providers."""

    def open_to(self, user: User) -> Self:
        """Whose calendars the user may look at: today all of the practice's, to whoever may see the schedule."""
        return self.visible_to(user)

    def working(self) -> Self:
        """Those who still see patients, in the order of the board."""
        return self.filter(is_active=True).order_by("position", "name", "pk")

    def seen_between(self, start: datetime, end: datetime) -> Self:
        """The same, and whoever sees no new patients but has a visit between two moments: it must not vanish with her."""
        from scheduling.models.appointment import Appointment

        there = Appointment.objects.filter(provider=models.OuterRef("pk"), starts_at__gte=start, starts_at__lt=end)
        return self.filter(Q(is_active=True) | models.Exists(there)).order_by("position", "name", "pk")


class Provider(PracticeModel):
    """Who sees patients (FHIR R4 PractitionerRole). Her time is that of her Resource."""

    PLAIN = frozenset({"name", "short_name", "credentials", "specialty", "npi", "user", "resource", "position", "is_active"})
    VIEWED_BY = "scheduling.view_schedule"

    name = models.CharField(max_length=120, help_text="As on a letter: Amara Okafor, MD")
    short_name = models.CharField(max_length=40, help_text="As on the board: Dr. Okafor")
    credentials = models.CharField(max_length=40, blank=True)
    specialty = models.CharField(max_length=80, blank=True)
    npi = models.CharField("NPI", max_length=10, blank=True)
    user = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    resource = models.OneToOneField(Resource, models.PROTECT, related_name="provider", editable=False)
    position = models.PositiveSmallIntegerField("place on the board", default=0)
    is_active = models.BooleanField("sees patients", default=True)

    objects = ProviderQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["practice", "user"], condition=Q(user__isnull=False), name="one_provider_for_a_user"
            ),
            models.UniqueConstraint(fields=["practice", "short_name"], name="provider_short_name_once"),
        ]

    def __str__(self) -> str:
        return self.short_name


class VisitType(PracticeModel):
    """A kind of visit: how long, with what around it, in which modes, how many at once."""

    PLAIN = frozenset(
        {"name", "minutes", "buffer_before", "buffer_after", "capacity", "modes", "instructions", "lead_hours"}
        | {"is_active", "needs_coverage", "position", "new_minutes", "preparation", "internal_note"}
    )
    VIEWED_BY = "scheduling.view_schedule"

    name = models.CharField(max_length=80)
    minutes = models.PositiveSmallIntegerField(validators=[MinValueValidator(5)])
    new_minutes = models.PositiveSmallIntegerField("minutes for a new patient", null=True, blank=True)
    buffer_before = models.PositiveSmallIntegerField("minutes kept free before", default=0)
    buffer_after = models.PositiveSmallIntegerField("minutes kept free after", default=0)
    capacity = models.PositiveSmallIntegerField("patients at once", default=1, validators=[MinValueValidator(1)])
    modes = ArrayField(models.CharField(max_length=8, choices=Mode), default=list)
    lead_hours = models.PositiveSmallIntegerField("earliest, hours from now", default=0)
    instructions = models.TextField("instructions for the patient", blank=True, max_length=1000)
    internal_note = models.TextField("note for the desk", blank=True, max_length=1000)
    preparation = ArrayField(models.CharField(max_length=80), default=list, blank=True, verbose_name="must be there before")
    needs_coverage = models.BooleanField("insurance is checked before", default=True)
    is_active = models.BooleanField("offered", default=True)
    position = models.PositiveSmallIntegerField("place in lists", default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(minutes__gte=5, minutes__lte=720), name="visit_type_lasts"),
            models.CheckConstraint(
                condition=Q(new_minutes__isnull=True) | Q(new_minutes__gte=5, new_minutes__lte=720),
                name="visit_type_lasts_for_new",
            ),
            models.CheckConstraint(
                condition=Q(buffer_before__lte=720, buffer_after__lte=720), name="visit_type_buffers_are_not_long"
            ),
            models.CheckConstraint(condition=Q(capacity__gte=1), name="visit_type_has_a_lane"),
            models.UniqueConstraint(fields=["practice", "name"], name="visit_type_name_once"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def usual_mode(self) -> str:
        """In the office, where that is offered; else the first way that is."""
        return self.modes[0] if self.modes and Mode.OFFICE not in self.modes else Mode.OFFICE

    def as_for(self, *, new_patient: bool) -> "VisitType":
        """The same kind with the minutes that it takes of a new or a known patient. Never saved."""
        if not new_patient or self.new_minutes is None:
            return self
        longer = copy(self)
        longer.minutes = self.new_minutes
        return longer


class WorkingHoursQuerySet(PracticeQuerySet):
    """Reads of working hours."""

    def on(self, day: date) -> Self:
        """Those that are valid on a day and of its weekday; a template of every n weeks may skip its week."""
        return self.filter(weekday=day.weekday(), valid_from__lte=day).filter(
            Q(valid_until__isnull=True) | Q(valid_until__gte=day)
        )


class WorkingHours(PracticeModel):
    """A template: one stretch of one weekday at one place, in the place's own zone, while it is valid (both days included).

    It holds every `every_weeks` weeks, counted from the week of `anchor_on`, or where that is empty of `valid_from`.
    """

    PLAIN = frozenset(
        {"provider", "location", "weekday", "starts", "ends", "valid_from", "valid_until", "every_weeks", "anchor_on"}
    )
    VIEWED_BY = "scheduling.view_schedule"

    provider = models.ForeignKey(Provider, models.PROTECT, related_name="working_hours")
    location = models.ForeignKey(Location, models.PROTECT, related_name="+")
    weekday = models.PositiveSmallIntegerField(choices=OfficeHours.Weekday)
    starts = models.TimeField()
    ends = models.TimeField()
    valid_from = models.DateField()
    valid_until = models.DateField(null=True, blank=True)
    every_weeks = models.PositiveSmallIntegerField(
        "every how many weeks", default=1, validators=[MinValueValidator(1), MaxValueValidator(12)]
    )
    anchor_on = models.DateField("in the week of", null=True, blank=True)

    objects = WorkingHoursQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "working hours"
        constraints = [
            models.CheckConstraint(condition=Q(ends__gt=F("starts")), name="working_hours_last"),
            models.CheckConstraint(condition=Q(weekday__lte=6), name="working_hours_on_a_weekday"),
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gte=F("valid_from")), name="working_hours_valid"
            ),
            models.CheckConstraint(condition=Q(every_weeks__gte=1, every_weeks__lte=12), name="working_hours_every_1_to_12"),
        ]
        indexes = [models.Index(fields=["practice", "provider", "weekday"], name="working_hours_of_provider")]

    def __str__(self) -> str:
        return f"{self.get_weekday_display()} {self.starts:%H:%M}–{self.ends:%H:%M}"


class Closure(PracticeModel):
    """A stretch without visits: of one provider, one place, one room or machine, or (all empty) of the whole practice.

    A room or machine that is closed takes nobody's hours: only visits that need it cannot be booked then.
    """

    PLAIN = frozenset({"provider", "location", "resource", "starts_at", "ends_at", "reason", "outside", "holiday"})
    VIEWED_BY = "scheduling.view_schedule"

    provider = models.ForeignKey(Provider, models.PROTECT, null=True, blank=True, related_name="closures")
    location = models.ForeignKey(Location, models.PROTECT, null=True, blank=True, related_name="+")
    resource = models.ForeignKey(Resource, models.PROTECT, null=True, blank=True, related_name="closures")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    reason = models.CharField(max_length=80, help_text="Shown on the board: Lunch, Vacation, Holiday, Repair")
    holiday = models.DateField(null=True, editable=False, help_text="the local day of the public holiday that it is")
    outside = models.ForeignKey(
        "scheduling.OutsideCalendar", models.CASCADE, null=True, editable=False, related_name="closures"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="closure_lasts"),
            models.CheckConstraint(
                condition=Q(resource__isnull=True) | Q(provider__isnull=True, location__isnull=True),
                name="closure_of_a_thing_alone",
            ),
        ]
        indexes = [models.Index(fields=["practice", "starts_at"], name="closure_by_time")]

    def __str__(self) -> str:
        return self.reason

    @property
    def of(self) -> "Provider | Location | Resource | None":
        """What is closed; None for the whole practice."""
        return self.provider or self.location or self.resource
