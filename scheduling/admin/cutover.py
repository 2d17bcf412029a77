"""What was brought over from another system: what could not be booked, and the release of reminders."""

from typing import Any

from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from compliance.admin_forms import Deed, Refused
from compliance.practice_admin import PracticeAdmin
from scheduling.cutover import brought
from scheduling.models import Brought, CutOver

SET_UP = "scheduling.change_set_up"


def _has_held(row: CutOver) -> bool:
    return row.brought.filter(released_at__isnull=True, visit__isnull=False).exists()


def _release(row: CutOver, request: HttpRequest) -> str:
    try:
        visits = brought.release(row, by=request.user, now=timezone.now())  # type: ignore[arg-type]
    except brought.Released as released:
        raise Refused(None, "Nothing is held back.") from released
    return f"Released: patients are reminded of {visits} visit{'' if visits == 1 else 's'} from {row}."


@admin.register(CutOver)
class CutOverAdmin(PracticeAdmin):
    """The systems that visits came from."""

    group, place, heading, one = "Providers and calendars", 80, "Cut-over", "system"
    about = "Systems that visits were brought from. Nobody is reminded of those visits before you release them."
    empty = "No visits were brought from another system yet. Choose a file: you see what each row would do first."
    changed_by = SET_UP
    can_add = can_change = can_delete = False
    fields = ("system",)
    list_display = ("system", "booked", "not_booked", "reminders")
    ordering = ("system",)
    deeds = (
        Deed(
            "release",
            "Release reminders",
            _release,
            lambda row: row.brought.filter(released_at__isnull=True, visit__isnull=False).exists(),
        ),
    )

    def get_queryset(self, request: HttpRequest) -> models.QuerySet:
        """With how many were booked, and how many not."""
        failed = models.Count("brought", filter=~models.Q(brought__why=""))
        return (
            super()
            .get_queryset(request)
            .annotate(
                failed=failed,
                there=models.Count("brought__visit"),
                held=models.Count("brought__visit", filter=models.Q(brought__released_at__isnull=True)),
            )
        )

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> Any:
        """With the way to bring a file."""
        way = ("Choose a file", reverse("admin:scheduling_cutoverfile_add"))
        return super().changelist_view(request, {"also": [way] if self._may_write(request) else [], **(extra_context or {})})

    @admin.display(description="Booked")
    def booked(self, row: Any) -> int:
        """How many stand here."""
        return row.there

    @admin.display(description="Not booked")
    def not_booked(self, row: Any) -> int:
        """How many do not."""
        return row.failed

    @admin.display(description="Reminders")
    def reminders(self, row: Any) -> str:
        """In words."""
        return f"Held back for {row.held}" if row.held else "Released"


@admin.register(Brought)
class BroughtAdmin(PracticeAdmin):
    """What could not be booked, line by line."""

    group, place, heading, one = "Providers and calendars", 81, "Visits brought over", "visit"
    about = "Appointments of another system that could not be booked here. Its next file tries them again."
    empty = "Everything that was brought over is booked."
    changed_by = SET_UP
    can_add = can_change = can_delete = False
    fields = ("cut_over", "line", "starts_at", "why")
    list_display = ("line", "cut_over", "starts_at", "because", "next_step")
    list_select_related = ("cut_over",)
    ordering = ("cut_over", "line", "pk")

    def get_queryset(self, request: HttpRequest) -> models.QuerySet:
        """Those that are not booked as their file says."""
        return super().get_queryset(request).exclude(why="")

    @admin.display(description="Why")
    def because(self, row: Brought) -> str:
        """The line names a patient who is not on file."""
        return f"The line {row.why}."

    @admin.display(description="To do")
    def next_step(self, row: Brought) -> SafeString | str:
        """Where it is booked by hand, once it is known whose it is."""
        if row.visit_id:
            return format_html('<a href="{}">The visit as it stands</a>', reverse("scheduling:visit", args=[row.visit_id]))
        if row.patient_id:
            return format_html('<a href="{}">Find a time</a>', reverse("scheduling:openings", args=[row.patient_id]))
        return "–"
