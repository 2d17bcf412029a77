"""Calendars that leave the portal as feeds, and calendars from outside whose time counts as taken."""

from django.db import models
from django.db.models import Q

from compliance.crypto.sealed import SealedField
from compliance.models import PracticeModel, User

from .providers import Provider, Resource


class Feed(PracticeModel):
    """An address at which a calendar program reads one provider's or one room's time (RFC 5545), without health data.

    The secret of the address is shown once and kept hashed. A feed runs as its owner and ends with her right.
    """

    PLAIN = frozenset({"resource", "owner", "secret_hash", "read_at", "revoked_at"})
    VIEWED_BY = "scheduling.view_schedule"

    resource = models.ForeignKey(Resource, models.PROTECT, related_name="+")
    owner = models.ForeignKey(User, models.PROTECT, related_name="+")
    secret_hash = models.BinaryField(max_length=32, editable=False)
    read_at = models.DateTimeField(null=True, editable=False)
    revoked_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["practice", "secret_hash"], name="feed_secret_once")]

    def __str__(self) -> str:
        return f"Feed of {self.resource}"


class OutsideCalendar(PracticeModel):
    """A provider's calendar elsewhere. Its busy time becomes Closures; of what it says nothing else is kept.

    `address` None: read once, from a file. The address is sealed, since calendar programs put secrets into it.
    """

    PHI = frozenset({"address"})
    PLAIN = frozenset({"provider", "name", "read_at", "tried_at", "problem", "busy"})
    VIEWED_BY = "scheduling.view_schedule"
    READ_AS = "schedule"
    CHART = ""

    provider = models.ForeignKey(Provider, models.PROTECT, related_name="outside_calendars")
    name = models.CharField(max_length=80, help_text="Shown on the board where it takes time: Hospital, Teaching")
    address = SealedField("outside_calendar.address", max_length=1000, null=True, blank=True)
    read_at = models.DateTimeField(null=True, editable=False)
    tried_at = models.DateTimeField(null=True, editable=False)
    problem = models.CharField(max_length=200, blank=True, editable=False)
    busy = models.PositiveIntegerField("stretches taken", default=0, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["practice", "provider", "name"], name="outside_calendar_name_once"),
            models.CheckConstraint(condition=~Q(name=""), name="outside_calendar_has_a_name"),
        ]

    def __str__(self) -> str:
        return self.name
