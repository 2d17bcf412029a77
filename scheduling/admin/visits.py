"""Kinds of visits, and the rooms and equipment that they take."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db import models
from django.http import HttpRequest

from compliance.admin_forms import PracticeForm, only, sentences
from compliance.practice_admin import PracticeAdmin
from scheduling import set_up
from scheduling.enums import Mode, ResourceKind
from scheduling.models import Resource, VisitType

SET_UP = "scheduling.change_set_up"


@admin.register(Resource)
class ResourceAdmin(PracticeAdmin):
    """Rooms and equipment. A provider's own time is kept by the provider."""

    group, place, heading, one = "Places and hours", 40, "Rooms and equipment", "room or equipment"
    about = "What can be taken by one visit at a time, or by several."
    empty = "No rooms yet. Add them if visits are shown into rooms."
    changed_by = SET_UP
    writer = set_up
    fields = ("kind", "name", "location", "capacity", "is_active")
    list_display = ("name", "kind", "location", "capacity", "in_use")
    list_select_related = ("location",)
    ordering = ("kind", "name")

    @admin.display(description="In use")
    def in_use(self, row: Resource) -> str:
        """In words."""
        return "Yes" if row.is_active else "No"

    def get_queryset(self, request: HttpRequest) -> models.QuerySet:
        """Without the providers."""
        return super().get_queryset(request).exclude(kind=ResourceKind.PROVIDER)

    def formfield_for_choice_field(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """A room or equipment."""
        if db_field.name == "kind":
            kwargs["choices"] = only(ResourceKind.choices, ResourceKind.ROOM, ResourceKind.EQUIPMENT)
        return super().formfield_for_choice_field(db_field, request, **kwargs)


class VisitTypeForm(PracticeForm):
    """A kind of visit."""

    modes = forms.MultipleChoiceField(
        label="How it takes place",
        choices=Mode.choices,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choose at least one."},
    )
    words = sentences(("visit_type_lasts", "minutes", "A visit lasts between 5 and 720 minutes."))

    class Meta:
        labels = {"minutes": "Length, minutes"}
        help_texts = {
            "buffer_before": "For getting ready; nobody else is booked then.",
            "capacity": "1, or more for groups.",
            "lead_hours": "0: it can be booked for right now.",
            "instructions": "Read out when booking, and sent with reminders: what to bring, when to come.",
            "is_active": "Untick to stop offering it; visits already booked stay.",
        }


@admin.register(VisitType)
class VisitTypeAdmin(PracticeAdmin):
    """Kinds of visits."""

    group, place, heading, one = "Visit types", 10, "Visit types", "visit type"
    about = "What patients come for, and how long it takes."
    empty = "No visit types yet. Start with New patient, Follow-up and Annual physical."
    form = VisitTypeForm
    changed_by = SET_UP
    writer = set_up
    fields = (
        "name",
        "minutes",
        "buffer_before",
        "buffer_after",
        "modes",
        "capacity",
        "lead_hours",
        "needs_coverage",
        "instructions",
        "position",
        "is_active",
    )
    list_display = ("name", "length", "ways", "offered")
    ordering = ("position", "name")

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """Most visits are in the office."""
        return {"modes": [Mode.OFFICE], "minutes": 20}

    @admin.display(description="Length")
    def length(self, row: VisitType) -> str:
        """20 min."""
        return f"{row.minutes} min"

    @admin.display(description="How")
    def ways(self, row: VisitType) -> str:
        """In the office, Video."""
        return ", ".join(Mode(mode).label for mode in row.modes)

    @admin.display(description="Offered")
    def offered(self, row: VisitType) -> str:
        """In words."""
        return "Yes" if row.is_active else "No"
