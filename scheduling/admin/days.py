"""Days on which providers do not work as their templates say."""

from django.contrib import admin
from django.db.models import Q

from compliance.admin_forms import PracticeForm, sentences
from compliance.admin_lists import day_words, narrowing, said
from scheduling.admin.narrowing import by_day, by_provider
from scheduling.admin.working import Previewing
from scheduling.enums import DayKind
from scheduling.models import DayException

DAYS = {str(kind.value): (str(kind.label), Q(kind=kind)) for kind in DayKind}


class DayExceptionForm(PracticeForm):
    """One day that differs."""

    words = sentences(
        (
            "different_day_has_hours_or_none",
            "starts",
            "Enter place, start and end; or none of them for a day off.",
        ),
        ("day_off_once", "day", "This day has no hours already."),
    )

    class Meta:
        labels = {"kind": "Kind of change", "location": "At", "starts": "Start time", "ends": "End time"}
        help_texts = {
            "kind": "“Other hours” take the place of the template on that day; “Works extra” is added to it.",
            "reason": "For your colleagues. No health details.",
        }


@admin.register(DayException)
class DayExceptionAdmin(Previewing):
    """Days that differ from the template. One that is wrong is deleted and entered anew."""

    group, place, heading, one = "Providers and calendars", 24, "Different days", "different day"
    about = "Single days on which somebody works extra, at other hours, or not at all."
    empty = "No different days yet."
    form = DayExceptionForm
    can_change = False
    fields = ("provider", "day", "kind", "location", "starts", "ends", "reason")
    who = said("Provider", "provider", order="provider__name")
    where = said("Place", "location")
    list_display = ("on", "who", "kind", "hours", "where", "reason")
    list_select_related = ("provider", "location")
    list_filter = (by_day(), by_provider(), narrowing("Kind", "kind", lambda _: DAYS))
    search_fields = ("reason", "provider__name", "provider__short_name")
    sortable_by = ("on", "who", "kind", "reason")
    ordering = ("-day", "provider__name")

    @admin.display(description="Day", ordering="day")
    def on(self, row: DayException) -> str:
        """Mon, Jan 4, 2027."""
        return day_words(row.day)

    @admin.display(description="Hours")
    def hours(self, row: DayException) -> str:
        """9:00 AM – 12:00 PM."""
        return f"{row.starts:%-I:%M %p} – {row.ends:%-I:%M %p}" if row.starts and row.ends else "–"
