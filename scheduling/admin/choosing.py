"""The pages between a file that was handed in and its check: what its columns are, then what its words mean here."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from scheduling import tasks
from scheduling.admin.column_forms import FORMS
from scheduling.admin.word_forms import WordsForm
from scheduling.cutover import files, survey
from scheduling.cutover.matching import Names
from scheduling.cutover.rows import Unusable
from scheduling.models import CutOverFile


def columns_page(desk: Any, request: HttpRequest, row: CutOverFile) -> HttpResponse:
    """Ask what the parts of the file are; what is likely stands there. Raises files.TooLate."""
    content, words = files.content_of(row), files.words_of(row)
    file = survey.offers(content)
    data = request.POST if request.method == "POST" else None
    form = FORMS[file.sort](data, file=file, words=words, names=Names())
    if data is not None and form.is_valid() and _is_readable(form, content):
        files.choose(row, form.words())
        return redirect(desk.address("words", row.pk))
    title = f"{row.system}: {'what its columns are' if file.sort == 'csv' else 'how it names patients'}"
    context = {"title": title, "form": form, "file": file, "unread": _unread(file, form)}
    return desk.page_of(request, row, "admin/choose_columns.html", context, form)


def _is_readable(form: Any, content: bytes) -> bool:
    try:
        form.judge(survey.said(content, form.words(), now=timezone.now()))
    except Unusable as problem:
        form.add_error(None, str(problem))
    return not form.errors


def _unread(file: survey.File, form: Any) -> list[str]:
    """Columns that nothing was chosen of."""
    chosen = {bound.value() for bound in form}
    return [name for name in file.columns if name not in chosen]


def words_page(desk: Any, request: HttpRequest, row: CutOverFile) -> HttpResponse:
    """Ask what the words of the file mean here, and have it checked. Raises files.TooLate."""
    content, words = files.content_of(row), files.words_of(row)
    try:
        said = survey.said(content, words, now=timezone.now())
    except Unusable:
        return redirect(desk.address("columns", row.pk))
    data = request.POST if request.method == "POST" else None
    form = WordsForm(data, said=said, words=words, names=Names())
    if data is not None and form.is_valid() and "back" not in data and _is_taken(form, request, row):
        return redirect(desk.address("change", row.pk))
    if data is not None and "back" in data:
        files.choose(row, form.words())
        return redirect(desk.address("columns", row.pk))
    tables = list(form.tables())
    context = {"title": f"{row.system}: what its words mean here", "form": form, "tables": tables, "said": said}
    return desk.page_of(request, row, "admin/choose_words.html", context, form)


def _is_taken(form: WordsForm, request: HttpRequest, row: CutOverFile) -> bool:
    by: Any = request.user
    try:
        tasks.soon(files.check(row, form.words(), by=by))
    except Unusable as problem:
        form.add_error(None, str(problem))
    return not form.errors


def too_late(desk: Any, request: HttpRequest, row: CutOverFile, sentence: str) -> HttpResponse:
    """Back to the file, which stands otherwise than the page thought."""
    if request.method == "POST":
        messages.error(request, sentence)
    return redirect(desk.address("change", row.pk))
