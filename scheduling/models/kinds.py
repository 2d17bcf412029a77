"""What a kind of visit needs besides its provider, and how many of them a day has room for."""

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q

from compliance.models import PracticeModel

from .providers import Provider, Resource, VisitType


class Need(PracticeModel):
    """Something a kind of visit takes for its minutes: this room or machine, or any one of a group."""

    PLAIN = frozenset({"visit_type", "resource", "group"})
    VIEWED_BY = "scheduling.view_schedule"

    visit_type = models.ForeignKey(VisitType, models.CASCADE, related_name="needs")
    resource = models.ForeignKey(Resource, models.PROTECT, null=True, blank=True, related_name="+")
    group = models.CharField(max_length=40, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(resource__isnull=False, group="") | (Q(resource__isnull=True) & ~Q(group="")),
                name="need_names_one_or_a_group",
            ),
            models.UniqueConstraint(
                fields=["visit_type", "resource", "group"], nulls_distinct=False, name="need_of_a_visit_type_once"
            ),
        ]

    def __str__(self) -> str:
        return f"any {self.group}" if self.group else str(self.resource)


class DailyLimit(PracticeModel):
    """At most so many visits a day with a provider; without one it holds for each, without a kind for all together."""

    PLAIN = frozenset({"provider", "visit_type", "new_only", "most"})
    VIEWED_BY = "scheduling.view_schedule"

    provider = models.ForeignKey(Provider, models.CASCADE, null=True, blank=True, related_name="+")
    visit_type = models.ForeignKey(VisitType, models.CASCADE, null=True, blank=True, related_name="+")
    new_only = models.BooleanField("counts new patients only", default=False)
    most = models.PositiveSmallIntegerField("at most a day", validators=[MinValueValidator(1)])

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(most__gte=1), name="daily_limit_allows_one"),
            models.UniqueConstraint(
                fields=["practice", "provider", "visit_type", "new_only"], nulls_distinct=False, name="daily_limit_once"
            ),
        ]

    def __str__(self) -> str:
        what = "new patients" if self.new_only else "visits"
        return f"{self.most} {self.visit_type or ''} {what} a day".replace("  ", " ")
