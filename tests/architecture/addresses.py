"""Every address of the portal, found in the URL configuration itself."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

THIRD_PARTY = {"admin"}  # the admin site asks `PracticeAdmin` (tests/compliance/test_admin…)


@dataclass(frozen=True)
class Address:
    """One pattern: its full name, its view, and the converters of its arguments by name."""

    name: str
    view: Callable[..., Any]
    converters: dict[str, str]

    def __str__(self) -> str:
        return self.name


def addresses() -> list[Address]:
    """All of ours."""
    return list(_walk(get_resolver().url_patterns, "", {}))


def inside() -> list[Address]:
    """Those that stand in a practice."""
    return [address for address in addresses() if getattr(address.view, "in_practice", None)]


def _walk(patterns: list, space: str, outer: dict[str, str]) -> Iterator[Address]:
    for pattern in patterns:
        converters = outer | {name: type(one).__name__ for name, one in pattern.pattern.converters.items()}
        if isinstance(pattern, URLResolver) and pattern.namespace not in THIRD_PARTY:
            inner = f"{space}{pattern.namespace}:" if pattern.namespace else space
            yield from _walk(pattern.url_patterns, inner, converters)
        elif isinstance(pattern, URLPattern):
            yield Address(f"{space}{pattern.name}", pattern.callback, converters)
