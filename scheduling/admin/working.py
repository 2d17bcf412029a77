"""When providers work: templates, their breaks and sessions."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import Q
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.utils import timezone

from compliance.admin_forms import PracticeForm, Refused, SomeWeekdays, sentences
from compliance.admin_lists import day_words, narrowing, said
from compliance.models import Location, OfficeHours
from compliance.practice_admin import PracticeAdmin
from scheduling import preview, set_up
from scheduling.admin.narrowing import by_place, by_provider, by_validity, by_weekday
from scheduling.enums import PartKind
from scheduling.local import hours_long
from scheduling.models import HoursPart, Provider, VisitType, WorkingHours

SET_UP = "scheduling.change_set_up"


class Previewing(PracticeAdmin):
    """With a button that shows what the hours would give. It saves, looks, and takes everything back."""

    changed_by = SET_UP
    writer = set_up

    def changeform_view(
        self, request: HttpRequest, object_id: Any = None, form_url: str = "", extra_context: Any = None
    ) -> Any:
        """The form again, with the times in place of errors, where only a preview was asked for."""
        answer = super().changeform_view(request, object_id, form_url, {"may_preview": True, **(extra_context or {})})
        if hasattr(request, "preview") and isinstance(answer, TemplateResponse) and answer.context_data is not None:
            days, who, number = request.preview
            answer.context_data |= {"preview": days, "preview_of": who, "preview_displaced": number, "errors": None}
            answer.status_code = 200
        return answer

    def add_row(self, row: Any, form: Any, *, by: Any) -> None:
        """Says what does not fit beside its field."""
        self.written(form, lambda: self.put(row, form, by=by), self.provider_of(row))

    def change_row(self, row: Any, form: Any, *, by: Any) -> None:
        """The same of a change."""
        self.written(form, lambda: super(Previewing, self).change_row(row, form, by=by), self.provider_of(row))

    def put(self, row: Any, form: Any, *, by: Any) -> None:
        """One call of the writer."""
        self.writer.add(row, by=by, now=timezone.now())

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        """One call of the writer, and how many visits became work."""
        self.writer.remove(obj, by=request.user, now=timezone.now())
        self.tell(request, obj)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Also say how many visits became work."""
        super().save_model(request, obj, form, change)
        self.tell(request, obj)

    def tell(self, request: HttpRequest, row: Any) -> None:
        """Visits that lie outside of hours by what was written."""
        number = getattr(row, "displaced", 0)
        if number:
            stand = "1 visit lies" if number == 1 else f"{number} visits lie"
            messages.warning(request, f"{stand} outside of hours now: each is work.")

    def written(self, form: Any, write: Any, who: Provider) -> None:
        """Write, or raise Refused: what the domain refused, or the preview that takes it back."""
        try:
            write()
        except set_up.HoursOverlap as overlap:
            raise Refused("starts", _worked_already(overlap)) from overlap
        except set_up.DoesNotFit as refused:
            raise Refused(refused.field, str(refused)) from refused
        if "_preview" in form.request.POST:
            form.request.preview = (
                preview.weeks(who, now=timezone.localtime()),
                who,
                getattr(form.instance, "displaced", 0),
            )
            raise Refused(None, "Nothing is saved yet.")

    def provider_of(self, row: Any) -> Provider:
        """Whose hours they are."""
        return row.provider


def _span(row: WorkingHours) -> str:
    """9:00 AM – 5:00 PM."""
    return f"{row.starts:%-I:%M %p} – {row.ends:%-I:%M %p}"


def _worked_already(overlap: set_up.HoursOverlap) -> str:
    other = overlap.other
    day = OfficeHours.Weekday(other.weekday).label
    first = f", on {overlap.on:%b} {overlap.on.day}, {overlap.on.year} for the first time" if overlap.on else ""
    return f"{other.provider} works on {day} from {other.starts:%-I:%M %p} to {other.ends:%-I:%M %p} already{first}."


class WorkingHoursForm(PracticeForm):
    """One stretch of a weekday; new ones for several weekdays at once."""

    weekdays = SomeWeekdays()
    words = sentences(
        ("working_hours_last", "ends", "The end must be after the start."),
        ("working_hours_every_1_to_12", "every_weeks", "Enter a number of weeks from 1 to 12."),
        ("working_hours_valid", "valid_until", "The last day must be on or after the first."),
    )

    class Meta:
        labels = {
            "weekday": "Day",
            "starts": "Start time",
            "ends": "End time",
            "valid_from": "First day",
            "valid_until": "Last day",
            "every_weeks": "Rhythm in weeks",
            "anchor_on": "Counted from the week of",
        }
        help_texts = {
            "starts": "In the time of the place. A lunch break is added under “Breaks and sessions”.",
            "valid_until": "Leave empty until you know it.",
            "every_weeks": "1: every week. 2: every other week, and so on.",
            "anchor_on": "A day of a week in which they hold. Empty: the week of the first day.",
        }


@admin.register(WorkingHours)
class WorkingHoursAdmin(Previewing):
    """When providers work, and where."""

    group, place, heading, one = "Providers and calendars", 20, "Working hours", "working hours"
    about = "When each provider sees patients, and where. Only these times can be booked."
    empty = "No working hours yet. Until they are entered, nothing can be booked."
    form = WorkingHoursForm
    who = said("Provider", "provider", order="provider__name")
    where = said("Place", "location", order="location__name")
    list_display = ("who", "weekday", "hours", "weeks", "where", "since", "until")
    list_select_related = ("provider", "location")
    list_filter = (by_provider(), by_weekday(), by_place(), by_validity())
    search_fields = ("provider__name", "provider__short_name", "location__name")
    sortable_by = ("who", "weekday", "where", "since", "until")
    ordering = ("provider__position", "provider__name", "weekday", "starts")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Several days for new hours, the one day of old ones."""
        days = "weekday" if obj else "weekdays"
        return ("provider", "location", days, "starts", "ends", "valid_from", "valid_until", "every_weeks", "anchor_on")

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        """Without the field that is not asked."""
        form = super().get_form(request, obj, change=change, **kwargs)
        if obj:
            form.base_fields.pop("weekdays", None)
        return form

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """From today, at the only place."""
        places = list(Location.objects.visible_to(request.user).filter(is_active=True)[:2])
        return {"valid_from": timezone.localdate(), "location": places[0].pk if len(places) == 1 else None}

    @admin.display(description="Hours")
    def hours(self, row: WorkingHours) -> str:
        """9:00 AM – 12:00 PM."""
        return _span(row)

    @admin.display(description="First day", ordering="valid_from")
    def since(self, row: WorkingHours) -> str:
        """Mon, Jan 4, 2027."""
        return day_words(row.valid_from)

    @admin.display(description="Last day", ordering="valid_until")
    def until(self, row: WorkingHours) -> str:
        """The same, where it is known."""
        return day_words(row.valid_until, never="No end")

    @admin.display(description="Weeks")
    def weeks(self, row: WorkingHours) -> str:
        """Every week, or every so many."""
        return "Every week" if row.every_weeks == 1 else f"Every {row.every_weeks} weeks"

    def put(self, row: WorkingHours, form: Any, *, by: Any) -> None:
        """One row for each day."""
        names = ("provider", "location", "starts", "ends", "valid_from", "valid_until", "every_weeks", "anchor_on")
        for day in form.cleaned_data["weekdays"]:
            made = WorkingHours(weekday=day, **{name: getattr(row, name) for name in names})
            set_up.add(made, by=by, now=timezone.now())


class KindsField(forms.ModelMultipleChoiceField):
    """Kinds of visit, kept as a list of their ids."""

    widget = forms.CheckboxSelectMultiple

    def clean(self, value: Any) -> list[Any]:
        """The ids, in their order."""
        return sorted(kind.pk for kind in super().clean(value))

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Compare ids."""
        return sorted(map(str, initial or ())) != sorted(map(str, data or ()))


class HoursPartForm(PracticeForm):
    """A break, or a session that is kept for some kinds of visit."""

    visit_types = KindsField(None, label="Kept for", required=False)
    words = sentences(
        ("hours_part_lasts", "ends", "The end must be after the start."),
        ("hours_part_kept_for_something", "visit_types", "Choose what a session is kept for; leave it empty for a break."),
    )

    class Meta:
        labels = {"hours": "Within", "kind": "Kind of time", "starts": "Start time", "ends": "End time"}
        help_texts = {
            "name": "As it is said: Lunch, or in “kept for New patients”.",
            "release_hours": "So long before its start a session is open to every kind of visit. Empty: never.",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        kinds = VisitType.objects.visible_to(self.request.user).filter(is_active=True)  # type: ignore[arg-type]
        fields["visit_types"].queryset = kinds.order_by("position", "name", "pk")
        if "hours" in fields:
            fields["hours"].queryset = fields["hours"].queryset.select_related("provider").order_by(*ORDER)
            fields["hours"].label_from_instance = lambda row: f"{row.provider}, {row}"


PARTS = {str(kind.value): (str(kind.label), Q(kind=kind)) for kind in PartKind}
ORDER = ("provider__position", "provider__name", "weekday", "starts", "pk")


@admin.register(HoursPart)
class HoursPartAdmin(Previewing):
    """Breaks, and sessions for certain visits."""

    group, place, heading, one = "Providers and calendars", 22, "Breaks and sessions", "break or session"
    about = "Within working hours: breaks, and times that are kept for some kinds of visit until they are opened to all."
    empty = "No breaks or sessions yet."
    form = HoursPartForm
    fields = ("hours", "kind", "name", "starts", "ends", "visit_types", "release_hours")
    list_display = ("name", "kind", "within", "times", "opened")
    list_select_related = ("hours__provider",)
    list_filter = (by_provider("hours__provider"), narrowing("Kind", "kind", lambda _: PARTS))
    search_fields = ("name",)
    sortable_by = ("name", "kind")
    ordering = ("hours__provider__position", "hours__provider__name", "hours__weekday", "starts")

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """The form has its own field for the kinds of visit."""
        return None if db_field.name == "visit_types" else super().formfield_for_dbfield(db_field, request, **kwargs)

    def provider_of(self, row: HoursPart) -> Provider:
        """That of the template."""
        return row.hours.provider

    @admin.display(description="Within")
    def within(self, row: HoursPart) -> str:
        """Dr. Okafor, Monday, 9:00 AM – 5:00 PM."""
        return f"{row.hours.provider}, {row.hours.get_weekday_display()}, {_span(row.hours)}"

    @admin.display(description="Times")
    def times(self, row: HoursPart) -> str:
        """12:00 PM – 1:00 PM."""
        return f"{row.starts:%-I:%M %p} – {row.ends:%-I:%M %p}"

    @admin.display(description="Open to all")
    def opened(self, row: HoursPart) -> str:
        """In words."""
        if not row.visit_types:
            return "–"
        return "Never" if row.release_hours is None else f"{hours_long(row.release_hours)} before"
