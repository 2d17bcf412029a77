"""Every form of the admin site, filled in as a practice admin would."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import admin
from django.test import Client

from compliance.models import Membership, Practice
from compliance.tenancy import SYSTEM, acting_in
from compliance.tenancy.urls import practice_url
from scheduling.models import CutOverFile, Provider, VisitType

FORMS = [
    (model, page)
    for model, site in sorted(admin.site._registry.items(), key=lambda one: one[0]._meta.label)
    for page, is_there in (("add", site.can_add), ("change", site.can_change))
    if is_there and (model, page) not in ((Membership, "add"), (CutOverFile, "add"))  # an invitation; a file is handed in
]
ANOTHER = {  # what makes a second row of a kind differ from the first
    "compliance.Invitation": {"email": "nia@staff.example", "name": "Nia", "role": "secretary"},
    "compliance.OfficeHours": {"weekdays": [3]},
    "correspondence.ReminderPlan": {"visit_type": lambda at: row_of(at, VisitType).pk},
    "correspondence.ReminderStep": {"hours_before": "72"},
    "scheduling.DailyLimit": {"new_only": ""},
    "scheduling.DayException": {"day": "2026-12-30", "kind": "off", "provider": lambda at: row_of(at, Provider).pk},
    "scheduling.HoursPart": {"starts": "15:00", "ends": "15:30"},
    "scheduling.Need": {"group": "exam room", "resource": ""},
    "scheduling.WorkingHours": {"weekdays": [6]},
}


@dataclass(frozen=True)
class Filled:
    """An address of the admin site, its form as it is shown, and what is posted to it."""

    url: str
    form: forms.ModelForm
    data: dict[str, Any]


def named(one: Any) -> str:
    """Of a model in the name of a test."""
    return getattr(one, "__name__", one)


def url_of(at: Practice, model: Any, page: str, *args: Any) -> str:
    """The address of one page of a model."""
    return practice_url(at, f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", *args)


def row_of(at: Practice, model: Any) -> Any:
    """A row of the practice that its admin may change; a room where the model is Resource."""
    if model is Practice:
        return at
    with acting_in(at.pk, SYSTEM):
        rows = model.objects.filter(practice=at).order_by("-pk")
        return rows.exclude(kind="provider")[0] if model._meta.model_name == "resource" else rows[0]


def filled(desk: Client, at: Practice, model: Any, page: str) -> Filled:
    """As it is shown for a row; a new row is filled in like the one there is, with another name."""
    url = url_of(at, model, page, *([row_of(at, model).pk] if page == "change" else []))
    form = desk.get(url).context["adminform"].form
    data = _shown(form)
    if page == "add" and admin.site._registry[model].can_change:
        like = desk.get(url_of(at, model, "change", row_of(at, model).pk)).context["adminform"].form
        data = {name: value for name, value in _shown(like).items() if name in form.fields and name != "version"}
    if page == "add":
        data |= {key: f"{data[key]} 2" for key in ("name", "title", "short_name") if data.get(key)}
        more = ANOTHER.get(model._meta.label, {})
        data |= {key: value(at) if callable(value) else value for key, value in more.items()}
    return Filled(url, form, data)


def _shown(form: forms.BaseForm) -> dict[str, Any]:
    typed = {bound.name: _typed(bound) for bound in form}
    return {name: value for name, value in typed.items() if value not in (None, False)}


def _typed(bound: Any) -> Any:
    value = bound.value()
    written = bound.field.widget.format_value(value) if not isinstance(value, list | bool) else value
    return written[0] if isinstance(written, list) and written and not isinstance(value, list) else written
