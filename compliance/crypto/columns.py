"""Where sealed values lie: every sealed field of every model, and what is sealed in another way."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any
from uuid import UUID

from django.apps import apps

from .sealed import SealedField


@dataclass(frozen=True)
class SealedTable:
    """A table's sealed columns with their labels.

    A value is bound to `label|practice|row id`; `bound_to` (SQL over the row `t`) stands in the place of the row id.
    """

    table: str
    columns: tuple[tuple[str, str], ...]
    bound_to: tuple[str, ...] = ("t.id",)

    @cached_property
    def names(self) -> list[str]:
        """The columns, quoted for SQL: one of them is called "to"."""
        return [f'"{column}"' for column, _ in self.columns]

    def older(self) -> str:
        """SQL: some value was sealed with another key number than the two bytes given for each column."""
        return " OR ".join(f"substring(t.{name} FROM 2 FOR 2) <> %s" for name in self.names)


def bound(label: str, practice: UUID, parts: tuple[Any, ...]) -> bytes:
    """The associated data of one value."""
    return "|".join([label, str(practice), *map(str, parts)]).encode()


_others: dict[str, SealedTable] = {}


def register(table: SealedTable) -> None:
    """Name a table whose sealed column is no SealedField."""
    _others[table.table] = table


def everywhere() -> list[SealedTable]:
    """Every table that holds sealed values, always in the same order."""
    found = dict(_others)
    for model in apps.get_models():
        fields = [field for field in model._meta.local_concrete_fields if isinstance(field, SealedField)]
        if fields:
            name = model._meta.db_table
            found[name] = SealedTable(name, tuple((field.column, field.label) for field in fields))
    return [found[name] for name in sorted(found)]
