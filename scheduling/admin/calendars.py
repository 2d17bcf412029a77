"""Providers, when they work, and when there are no visits."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone

from compliance import rows
from compliance.admin_forms import PracticeForm, Refused, SomeWeekdays, sentences
from compliance.models import Location, OfficeHours
from compliance.practice_admin import PracticeAdmin
from scheduling import set_up
from scheduling.models import Closure, Provider, WorkingHours

SET_UP = "scheduling.change_set_up"


class ProviderForm(PracticeForm):
    """A provider, and whose sign-in is hers."""

    words = sentences(
        ("one_provider_for_a_user", "user", "This person is another provider already."),
    )

    lanes = forms.IntegerField(label="Patients at once", min_value=1, max_value=20, initial=1)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.instance._state.adding:
            self.initial["lanes"] = self.instance.resource.capacity

    def values(self) -> dict[str, Any]:
        """Also when only the number at once was changed, which is her time's and not hers."""
        return super().values() | ({"position": self.cleaned_data["position"]} if "lanes" in self.changed_data else {})

    class Meta:
        labels = {"user": "Signs in as"}
        help_texts = {
            "npi": "Ten digits.",
            "user": "Her own day opens when this person signs in. Invite her first; leave empty if she does not sign in.",
            "position": "0 stands furthest left.",
            "is_active": "Untick when she has left: her visits stay, nothing new can be booked.",
        }

    def clean_npi(self) -> str:
        """Ten digits, or nothing."""
        npi = self.cleaned_data["npi"].strip()
        if npi and not (npi.isascii() and npi.isdigit() and len(npi) == 10):
            raise forms.ValidationError("An NPI has ten digits, like 1234567893.")
        return npi


@admin.register(Provider)
class ProviderAdmin(PracticeAdmin):
    """Who sees patients."""

    group, place, heading, one = "Providers and calendars", 10, "Providers", "provider"
    about = "Who sees patients. Each one is a column of the schedule."
    empty = "No providers yet. Add everybody who sees patients; then say when they work."
    form = ProviderForm
    changed_by = SET_UP
    fields = ("name", "short_name", "credentials", "specialty", "npi", "user", "lanes", "position", "is_active")
    list_display = ("short_name", "name", "specialty", "sees_patients")
    ordering = ("position", "name")

    @admin.display(description="Sees patients")
    def sees_patients(self, row: Provider) -> str:
        """In words, not a picture."""
        return "Yes" if row.is_active else "No"

    def add_row(self, row: Provider, form: Any, *, by: Any) -> None:
        """With the resource that her time is."""
        set_up.add_provider(row, by=by, capacity=form.cleaned_data["lanes"])

    def change_row(self, row: Provider, form: Any, *, by: Any) -> None:
        """Her resource follows."""
        version = form.cleaned_data["version"]
        lanes = form.cleaned_data["lanes"]
        try:
            set_up.change_provider(row, form.values(), version=version, by=by, now=timezone.now(), capacity=lanes)
        except set_up.StillBooked as booked:
            raise Refused("lanes", str(booked)) from booked

    def delete_model(self, request: HttpRequest, obj: Provider) -> None:
        """With her resource."""
        try:
            set_up.remove_provider(obj, by=request.user)
        except rows.Referenced as referenced:
            raise Refused(None, "Visits stand in this calendar. Untick “sees patients” instead.") from referenced


class WorkingHoursForm(PracticeForm):
    """One stretch of a weekday; new ones for several weekdays at once."""

    weekdays = SomeWeekdays()
    words = sentences(
        ("working_hours_last", "ends", "The end must be after the start."),
        ("working_hours_valid", "valid_until", "The last day must be on or after the first."),
    )

    class Meta:
        labels = {
            "weekday": "Day",
            "starts": "Start time",
            "ends": "End time",
            "valid_from": "First day",
            "valid_until": "Last day",
        }
        help_texts = {
            "starts": "In the time of the place. For a lunch break, enter the morning and the afternoon apart.",
            "valid_until": "Leave empty until you know it.",
        }


@admin.register(WorkingHours)
class WorkingHoursAdmin(PracticeAdmin):
    """When providers work, and where."""

    group, place, heading, one = "Providers and calendars", 20, "Working hours", "working hours"
    about = "When each provider sees patients, and where. Only these times can be booked."
    empty = "No working hours yet. Until they are entered, nothing can be booked."
    form = WorkingHoursForm
    changed_by = SET_UP
    writer = set_up
    list_display = ("provider", "weekday", "hours", "location", "valid_from", "valid_until")
    list_select_related = ("provider", "location")
    ordering = ("provider__position", "provider__name", "weekday", "starts")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Several days for new hours, the one day of old ones."""
        days = "weekday" if obj else "weekdays"
        return ("provider", "location", days, "starts", "ends", "valid_from", "valid_until")

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
        return f"{row.starts:%-I:%M %p} – {row.ends:%-I:%M %p}"

    def add_row(self, row: WorkingHours, form: Any, *, by: Any) -> None:
        """One row for each day."""
        common = {
            name: getattr(row, name) for name in ("provider", "location", "starts", "ends", "valid_from", "valid_until")
        }
        for day in form.cleaned_data["weekdays"]:
            try:
                set_up.add(WorkingHours(weekday=day, **common), by=by)
            except set_up.HoursOverlap as overlap:
                raise _worked_already(overlap, "weekdays") from overlap

    def change_row(self, row: WorkingHours, form: Any, *, by: Any) -> None:
        """Says when she works already."""
        try:
            super().change_row(row, form, by=by)
        except set_up.HoursOverlap as overlap:
            raise _worked_already(overlap, "starts") from overlap


def _worked_already(overlap: set_up.HoursOverlap, field: str) -> Refused:
    other = overlap.other
    day = OfficeHours.Weekday(other.weekday).label
    return Refused(
        field, f"{other.provider} works on {day} from {other.starts:%-I:%M %p} to {other.ends:%-I:%M %p} already."
    )


class ClosureForm(PracticeForm):
    """A stretch without visits."""

    words = sentences(("closure_lasts", "ends_at", "The end must be after the start."))

    class Meta:
        labels = {"starts_at": "Start", "ends_at": "End", "location": "Only at", "provider": "Only for"}
        help_texts = {
            "starts_at": "In the time of the practice.",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, words in (("provider", "Everybody"), ("location", "Everywhere")):
            if name in self.fields:
                self.fields[name].empty_label = words  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Either a person or a place."""
        cleaned = super().clean()
        if cleaned.get("provider") and cleaned.get("location"):
            self.add_error("location", "Choose a provider or a place, not both.")
        return cleaned


@admin.register(Closure)
class ClosureAdmin(PracticeAdmin):
    """When there are no visits."""

    group, place, heading, one = "Providers and calendars", 30, "Closed times", "closed time"
    about = "Holidays, vacations, lunch: nothing new can be booked then."
    empty = "No closed times yet."
    form = ClosureForm
    changed_by = SET_UP
    fields = ("provider", "location", "starts_at", "ends_at", "reason")
    list_display = ("reason", "starts_at", "ends_at", "for_whom")
    list_select_related = ("provider", "location")
    ordering = ("-starts_at",)

    @admin.display(description="For")
    def for_whom(self, row: Closure) -> str:
        """The provider, the place, or everybody."""
        return str(row.provider or row.location or "Everybody")

    def add_row(self, row: Closure, form: Any, *, by: Any) -> None:
        """Takes the time."""
        values = {name: form.cleaned_data[name] for name in self.fields}
        form.closed = set_up.close_time(**values, by=by, now=timezone.now())
        row.pk = form.closed.pk

    def change_row(self, row: Closure, form: Any, *, by: Any) -> None:
        """Takes the time anew."""
        version = form.cleaned_data["version"]
        set_up.change_closure(row, form.values(), version=version, by=by, now=timezone.now())

    def delete_model(self, request: HttpRequest, obj: Closure) -> None:
        """Gives the time back."""
        set_up.open_time(obj, by=request.user)

    def said_after_adding(self, row: Closure) -> str:
        """Also which visits stand in it."""
        visits = set_up.visits_within(row)
        inside = f" {visits} visit{'s stand' if visits > 1 else ' stands'} in it: move or cancel on the schedule."
        return f"Closed time added.{inside if visits else ''}"
