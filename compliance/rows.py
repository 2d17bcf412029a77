"""How a row of a practice's set-up is added, changed and removed. Called by each model's one writer, not by pages."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, TypeVar

from django.db import models, transaction

from compliance.audit import events
from compliance.models import PracticeModel, User

Row = TypeVar("Row", bound=PracticeModel)


class Stale(Exception):
    """Somebody changed the row since it was shown; `theirs` is as it stands now."""

    def __init__(self, theirs: models.Model) -> None:
        self.theirs = theirs
        super().__init__("The row was changed meanwhile.")


class Referenced(Exception):
    """Other rows speak of this one, so it stays. Most can be taken out of use instead."""


def add(row: Row, *, by: User | None) -> Row:
    """Save a new row and record `kind.added`."""
    with transaction.atomic():
        row.save(force_insert=True)
        events.record(f"{kind(row)}.added", row, action=events.CREATE, by=by)
    return row


def change(row: Row, values: Mapping[str, Any], *, version: int, by: User, now: datetime) -> Row:
    """Change some fields of the row as it stands now, and record `kind.changed` with their names. Raises Stale."""
    model: Any = type(row)
    with transaction.atomic():
        mine = model._default_manager.filter(pk=row.pk, version=version)
        if not mine.update(version=models.F("version") + 1, updated_at=now):
            raise Stale(model._default_manager.get(pk=row.pk))
        fresh: Row = model._default_manager.get(pk=row.pk)
        for name, value in values.items():
            setattr(fresh, name, value)
        fresh.save(update_fields=[*values, "updated_at"])
        events.record(f"{kind(row)}.changed", row, action=events.UPDATE, by=by, body={"fields": sorted(values)})
    return fresh


def remove(row: PracticeModel, *, by: User | None) -> None:
    """Delete a row that nothing refers to, and record `kind.removed`. Raises Referenced."""
    if is_referenced(row):
        raise Referenced
    with transaction.atomic():
        events.record(f"{kind(row)}.removed", row, action=events.DELETE, by=by)
        row.delete()


def is_referenced(row: models.Model) -> bool:
    """Whether a row of another model stands on this one. Its own parts, which go with it, do not count."""
    relations: list[Any] = [
        field for field in row._meta.get_fields(include_hidden=True) if field.auto_created and not field.concrete
    ]
    return any(
        relation.related_model._base_manager.filter(**{relation.field.name: row.pk}).exists()
        for relation in relations
        if getattr(relation, "on_delete", None) is models.PROTECT
    )


def kind(row: models.Model) -> str:
    """What the events of a row are called by: `visit_type`."""
    return str(row._meta.verbose_name).replace(" ", "_")
