"""Which fields of a form name a row, and what a practice holds word for word."""

import importlib
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote_plus

import time_machine
from django import forms
from django.apps import apps
from django.db import connection
from django.http import HttpResponse
from django.utils import timezone

from compliance.boxes import Form
from compliance.models import Practice
from compliance.tenancy import SYSTEM, acting_in
from scheduling.forms import SlotField
from tests.architecture.world import World, records

NAMING = {
    "call": "call",
    "candidate": "patient",
    "coverage": "coverage",
    "entries": "entry",
    "kind": "kind",
    "location": "location",
    "or_kinds": "kind",
    "or_providers": "provider",
    "places": "location",
    "locations": "location",
    "patient": "patient",
    "payer": "payer",
    "person": "who",
    "provider": "provider",
    "resource": "resource",
    "room": "exam",
    "slot": "slot",
    "to": "who",
    "type": "kind",
    "visit": "visit",
    "visit_type": "kind",
}  # field: the row of the world that it names
UUID_TEXT = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|\b[0-9a-f]{32}\b")  # the latter of a request
MOMENT_TEXT = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d(?::|%3A)\d\d(?::|%3A)\d\d[.\d]*(?:(?:[+-]|%2B)\d\d(?::|%3A)\d\d|Z)?")
FRESH = re.compile(r'name="csrfmiddlewaretoken" value="[^"]*"|"X-CSRFToken":"[^"]*"|nonce="[^"]*"|Reference [0-9a-f]{32}')


def named_in(at: World, field: str) -> str:
    """The text that names the world's row in a field."""
    row = at.ids[NAMING[field]]
    return row if isinstance(row, str) else str(row.pk)


def nowhere(text: str) -> str:
    """The same text with an id that no row has."""
    return UUID_TEXT.sub("0190f3c2-0000-7000-8000-00000000dead", text)


def form_classes() -> list[type[Form]]:
    """Every form of the portal."""
    for app in apps.get_app_configs():
        for name in (
            "forms",
            "case_forms",
            "people_forms",
            "admission_forms",
            "call_forms",
            "call_act_forms",
            "audit_forms",
            "bulk_forms",
            "chart_forms",
            "calendar_forms",
            "report_forms",
            "series_forms",
            "finder_forms",
            "waiting_forms",
            "together_forms",
            "closing_forms",
        ):
            if importlib.util.find_spec(f"{app.name}.{name}"):
                importlib.import_module(f"{app.name}.{name}")
    return sorted(_below(Form), key=lambda one: (one.__module__, one.__name__))


def _below(form_class: type[Form]) -> Iterator[type[Form]]:
    for one in set(form_class.__subclasses__()):
        yield one
        yield from _below(one)


def names_a_row(field: forms.Field) -> bool:
    """By its kind; a choice or a text that holds an id is listed by hand."""
    return isinstance(field, forms.ModelChoiceField | forms.UUIDField | SlotField)


def rows_of(practice: Practice) -> dict[str, list[dict[str, Any]]]:
    """Every row that the practice's people may reach, by table."""
    with acting_in(practice.pk, SYSTEM), connection.cursor() as cursor:
        tables = sorted(one for one in connection.introspection.table_names(cursor) if not records(one))
        found = {}
        for table in tables:
            cursor.execute(f'SELECT to_jsonb(t)::text FROM "{table}" t')
            found[table] = sorted(text for (text,) in cursor.fetchall())
    return found


def standing_still() -> Any:
    """A page shows its minute: two that are compared are asked for in the same one."""
    return time_machine.travel(timezone.now(), tick=False)


def shown(response: HttpResponse, *ids: str) -> tuple[int, str, str]:
    """An answer without what differs each time: status, target, page."""
    text = FRESH.sub("", response.content.decode())
    for one in ids:
        text = text.replace(one, "#").replace(quote_plus(one), "#").replace(one[-8:], "#")
    return response.status_code, UUID_TEXT.sub("#", response.get("Location", "")), MOMENT_TEXT.sub("", text)
