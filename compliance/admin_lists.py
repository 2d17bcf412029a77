"""Lists of the set-up: choices that narrow them, written as a table, and words for what stands in their cells."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest

Ways = Mapping[str, tuple[str, Q]]


class Narrowing(admin.SimpleListFilter):
    """A choice above a list. A value that is not offered narrows nothing; one that only one could take is not asked."""

    fewest = 2
    ways_of: Callable[[HttpRequest], Ways]

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """The values and their words."""
        self.ways = type(self).ways_of(request)
        return [(value, words) for value, (words, _) in self.ways.items()] if len(self.ways) >= self.fewest else []

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        """The rows of the chosen value."""
        chosen = self.ways.get(self.value() or "")
        return queryset.filter(chosen[1]) if chosen else queryset


def narrowing(title: str, name: str, ways_of: Callable[[HttpRequest], Ways]) -> type[Narrowing]:
    """A choice of `title`; `name` stands in the address, `ways_of` gives for each value its words and its condition."""
    return type("Narrowed", (Narrowing,), {"title": title, "parameter_name": name, "ways_of": staticmethod(ways_of)})


def yes_or_no(title: str, name: str, words: tuple[str, str] = ("Yes", "No")) -> type[Narrowing]:
    """A choice of a column that holds or does not."""
    ways = {"yes": (words[0], Q(**{name: True})), "no": (words[1], Q(**{name: False}))}
    return narrowing(title, name, lambda _: ways)


Column = Callable[[Any, Any], str]  # of a PracticeAdmin: the admin and a row


def holds(title: str, name: str) -> Column:
    """A column of whether something holds of a row, in words; `yes_or_no` narrows by it."""

    @admin.display(description=title)
    def column(_: Any, row: Any) -> str:
        return "Yes" if getattr(row, name) else "No"

    return column


def said(title: str, name: str, *, none: str = "–", order: str = "") -> Column:
    """A column of what a row leads to or says, in its words; `none` where there is nothing. `order`: what sorts it."""

    @admin.display(description=title, ordering=order or None)
    def column(_: Any, row: Any) -> str:
        return str(getattr(row, name) or none)

    return column


def day_words(day: date | None, *, never: str = "–") -> str:
    """Mon, Jan 4, 2027."""
    return f"{day:%a, %b} {day.day}, {day.year}" if day else never
