"""What differs between what somebody typed and what stands on file by now: for the page of a stale change (409)."""

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

from django import forms
from django.forms import BoundField

Difference = tuple[str, str, str]  # label, on file now, typed
COVER = "••••"


def between(
    form: forms.Form, theirs: Mapping[str, Any], *, mine: Mapping[str, Any] | None = None, covered: Collection[str] = ()
) -> list[Difference]:
    """For each box of a valid form that differs from `theirs`, by the boxes' names. Both in words.

    `mine` is what was typed, where it is compared in another shape than the form's. `covered` are boxes whose value on
    file is not shown, as on the page they belong to.
    """
    typed = form.cleaned_data if mine is None else mine
    pairs = ((box, theirs.get(box.name), typed.get(box.name)) for box in form.visible_fields())
    return [
        (str(box.label), COVER if now and box.name in covered else _shown(box, now), _shown(box, own))
        for box, now, own in pairs
        if (now or "") != (own or "")
    ]


def _shown(box: BoundField, value: Any) -> str:
    if value in (None, "", []):
        return "Nothing"
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, date):
        return f"{value:%b %-d, %Y}"
    choices = dict(getattr(box.field, "choices", ())) if not isinstance(box.field, forms.ModelChoiceField) else {}
    values = value if isinstance(value, list) else [value]
    return ", ".join(str(choices.get(one, one)) for one in values)
