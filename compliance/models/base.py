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

        Models that are seen in part say so in a QuerySet of their own.
        """
        practice = current_practice_id()
        if not user.may(cast("type[PracticeModel]", self.model).VIEWED_BY):
            return self.none()
        return self.filter(practice_id=practice)


class PracticeModel(models.Model):
    """A row of one practice. Every field is named in PHI or in PLAIN; a test holds it.

    VIEWED_BY is the permission of the access matrix that opens the model; READ_AS the category that an audit
    event names when a sealed value is opened; FIELD_CHANGES says whether django-auditlog keeps its changes
    (models with transition rows or of great volume have their own history).
    """

    PHI: ClassVar[frozenset[str]] = frozenset()
    PLAIN: ClassVar[frozenset[str]] = frozenset()
    VIEWED_BY: ClassVar[str] = ""
    READ_AS: ClassVar[str] = "demographics"
    FIELD_CHANGES: ClassVar[bool] = True

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
