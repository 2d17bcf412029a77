"""A practice, and where it works."""

from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from phonenumber_field.modelfields import PhoneNumberField

from compliance.ids import uuid7
from compliance.zones import validate_zone

from .base import PracticeModel

SLUG = RegexValidator(r"^[a-z0-9](?:[a-z0-9-]{0,48}[a-z0-9])?$", "Use lower-case letters, digits and hyphens.")


class Practice(models.Model):
    """A medical practice. Found by slug before any context exists, so it holds no health data and has no wall.

    The slug never changes: feeds and links carry it.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    slug = models.CharField(max_length=50, unique=True, validators=[SLUG], editable=False)
    name = models.CharField(max_length=120)
    phone = PhoneNumberField(blank=True, help_text="The number that patients dial. A call to it opens this practice.")
    time_zone = models.CharField(max_length=40, default="America/New_York", validators=[validate_zone])
    state = models.CharField(max_length=2, blank=True, help_text="Two letters. Decides the public holidays.")
    idle_minutes = models.PositiveSmallIntegerField(
        "idle limit, minutes", default=15, validators=[MinValueValidator(5), MaxValueValidator(15)]
    )
    hold_minutes = models.PositiveSmallIntegerField("a time is held for, minutes", default=10)
    no_show_grace_minutes = models.PositiveSmallIntegerField("no-show after, minutes", default=15)
    waiting_limit_minutes = models.PositiveSmallIntegerField("waiting is long after, minutes", default=20)
    eligibility_days = models.PositiveSmallIntegerField("an eligibility check holds for, days", default=30)
    index_version = models.PositiveSmallIntegerField(default=1, editable=False)  # of the key of its search tokens
    coming_index_version = models.PositiveSmallIntegerField(null=True, editable=False)  # while that is exchanged
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(idle_minutes__gte=5, idle_minutes__lte=15), name="practice_idle_limit_5_to_15"
            )
        ]

    def __str__(self) -> str:
        return self.name


class Location(PracticeModel):
    """A place where the practice sees patients, with its own zone."""

    PLAIN = frozenset({"name", "line1", "line2", "city", "state", "postal_code", "phone", "time_zone", "is_active"})
    VIEWED_BY = "compliance.view_practice"

    name = models.CharField(max_length=120)
    line1 = models.CharField("address", max_length=120, blank=True)
    line2 = models.CharField("address, second line", max_length=120, blank=True)
    city = models.CharField(max_length=80, blank=True)
    state = models.CharField(max_length=2, blank=True)
    postal_code = models.CharField("ZIP", max_length=10, blank=True)
    phone = PhoneNumberField(blank=True)
    time_zone = models.CharField(max_length=40, validators=[validate_zone])
    is_active = models.BooleanField("in use", default=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["practice", "name"], name="location_name_once")]

    def __str__(self) -> str:
        return self.name


class OfficeHours(PracticeModel):
    """When the practice works, for its clocks: one stretch of one weekday."""

    PLAIN = frozenset({"weekday", "opens", "closes"})
    VIEWED_BY = "compliance.view_practice"

    class Weekday(models.IntegerChoices):
        """Monday is 0, as in `date.weekday()`."""

        MONDAY = 0, "Monday"
        TUESDAY = 1, "Tuesday"
        WEDNESDAY = 2, "Wednesday"
        THURSDAY = 3, "Thursday"
        FRIDAY = 4, "Friday"
        SATURDAY = 5, "Saturday"
        SUNDAY = 6, "Sunday"

    weekday = models.PositiveSmallIntegerField(choices=Weekday)
    opens = models.TimeField()
    closes = models.TimeField()

    class Meta:
        verbose_name_plural = "office hours"
        constraints = [
            models.CheckConstraint(condition=models.Q(closes__gt=models.F("opens")), name="office_hours_last"),
            models.CheckConstraint(condition=models.Q(weekday__lte=6), name="office_hours_on_a_weekday"),
        ]

    def __str__(self) -> str:
        return f"{self.get_weekday_display()} {self.opens:%H:%M}–{self.closes:%H:%M}"
