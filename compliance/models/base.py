"""The model layer that every app shares."""

from typing import Any, ClassVar, Self, cast
from uuid import UUID

from django.db import models

from compliance.ids import short, uuid7
from compliance.tenancy.context import current_practice_id, practice_acted_in

LARGEST_VERSION = 2_000_000_000  # fits the column


class PracticeQuerySet(models.QuerySet):
    """Rows of the practice being acted in; row-level security stands behind every query."""

    def visible_to(self, user: Any) -> Self:
        """The rows that this user may see in the practice being acted in: all of them, or none.

        Models that are seen in part say so in a QuerySet of their own. What a role sees only of charts that the person
        opened by glass (security.md section 6) is `VIEWED_BY_GLASS` of the model.
        """
        model = cast("type[PracticeModel]", self.model)
        rows = self.filter(practice_id=current_practice_id())
        if user.may(model.VIEWED_BY):
            return rows.of_open_charts(user)
        return rows.of_opened_charts(user) if model.VIEWED_BY_GLASS and user.may(model.VIEWED_BY_GLASS) else self.none()

    def of_opened_charts(self, user: Any) -> Self:
        """The rows of charts whose glass the user broke and that are still open to her by it."""
        chart = chart_of(self.model)
        return self.filter(~_charts().barred(user, chart), _charts().behind_broken_glass(user, chart))

    def of_open_charts(self, user: Any) -> Self:
        """Without rows of patients whose chart is closed to the user: barred from it, or restricted to others."""
        chart = chart_of(self.model)
        return self.filter(~_charts().barred(user, chart), ~_charts().restricted(user, chart)) if chart else self

    def of_restricted_charts(self, user: Any) -> Self:
        """The rows that stand there as "Restricted" for the user: of charts that are closed to her and not barred."""
        chart = chart_of(self.model)
        return self.filter(~_charts().barred(user, chart), _charts().restricted(user, chart)) if chart else self.none()

    def of_closed_charts(self, user: Any) -> Self:
        """The rows of charts that are closed to the user, for whatever reason."""
        chart = chart_of(self.model)
        return self.filter(_charts().barred(user, chart) | _charts().restricted(user, chart)) if chart else self.none()


def _charts() -> Any:
    from compliance.models import charts

    return charts


def chart_of(model: Any) -> str:
    """The column that says whose chart a row belongs to: CHART where the model names it, else its field `patient`."""
    named = getattr(model, "CHART", "")
    if named is not None:
        return named
    return next((field.attname for field in model._meta.concrete_fields if field.name == "patient"), "")


class PracticeModel(models.Model):
    """A row of one practice. Every field is named in PHI or in PLAIN; a test holds it.

    VIEWED_BY is the permission of the access matrix that opens the model, VIEWED_BY_GLASS the one that opens its rows of
    charts whose glass the person broke; READ_AS the category that an audit
    event names when a sealed value is opened; FIELD_CHANGES says whether django-auditlog keeps its changes
    (models with transition rows or of great volume have their own history); CHART the column of the patient whose
    chart a row belongs to, where that is not its field `patient`.
    """

    PHI: ClassVar[frozenset[str]] = frozenset()
    PLAIN: ClassVar[frozenset[str]] = frozenset()
    VIEWED_BY: ClassVar[str] = ""
    VIEWED_BY_GLASS: ClassVar[str] = ""
    READ_AS: ClassVar[str] = "demographics"
    FIELD_CHANGES: ClassVar[bool] = True
    CHART: ClassVar[str | None] = None

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    practice = models.ForeignKey(
        "compliance.Practice", models.PROTECT, related_name="+", default=practice_acted_in, editable=False
    )
    version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = PracticeQuerySet.as_manager()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {short(self.pk)}".capitalize()

    def patient_ref(self) -> UUID | None:
        """Whose health data this row holds; None for nobody's."""
        return getattr(self, "patient_id", None)

    def refresh_from_db(self, using: str | None = None, fields: Any = None, from_queryset: Any = None) -> None:
        """Load again without opening anything: Django would read and set each attribute, and so open the sealed."""
        rows = from_queryset if from_queryset is not None else type(self)._base_manager.db_manager(using)
        fresh = (rows.only(*fields) if fields else rows).get(pk=self.pk)
        for field in self._meta.concrete_fields:
            if field.attname in fresh.__dict__ and (not fields or {field.name, field.attname} & {*fields}):
                self.__dict__[field.attname] = fresh.__dict__[field.attname]
                if isinstance(field, models.ForeignKey) and field.is_cached(self):
                    field.delete_cached_value(self)
        if not fields:
            self._prefetched_objects_cache: dict[str, Any] = {}
        self._state.db = fresh._state.db
