"""What differs between what somebody typed and what stands on file by now: for the page of a stale change (409)."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms
from django.forms import BoundField

Difference = tuple[str, str, str]  # label, on file now, typed


def between(form: forms.Form, theirs: Mapping[str, Any]) -> list[Difference]:
    """For each box of a valid form that differs from `theirs`, by the boxes' names. Both in words."""
    pairs = ((box, theirs.get(box.name), form.cleaned_data.get(box.name)) for box in form.visible_fields())
    return [(str(box.label), _shown(box, now), _shown(box, mine)) for box, now, mine in pairs if (now or "") != (mine or "")]


def _shown(box: BoundField, value: Any) -> str:
    if value in (None, ""):
        return "Nothing"
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, date):
        return f"{value:%b %-d, %Y}"
    choices = dict(getattr(box.field, "choices", ())) if not isinstance(box.field, forms.ModelChoiceField) else {}
    return str(choices.get(value, value))
