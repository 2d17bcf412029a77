"""Files of visits from another system: brought by a practice admin, who sees first what each row would do."""

from collections.abc import Callable
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django import forms
from django.contrib import admin
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone

from compliance import jobs
from compliance.access import insist
from compliance.admin_forms import Deed, Refused
from compliance.admin_lists import said
from compliance.boxes import Form
from compliance.practice_admin import PracticeAdmin
from patients.file_types import UploadRefused
from patients.screening import screen
from scheduling import tasks
from scheduling.admin import choosing
from scheduling.cutover import files, reading
from scheduling.cutover.rows import Unusable
from scheduling.cutover.telling import OUTCOMES
from scheduling.models import CutOverFile

SET_UP = "scheduling.change_set_up"
SHOWN = 100
State = CutOverFile.State
DECIDED = "Somebody decided about this file meanwhile."


class FileForm(Form):
    """A file of visits, and the system that it is from; or a mapping, which says that and all else."""

    file = forms.FileField(
        label="File",
        help_text="CSV, iCalendar (.ics) or FHIR R4 Appointments (.json, .ndjson), up to 20 MB and 50,000 visits.",
        error_messages={"required": "Choose a file.", "empty": "This file is empty."},
    )
    system = forms.CharField(
        label="Name of the other system",
        max_length=80,
        required=False,
        help_text="The same name for each of its files: by it a visit is known again, and what you chose last is proposed.",
        widget=forms.TextInput(attrs={"list": "systems", "autocomplete": "off"}),
    )
    mapping = forms.CharField(
        label="Mapping",
        max_length=60_000,
        required=False,
        help_text="In TOML, as a file that was checked shows it. Leave it empty to choose from what is in the file.",
        widget=forms.Textarea(attrs={"rows": 16, "spellcheck": "false", "class": "code"}),
    )

    def clean(self) -> dict[str, Any]:
        """A mapping names its system itself."""
        if not self.cleaned_data.get("mapping") and not self.cleaned_data.get("system") and not self.errors.get("system"):
            self.add_error("system", "Name the system that the file is from.")
        return self.cleaned_data

    def take(self, request: HttpRequest) -> CutOverFile | None:
        """The file as it was kept, or None with the sentence at its field."""
        if not self.is_valid():
            return None
        file, by = self.cleaned_data["file"], request.user
        try:
            if file.size > reading.LARGEST:
                raise Unusable(reading.TOO_LARGE)
            screen(file, patient=None, by=by)
            file.seek(0)
            return self._taken(file.read(), by, ZoneInfo(request.practice.time_zone))  # type: ignore[attr-defined]
        except files.BadMapping as problem:
            self.add_error("mapping", str(problem))
        except Unusable as problem:
            self.add_error("file", str(problem))
        except UploadRefused as refused:
            self.add_error("file", refused.sentence)
        return None

    def _taken(self, content: bytes, by: Any, zone: ZoneInfo) -> CutOverFile:
        if words := self.cleaned_data["mapping"]:
            return files.take(content, words.encode(), by=by, now=timezone.now())
        return files.hand_in(content, self.cleaned_data["system"], zone=zone, by=by, now=timezone.now())


def _bring(row: CutOverFile, request: HttpRequest) -> str:
    try:
        tasks.soon(files.agree(row, by=request.user))  # type: ignore[arg-type]
    except files.TooLate as late:
        raise Refused(None, DECIDED) from late
    return "The visits are being brought. You can leave this page; it goes on."


def _choose_again(row: CutOverFile, request: HttpRequest) -> str:
    try:
        files.choose_again(row, by=request.user)  # type: ignore[arg-type]
    except files.TooLate as late:
        raise Refused(None, DECIDED) from late
    return ""


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
    came = said("What comes of it", "sentence")
    list_display = ("handed_in", "system", "state", "came", "handed_in_by")
    list_select_related = ("taken_by",)
    ordering = ("-taken_at",)
    deeds = (
        Deed("bring", "Bring these visits", _bring, lambda row: row.state in files.BRINGABLE),
        Deed("choose", "Choose anew", _choose_again, lambda row: row.state == State.CHECKED),
        Deed("drop", "Put away", _drop, lambda row: row.state in files.DROPPABLE, is_grave=True),
    )

    @admin.display(description="Handed in")
    def handed_in(self, row: CutOverFile) -> str:
        """When."""
        return _when(row)

    @admin.display(description="By")
    def handed_in_by(self, row: CutOverFile) -> str:
        """Who."""
        return row.taken_by.name

    def get_queryset(self, request: HttpRequest) -> Any:
        """Without what the files hold."""
        return super().get_queryset(request).defer("content", "mapping", "lines")

    def get_urls(self) -> list[Any]:
        """Two pages more, of what is chosen."""
        pages = [("columns", choosing.columns_page), ("words", choosing.words_page)]
        return [
            path(f"<uuid:pk>/{name}/", self._choosing(page), name=f"scheduling_cutoverfile_{name}") for name, page in pages
        ] + super().get_urls()

    def _choosing(self, page: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        def view(request: HttpRequest, pk: UUID) -> HttpResponse:
            insist(request.user, SET_UP)  # type: ignore[arg-type]
            row = self.get_object(request, str(pk))
            if row is None:
                raise Http404
            try:
                if row.state != State.HANDED:
                    raise files.TooLate
                return page(self, request, row)
            except files.TooLate:
                return choosing.too_late(self, request, row, DECIDED)

        return view

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        """Take a file and have it checked."""
        insist(request.user, SET_UP)  # type: ignore[arg-type]
        systems = files.systems()
        form = FileForm(request.POST or None, request.FILES or None, initial={"system": next(iter(systems), "")})
        if row := form.take(request) if request.method == "POST" else None:
            if row.state == State.WAITING:
                tasks.soon(row)
            return redirect(self.address("change", row.pk))
        context = {"title": "Bring visits from another system", "form": form, "systems": systems}
        return self._page(request, "admin/bring.html", context, form)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """How far it is, what each row does, and what to do next."""
        row = self.get_object(request, object_id)
        if row is None or not self.has_view_permission(request, row):
            raise Http404
        if row.state == State.HANDED:
            return redirect(self.address("columns", row.pk))
        if request.method != "GET":
            return redirect(self.address("change", row.pk))
        lines = sorted(row.lines, key=lambda line: (not line[2], line[0]))
        context = {
            "title": f"{row.system}, {_when(row)}",
            "row": row,
            "seen": jobs.seen(row.job, now=timezone.now()) if row.job else None,
            "mapping": files.mapping_of(row),
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

    def page_of(self, request: HttpRequest, row: CutOverFile, template: str, context: Any, form: Form) -> HttpResponse:
        """A page of what is chosen for a file."""
        return self._page(request, template, {"row": row, "deeds": self._open_deeds(request, row), **context}, form)

    def _page(self, request: HttpRequest, template: str, context: Any, form: Form | None = None) -> HttpResponse:
        errors = bool(form and form.errors)
        more = {**admin.site.each_context(request), "opts": self.opts, "heading": self.heading, "errors": errors, **context}
        return TemplateResponse(request, template, more, status=422 if errors else 200)


def _when(row: CutOverFile) -> str:
    return f"{timezone.localtime(row.taken_at):%b %-d, %Y, %-I:%M %p}"
