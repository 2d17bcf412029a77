"""The page that loads providers and templates from a spreadsheet: checked first, then loaded as it was checked."""

import json
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone

from compliance.access import insist
from compliance.boxes import Form
from scheduling import loading, tables

SET_UP = "scheduling.change_set_up"
AGAIN = "Choose the file again: what was checked did not come back whole."


class SheetForm(Form):
    """A spreadsheet."""

    file = forms.FileField(
        label="Spreadsheet",
        help_text="Excel (.xlsx) or CSV, up to 2 MB and 1000 rows. The first row names the columns.",
        error_messages={"required": "Choose a file.", "empty": "This file is empty."},
    )


def load(request: HttpRequest, heading: str, opts: Any) -> HttpResponse:
    """Without a table: read the file and say what each row would do. With the table that was checked: load it."""
    insist(request.user, SET_UP)  # type: ignore[arg-type]
    if request.method != "POST":
        return _page(request, heading, opts, form=SheetForm())
    form = SheetForm(request.POST, request.FILES) if "table" not in request.POST else SheetForm()
    try:
        table = _checked(request.POST["table"]) if not form.is_bound else _uploaded(form)
        rows = tables.by_header(table, loading.COLUMNS, loading.NEEDED)
    except tables.NotReadable as problem:
        return _page(request, heading, opts, form=form, problem=str(problem), status=422)
    lines = loading.load(rows, by=request.user, now=timezone.now(), is_trial=form.is_bound)  # type: ignore[arg-type]
    wrong = sum(line.is_wrong for line in lines)
    if not form.is_bound and not wrong:
        messages.success(request, f"Loaded: {len(lines)} row{'' if len(lines) == 1 else 's'}.")
        return redirect(reverse("admin:scheduling_provider_changelist"))
    context = {"lines": lines, "wrong": wrong, "table": json.dumps(table)}
    return _page(request, heading, opts, form=SheetForm(), status=422 if wrong else 200, **context)


def _uploaded(form: SheetForm) -> list[list[str]]:
    if not form.is_valid():
        raise tables.NotReadable(form.errors["file"][0])
    return tables.read(form.cleaned_data["file"].read(tables.LARGEST + 1))


def _checked(text: str) -> list[list[str]]:
    """The table that the page carried. Raises NotReadable for what it did not."""
    try:
        table = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise tables.NotReadable(AGAIN) from error
    is_table = isinstance(table, list) and 0 < len(table) <= tables.MOST_ROWS + 1
    if not is_table or not all(isinstance(row, list) and all(_is_text(cell) for cell in row) for row in table):
        raise tables.NotReadable(AGAIN)
    return table


def _is_text(cell: Any) -> bool:
    """What a sheet can hold and a database can keep: no NUL, and no half of a character."""
    return isinstance(cell, str) and "\x00" not in cell and not any("\ud800" <= one <= "\udfff" for one in cell)


def _page(request: HttpRequest, heading: str, opts: Any, *, status: int = 200, **more: Any) -> HttpResponse:
    context = {
        **admin.site.each_context(request),
        "title": "Load a spreadsheet",
        "heading": heading,
        "opts": opts,
        "columns": loading.COLUMNS,
        **more,
    }
    return TemplateResponse(request, "admin/load.html", context, status=status)
