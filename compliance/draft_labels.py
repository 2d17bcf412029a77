"""What the fields of a page's forms are called, so that a list of drafts says it as the page did."""

import sys
from collections.abc import Iterator

from django.forms import Form, ModelForm
from django.forms.utils import pretty_name
from django.urls import Resolver404, resolve


def labelled(page: str, fields: dict[str, list[str]]) -> list[tuple[str, str]]:
    """(label, what was typed) in the order of the form; hidden fields are left out. A field unknown here is worded."""
    known = _labels(page)
    shown = ((known.get(_bare(name), pretty_name(_bare(name))), values) for name, values in fields.items())
    return [(label, ", ".join(values)) for label, values in shown if label]


def _bare(name: str) -> str:
    """Without a form's prefix, or the number of one of several: `contact-0-value` is `value`."""
    return name.rsplit("-", 1)[-1]


def _labels(page: str) -> dict[str, str]:
    """By name, of every form that the page's view knows; nothing for a hidden field."""
    return {
        name: "" if field.widget.is_hidden else str(field.label or pretty_name(name))
        for form in _forms(page)
        for name, field in form.base_fields.items()  # type: ignore[attr-defined]
    }


def _forms(page: str) -> Iterator[type[Form | ModelForm]]:
    try:
        view = resolve(page).func
    except Resolver404:
        return
    if site := getattr(view, "model_admin", None):
        yield site.form
    for one in vars(sys.modules[view.__module__]).values():
        if isinstance(one, type) and issubclass(one, Form | ModelForm):
            yield one
