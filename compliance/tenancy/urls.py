"""Addresses inside a practice."""

import re
from typing import Any

from django.urls import get_script_prefix, reverse, set_script_prefix

from compliance.models import Practice

_IN_PRACTICE = re.compile(r"/p/(?P<slug>[a-z0-9-]{1,50})(?P<rest>/.*)$", re.DOTALL)


def split(path: str) -> tuple[str, str] | None:
    """(slug, rest) of `/p/<slug>/rest`; None for a path outside every practice."""
    match = _IN_PRACTICE.match(path)
    return (match["slug"], match["rest"]) if match else None


def practice_url(practice: Practice, name: str, *args: Any, **kwargs: Any) -> str:
    """The address of a page inside a practice, from wherever one stands."""
    before = get_script_prefix()
    base = before.split("/p/", 1)[0].rstrip("/") + "/"
    set_script_prefix(f"{base}p/{practice.slug}/")
    try:
        return reverse(name, args=args, kwargs=kwargs)
    finally:
        set_script_prefix(before)


def plain_url(name: str, *args: Any, **kwargs: Any) -> str:
    """The address of a page outside every practice, also from inside one."""
    before = get_script_prefix()
    set_script_prefix(before.split("/p/", 1)[0].rstrip("/") + "/")
    try:
        return reverse(name, args=args, kwargs=kwargs)
    finally:
        set_script_prefix(before)
