"""Charts that not everybody of the practice may open: restricted ones, people who are barred, and broken glass.

`patient` is a plain UUID: this app lies below the one that knows patients, and all that hangs on a patient obeys.
"""

from collections.abc import Sequence
from typing import Any

from django.db import models
from django.db.models import Expression, F, Q
from django.utils import timezone

from compliance.crypto.sealed import SealedField

from .base import PracticeModel
from .cases import Case
from .people import User


class GlassReason(models.TextChoices):
    """Why somebody opens a restricted chart (HL7 v3 PurposeOfUse, in our words)."""

    EMERGENCY = "ETREAT", "Emergency"
    TREATMENT = "TREAT", "Care that cannot wait for whoever has access"
    ASKED = "PATRQT", "The patient asks for it"
    OVERSIGHT = "HOPERAT", "Review or complaint"


class Relation(models.TextChoices):
    """What a person is to a patient, so that she keeps out of the chart."""

    SELF = "self", "It is her own chart"
    FAMILY = "family", "Family"
    NEIGHBOUR = "neighbour", "Neighbour or friend"
    COLLEAGUE = "colleague", "Colleague"
    ASKED = "asked", "The patient asked for it (45 CFR 164.522)"


class _OfChart(PracticeModel):
    """A row about who may open one chart. Never deleted: it ends."""

    VIEWED_BY = "compliance.view_restrictions"
    FIELD_CHANGES = False  # each act is an event of its own
    CHART = ""  # seen by whoever looks after restrictions, whether or not the chart is open to her
    ABOUT = frozenset({"patient", "by", "ended_at"})

    patient = models.UUIDField()
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True

    def patient_ref(self) -> Any:
        """Whose chart."""
        return self.patient


class ChartRestriction(_OfChart):
    """The chart is open only to people who are named."""

    PLAIN = _OfChart.ABOUT

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["practice", "patient"], condition=Q(ended_at__isnull=True), name="chart_restricted_once"
            )
        ]


class ChartGrant(_OfChart):
    """A person to whom a restricted chart is open."""

    PLAIN = _OfChart.ABOUT | {"user"}

    user = models.ForeignKey(User, models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["practice", "patient", "user"], condition=Q(ended_at__isnull=True), name="chart_granted_once"
            )
        ]


class Barred(_OfChart):
    """A person to whom one chart is closed whatever her role: family, neighbours, herself. No glass opens it."""

    PLAIN = _OfChart.ABOUT | {"user", "relation"}

    user = models.ForeignKey(User, models.PROTECT, related_name="+")
    relation = models.CharField(max_length=10, choices=Relation)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(relation__in=Relation.values), name="barred_relation_known"),
            models.UniqueConstraint(
                fields=["practice", "user", "patient"], condition=Q(ended_at__isnull=True), name="barred_once"
            ),
        ]


class BrokenGlass(PracticeModel):
    """One person opened one restricted chart for a short time, and said why."""

    PHI = frozenset({"words"})
    PLAIN = frozenset({"patient", "user", "reason", "broken_at", "expires_at", "review"})
    VIEWED_BY = "compliance.view_restrictions"
    READ_AS = "cases"
    FIELD_CHANGES = False  # never changed
    CHART = ""

    patient = models.UUIDField()
    user = models.ForeignKey(User, models.PROTECT, related_name="+")
    reason = models.CharField(max_length=8, choices=GlassReason)
    words = SealedField("broken_glass.words", max_length=1000)
    broken_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    review = models.OneToOneField(Case, models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(reason__in=GlassReason.values), name="glass_reason_known"),
            models.CheckConstraint(condition=Q(expires_at__gt=F("broken_at")), name="glass_ends_after_it_broke"),
        ]
        indexes = [models.Index(fields=["practice", "user", "expires_at"], name="glass_of_person")]

    def patient_ref(self) -> Any:
        """Whose chart."""
        return self.patient


class OfChart(Expression):
    """A question about the chart that a column names, as SQL written out.

    It stands in nearly every query of every page. The same question made of QuerySets cost a page up to a third of its time.
    """

    output_field = models.BooleanField()

    def __init__(self, chart: str | Expression, sql: str, values: Sequence[Any]) -> None:
        super().__init__()
        self.chart, self.sql, self.values = F(chart) if isinstance(chart, str) else chart, sql, values

    def get_source_expressions(self) -> list[Any]:
        """The column."""
        return [self.chart]

    def set_source_expressions(self, expressions: Sequence[Any]) -> None:
        """The column, resolved."""
        (self.chart,) = expressions

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        """The condition with the column in its place."""
        column, _ = compiler.compile(self.chart)
        return self.sql.format(chart=column), tuple(self.values)


BARRED = """EXISTS(SELECT FROM compliance_barred AS bar
    WHERE bar.patient = {chart} AND bar.user_id = %s AND bar.ended_at IS NULL)"""

RESTRICTED = """EXISTS(SELECT FROM compliance_chartrestriction AS closed
    WHERE closed.patient = {chart} AND closed.ended_at IS NULL
      AND NOT EXISTS(SELECT FROM compliance_chartgrant AS held
                      WHERE held.patient = closed.patient AND held.user_id = %s AND held.ended_at IS NULL)
      AND NOT EXISTS(SELECT FROM compliance_brokenglass AS glass
                      WHERE glass.patient = closed.patient AND glass.user_id = %s AND glass.expires_at > %s))"""


GLASS = """EXISTS(SELECT FROM compliance_brokenglass AS glass
    WHERE glass.patient = {chart} AND glass.user_id = %s AND glass.expires_at > %s)"""

OWN_BARS = "ARRAY(SELECT bar.patient FROM compliance_barred AS bar WHERE bar.user_id = %s AND bar.ended_at IS NULL)"
NAMES_BARRED = f"({{chart}} && {OWN_BARS})"
NAMES_ONLY_BARRED = f"({{chart}} <> '{{{{}}}}' AND {{chart}} <@ {OWN_BARS})"


def names_barred(user: Any, charts: str) -> OfChart:
    """Whether a chart that the person is barred from is among those of an array column."""
    return OfChart(charts, NAMES_BARRED, [user.pk])


def names_only_barred(user: Any, charts: str) -> OfChart:
    """Whether an array column names charts, and none but those that the person is barred from."""
    return OfChart(charts, NAMES_ONLY_BARRED, [user.pk])


def barred(user: Any, chart: str) -> OfChart:
    """Whether the person is barred from the chart that the column `chart` names."""
    return OfChart(chart, BARRED, [user.pk])


def restricted(user: Any, chart: str) -> OfChart:
    """Whether the chart is restricted, without a grant to the person or glass that she broke and that is still open."""
    return OfChart(chart, RESTRICTED, [user.pk, user.pk, timezone.now()])


def behind_broken_glass(user: Any, chart: str) -> OfChart:
    """Whether the person broke the glass of the chart, and it is still open."""
    return OfChart(chart, GLASS, [user.pk, timezone.now()])
