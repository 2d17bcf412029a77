"""Files of visits from another system: brought by a practice admin, who sees first what each row would do."""

from pathlib import Path
from typing import Any

from django import forms
from django.contrib import admin
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone

from compliance import jobs
from compliance.access import insist
from compliance.admin_forms import Deed, Refused
from compliance.boxes import Form
from compliance.practice_admin import PracticeAdmin
from patients.file_types import UploadRefused
from patients.screening import screen
from scheduling import tasks
from scheduling.cutover import files, reading
from scheduling.cutover.rows import Unusable
from scheduling.cutover.telling import OUTCOMES
from scheduling.models import CutOverFile

SET_UP = "scheduling.change_set_up"
EXAMPLE = Path(__file__).with_name("mapping_example.toml")
SHOWN = 100
State = CutOverFile.State
DECIDED = "Somebody decided about this file meanwhile."


class FileForm(Form):
    """A file of visits, and how its words are said here."""

    file = forms.FileField(
        label="File",
        help_text="CSV, iCalendar (.ics) or FHIR R4 Appointments (.json, .ndjson), up to 20 MB and 50,000 visits.",
        error_messages={"required": "Choose a file.", "empty": "This file is empty."},
    )
    mapping = forms.CharField(
        label="Mapping",
        max_length=60_000,
        help_text="How the other system’s words are said here. The one that you used last stands here already.",
        widget=forms.Textarea(attrs={"rows": 16, "spellcheck": "false", "class": "code"}),
        error_messages={"required": "Write the mapping."},
    )

    def take(self, request: HttpRequest) -> CutOverFile | None:
        """The file as it was kept, or None with the sentence at its field."""
        if not self.is_valid():
            return None
        file, words = self.cleaned_data["file"], self.cleaned_data["mapping"].encode()
        by: Any = request.user
        try:
            if file.size > reading.LARGEST:
                raise Unusable(reading.TOO_LARGE)
            screen(file, patient=None, by=by)
            file.seek(0)
            return files.take(file.read(), words, by=by, now=timezone.now())
        except files.BadMapping as problem:
            self.add_error("mapping", str(problem))
        except Unusable as problem:
            self.add_error("file", str(problem))
        except UploadRefused as refused:
            self.add_error("file", refused.sentence)
        return None


def _bring(row: CutOverFile, request: HttpRequest) -> str:
    try:
        tasks.soon(files.agree(row, by=request.user))  # type: ignore[arg-type]
    except files.TooLate as late:
        raise Refused(None, DECIDED) from late
    return "The visits are being brought. You can leave this page; it goes on."


def _drop(row: CutOverFile, request: HttpRequest) -> str:
    try:
        files.drop(row, by=request.user)  # type: ignore[arg-type]
    except files.TooLate as late:
        raise Refused(None, DECIDED) from late
    return "The file was put away. Nothing was brought."


@admin.register(CutOverFile)
class CutOverFileAdmin(PracticeAdmin):
    """What was handed in, and what came of it."""

    group, place, heading, one = "Providers and calendars", 79, "Bring visits", "file"
    about = "Standing appointments from another system: first you see what each row would do, then you bring them."
    empty = "No file was handed in yet. Nothing is booked before you have seen what each row does."
    add_words = "Choose a file"
    changed_by = SET_UP
    can_change = can_delete = False
    list_display = ("handed_in", "system", "state", "came", "handed_in_by")
    list_select_related = ("taken_by",)
    ordering = ("-taken_at",)
    deeds = (
        Deed("bring", "Bring these visits", _bring, lambda row: row.state in files.BRINGABLE),
        Deed("drop", "Put away", _drop, lambda row: row.state in files.DROPPABLE, is_grave=True),
    )

    @admin.display(description="Handed in")
    def handed_in(self, row: CutOverFile) -> str:
        """When."""
        return _when(row)

    @admin.display(description="What comes of it")
    def came(self, row: CutOverFile) -> str:
        """How many of each, or why not."""
        return row.sentence or "–"

    @admin.display(description="By")
    def handed_in_by(self, row: CutOverFile) -> str:
        """Who."""
        return row.taken_by.name

    def get_queryset(self, request: HttpRequest) -> Any:
        """Without what the files hold."""
        return super().get_queryset(request).defer("content", "mapping", "lines")

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        """Take a file and have it checked."""
        insist(request.user, SET_UP)  # type: ignore[arg-type]
        form = FileForm(request.POST or None, request.FILES or None, initial={"mapping": _last_mapping(request)})
        if row := form.take(request) if request.method == "POST" else None:
            tasks.soon(row)
            return redirect(self.address("change", row.pk))
        context = {"title": "Bring visits from another system", "form": form, "errors": bool(form.errors)}
        return self._page(request, "admin/bring.html", context, status=422 if form.errors else 200)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """How far it is, what each row does, and what to do next."""
        row = self.get_object(request, object_id)
        if row is None or not self.has_view_permission(request, row):
            raise Http404
        if request.method != "GET":
            return redirect(self.address("change", row.pk))
        lines = sorted(row.lines, key=lambda line: (not line[2], line[0]))
        context = {
            "title": f"{row.system}, {_when(row)}",
            "row": row,
            "seen": jobs.seen(row.job, now=timezone.now()),
            "counts": [(outcome, sum(line[1] == outcome for line in lines)) for outcome in OUTCOMES],
            "to_look_at": sum(bool(line[2]) for line in lines),
            "page": Paginator(lines, SHOWN).get_page(request.GET.get("page")),
            "deeds": self._open_deeds(request, row),
            "is_under_way": row.state in (State.WAITING, State.AGREED),
            "systems": reverse("admin:scheduling_cutover_changelist"),
        }
        return self._page(request, "admin/brought_file.html", context)

    def do(self, request: HttpRequest, object_id: str, deed: str) -> HttpResponse:
        """Back to the file."""
        super().do(request, object_id, deed)
        return redirect(self.address("change", object_id))

    def _page(self, request: HttpRequest, template: str, context: Any, *, status: int = 200) -> HttpResponse:
        more = {**admin.site.each_context(request), "opts": self.opts, "heading": self.heading, **context}
        return TemplateResponse(request, template, more, status=status)


def _when(row: CutOverFile) -> str:
    return f"{timezone.localtime(row.taken_at):%b %-d, %Y, %-I:%M %p}"


def _last_mapping(request: HttpRequest) -> str:
    """The one that was written last, else an example."""
    last = CutOverFile.objects.visible_to(request.user).order_by("-taken_at", "-pk").first()
    return files.mapping_of(last) if last else EXAMPLE.read_text("utf-8")
