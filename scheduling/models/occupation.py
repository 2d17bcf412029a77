"""Time that is taken: one mechanism for visits, holds and blocks (architecture.md)."""

from datetime import datetime, timedelta
from typing import Self

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, IntegerRangeField, RangeOperators
from django.db import models
from django.db.models import ExpressionWrapper, F, Func, Q, Value
from django.db.models.functions import Coalesce
from django.db.models.lookups import LessThanOrEqual

from compliance.models import PracticeModel, PracticeQuerySet, User

from .appointment import Appointment
from .providers import Closure, Resource, VisitType

LONGEST = timedelta(days=2)  # of one row: what begins before a moment has ended that much later
LASTS = ExpressionWrapper(F("ends_at") - F("starts_at"), output_field=models.DurationField())


class OccupationQuerySet(PracticeQuerySet):
    """Reads of taken time. Overlap is asked by columns: range operators are not leakproof under the wall."""

    def overlapping(self, start: datetime, end: datetime) -> Self:
        """Touching any moment of [start, end)."""
        return self.filter(starts_at__lt=end, ends_at__gt=start)

    def with_group(self) -> Self:
        """With `kind` and `begins` of the visit that takes the time, or that it is held for; a closure has neither."""
        kind, begins = Coalesce("appointment__visit_type", "held_kind"), Coalesce("appointment__starts_at", "held_from")
        return self.annotate(kind=kind, begins=begins)

    def in_force(self, now: datetime) -> Self:
        """Without holds that have run out."""
        return self.filter(Q(hold_until__isnull=True) | Q(hold_until__gt=now))

    def holds(self, now: datetime) -> Self:
        """Times kept for somebody on the phone, as long as they are."""
        return self.filter(hold_until__gt=now)


def _point(name: str, function: str, field: models.Field) -> Func:
    return Func(F(name), F(name), Value("[]"), function=function, output_field=field)


class Occupation(PracticeModel):
    """A stretch [starts_at, ends_at) of one lane of one resource, buffers included, of two days at most.

    Taken by a visit, by a hold (somebody on the phone, until `hold_until`), or by a closure: a long one in pieces.
    So whoever looks at some days reads the rows of those days, and not all that lies behind them.
    """

    PLAIN = frozenset(
        {"resource", "lane", "starts_at", "ends_at", "appointment", "closure", "hold_until", "held_by", "held_for"}
        | {"held_kind", "held_from"}
    )
    VIEWED_BY = "scheduling.view_schedule"
    FIELD_CHANGES = False  # follows visits and closures, whose changes are kept

    resource = models.ForeignKey(Resource, models.PROTECT, related_name="occupations")
    lane = models.PositiveSmallIntegerField(default=0)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    appointment = models.ForeignKey(Appointment, models.CASCADE, null=True, related_name="occupations")
    closure = models.ForeignKey(Closure, models.CASCADE, null=True, related_name="occupations")
    hold_until = models.DateTimeField(null=True)
    held_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    held_for = models.UUIDField(null=True, help_text="the call that holds it")
    held_kind = models.ForeignKey(VisitType, models.PROTECT, null=True, related_name="+")
    held_from = models.DateTimeField(null=True, help_text="when the visit that it is held for begins")

    objects = OccupationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="occupation_lasts"),
            models.CheckConstraint(condition=LessThanOrEqual(LASTS, LONGEST), name="occupation_is_not_long"),
            models.CheckConstraint(
                condition=Q(appointment__isnull=False, closure__isnull=True, hold_until__isnull=True, held_by__isnull=True)
                | Q(appointment__isnull=True, closure__isnull=False, hold_until__isnull=True, held_by__isnull=True)
                | Q(appointment__isnull=True, closure__isnull=True, hold_until__isnull=False, held_by__isnull=False),
                name="occupation_by_visit_or_hold_or_closure",
            ),
            models.CheckConstraint(
                condition=Q(held_kind__isnull=True, held_from__isnull=True)
                | Q(held_kind__isnull=False, held_from__isnull=False, hold_until__isnull=False),
                name="occupation_held_for_a_kind_then",
            ),
            ExclusionConstraint(
                name="no_time_is_taken_twice",
                expressions=[
                    (_point("resource", "uuidrange", models.UUIDField()), RangeOperators.OVERLAPS),
                    (_point("lane", "int4range", IntegerRangeField()), RangeOperators.OVERLAPS),
                    (
                        Func(F("starts_at"), F("ends_at"), function="tstzrange", output_field=DateTimeRangeField()),
                        RangeOperators.OVERLAPS,
                    ),
                ],
            ),
        ]
        indexes = [
            # By its end first: what is asked about lies ahead, and everything that is over is left out at once.
            models.Index(fields=["practice", "resource", "ends_at", "starts_at"], name="occupation_of_resource"),
            models.Index(fields=["practice", "hold_until"], condition=Q(hold_until__isnull=False), name="occupation_held"),
        ]
