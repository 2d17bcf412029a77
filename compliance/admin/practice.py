"""The practice itself: its settings, its places, its office hours."""

from typing import Any

from django.contrib import admin
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from compliance import practices
from compliance.admin_forms import AskingForm, PracticeForm, Refused, SomeWeekdays, sentences, zone_field, zones
from compliance.admin_lists import holds
from compliance.models import Location, OfficeHours, Practice
from compliance.practice_admin import PracticeAdmin

CHANGE_PRACTICE = "compliance.change_practice"


class SettingsForm(PracticeForm):
    """The practice's one row. It has no version: the values shown stand for one."""

    time_zone = zone_field()

    class Meta:
        labels = {
            "idle_minutes": "Sign people out after (minutes)",
            "hold_minutes": "Keep a time during a call for (minutes)",
            "no_show_grace_minutes": "A patient did not come after (minutes)",
            "waiting_limit_minutes": "Waiting is too long after (minutes)",
            "eligibility_days": "An insurance check holds for (days)",
        }
        help_texts = {"idle_minutes": "When nothing is done for so long. Between 5 and 15."}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["time_zone"].choices = zones(self.instance.time_zone)  # type: ignore[attr-defined]

    def edition(self) -> int:
        """A number made of the settings as they stand."""
        if not hasattr(self, "_edition"):
            self._edition = practices.edition(self.instance)
        return self._edition


@admin.register(Practice)
class PracticeSettingsAdmin(PracticeAdmin):
    """The settings of the practice of the URL, and of no other."""

    group, place, heading, one = "Places and hours", 10, "Practice settings", "practice settings"
    about = "Name, phone number, time zone, and the limits that everybody works by."
    form = SettingsForm
    changed_by = CHANGE_PRACTICE
    can_add = can_delete = False
    fields = practices.SETTINGS
    ordering = ("name",)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """As for every row of a practice."""
        return request.user.may("compliance.view_practice")  # type: ignore[union-attr]

    def get_queryset(self, request: HttpRequest) -> models.QuerySet:
        """The practice acted in; the table itself has no wall."""
        return Practice.objects.filter(pk=request.practice.pk)  # type: ignore[attr-defined]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """There is one row: straight to it."""
        return redirect(self.address("change", request.practice.pk))  # type: ignore[attr-defined]

    def change_row(self, row: Practice, form: Any, *, by: Any) -> None:
        """Keeps old and new."""
        practices.change_settings(row, form.values(), version=form.cleaned_data["version"], by=by)


class LocationForm(AskingForm):
    """A place; its zone is chosen from a list."""

    time_zone = zone_field()

    class Meta:
        help_texts = {"is_active": "Untick when the practice has left it: what happened there stays."}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "time_zone" in self.fields:
            self.fields["time_zone"].choices = zones(self.instance.time_zone)  # type: ignore[attr-defined]


def _what_follows(number: int, place: Location) -> str:
    """What becomes of the visits at a place that changes."""
    stand = "1 booked visit lies" if number == 1 else f"{number or 'No'} booked visits lie"
    work = "" if not number else " and becomes work" if number == 1 else ": each becomes work"
    if not place.is_active:
        return f"Nothing can be booked at {place} any more. {stand} outside of working hours then{work}."
    keep = "Working hours keep their times on the clock of the new zone; booked visits stay at their moment."
    return f"{keep} {stand} outside of working hours then{work}."


@admin.register(Location)
class LocationAdmin(PracticeAdmin):
    """Where the practice sees patients."""

    group, place, heading, one = "Places and hours", 20, "Locations", "location"
    about = "Where patients are seen. Times are shown in the zone of the place."
    form = LocationForm
    changed_by = CHANGE_PRACTICE
    writer = practices
    fields = ("name", "line1", "line2", "city", "state", "postal_code", "phone", "time_zone", "is_active")
    in_use = holds("In use", "is_active")
    list_display = ("name", "city", "state", "time_zone", "in_use")
    ordering = ("name",)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """Where the practice is."""
        return {"time_zone": request.practice.time_zone, "state": request.practice.state}  # type: ignore[attr-defined]

    def change_row(self, row: Location, form: Any, *, by: Any) -> None:
        """One place stays."""
        try:
            super().change_row(row, form, by=by)
        except practices.LastLocation as last:
            raise Refused("is_active", "This is the only location in use. Add another first.") from last
        number = getattr(row, "displaced", 0)
        if number or "time_zone" in form.changed_data:
            form.ask(_what_follows(number, row), f"{number} {row.time_zone}")

    def delete_model(self, request: HttpRequest, obj: Location) -> None:
        """One place stays."""
        try:
            super().delete_model(request, obj)
        except practices.LastLocation as last:
            raise Refused(None, "This is the only location in use. Add another first.") from last


class OfficeHoursForm(PracticeForm):
    """One stretch of a weekday; new ones for several weekdays at once."""

    weekdays = SomeWeekdays()
    words = sentences(("office_hours_last", "closes", "Closing time must be after opening time."))

    class Meta:
        labels = {"weekday": "Day", "opens": "Opening time", "closes": "Closing time"}
        help_texts = {"opens": "For a lunch break, enter the morning and the afternoon apart."}


@admin.register(OfficeHours)
class OfficeHoursAdmin(PracticeAdmin):
    """When the practice works, for its deadlines."""

    group, place, heading, one = "Places and hours", 30, "Office hours", "office hours"
    about = "When the practice can be reached. Deadlines count these hours only."
    empty = "No office hours yet. Deadlines need them."
    form = OfficeHoursForm
    changed_by = CHANGE_PRACTICE
    writer = practices
    list_display = ("weekday", "hours")
    ordering = ("weekday", "opens")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Several days for new hours, the one day of old ones."""
        return ("weekday" if obj else "weekdays", "opens", "closes")

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        """Without the field that is not asked."""
        form = super().get_form(request, obj, change=change, **kwargs)
        if obj:
            form.base_fields.pop("weekdays", None)
        return form

    @admin.display(description="Hours")
    def hours(self, row: OfficeHours) -> str:
        """9:00 AM – 5:00 PM."""
        return f"{row.opens:%-I:%M %p} – {row.closes:%-I:%M %p}"

    def add_row(self, row: OfficeHours, form: Any, *, by: Any) -> None:
        """One row for each day."""
        for day in form.cleaned_data["weekdays"]:
            try:
                practices.add(OfficeHours(weekday=day, opens=row.opens, closes=row.closes), by=by)
            except practices.HoursOverlap as overlap:
                raise Refused("weekdays", f"It is open already: {overlap.other}.") from overlap

    def change_row(self, row: OfficeHours, form: Any, *, by: Any) -> None:
        """Says when it is open already."""
        try:
            super().change_row(row, form, by=by)
        except practices.HoursOverlap as overlap:
            raise Refused("opens", f"It is open already: {overlap.other}.") from overlap
