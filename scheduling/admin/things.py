"""Rooms and equipment."""

from typing import Any

from django.contrib import admin
from django.db import models
from django.db.models import Q
from django.http import HttpRequest
from django.utils import timezone

from compliance.admin_forms import AskingForm, Refused, only
from compliance.admin_lists import holds, narrowing, said, yes_or_no
from compliance.practice_admin import PracticeAdmin
from scheduling import set_up
from scheduling.admin.narrowing import by_place
from scheduling.enums import ResourceKind
from scheduling.models import Resource

SET_UP = "scheduling.change_set_up"


THINGS = {str(kind.value): (str(kind.label), Q(kind=kind)) for kind in (ResourceKind.ROOM, ResourceKind.EQUIPMENT)}


class ResourceForm(AskingForm):
    """A room or equipment."""

    class Meta:
        labels = {"group": "Group", "capacity": "Visits at once"}
        help_texts = {"group": "What several have in common, like exam room: a kind of visit may need any one of them."}


class Following(PracticeAdmin):
    """A row that booked visits follow: asks before visits become work."""

    def add_row(self, row: Any, form: Any, *, by: Any) -> None:
        """Visits take what is free."""
        self.writer.add(row, by=by, now=timezone.now())
        _ask(row, form)

    def change_row(self, row: Any, form: Any, *, by: Any) -> None:
        """The same of a change."""
        super().change_row(row, form, by=by)
        _ask(row, form)

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        """Visits give back what they took for it."""
        self.writer.remove(obj, by=request.user, now=timezone.now())


def _ask(row: Any, form: Any) -> None:
    if number := getattr(row, "displaced", 0):
        stand = "1 booked visit does" if number == 1 else f"{number} booked visits do"
        work = "it becomes work" if number == 1 else "each becomes work"
        form.ask(f"{stand} not find what is needed then: {work}. Others take what is free.", str(number))


class Capacitated(PracticeAdmin):
    """A row whose capacity is not lowered under what is booked."""

    def change_row(self, row: Any, form: Any, *, by: Any) -> None:
        """Says how much is booked."""
        try:
            super().change_row(row, form, by=by)
        except set_up.StillBooked as booked:
            raise Refused("capacity", str(booked)) from booked


@admin.register(Resource)
class ResourceAdmin(Following, Capacitated):
    """Rooms and equipment. A provider's own time is kept by the provider."""

    group, place, heading, one = "Places and hours", 40, "Rooms and equipment", "room or equipment"
    about = "What can be taken by one visit at a time, or by several."
    empty = "No rooms yet. Add them if visits are shown into rooms."
    changed_by = SET_UP
    writer = set_up
    form = ResourceForm
    fields = ("kind", "name", "group", "location", "capacity", "is_active")
    in_group = said("Group", "group", order="group")
    where = said("Place", "location", none="Any place", order="location__name")
    in_use = holds("In use", "is_active")
    list_display = ("name", "kind", "in_group", "where", "capacity", "in_use")
    list_select_related = ("location",)
    list_filter = (narrowing("Kind", "kind", lambda _: THINGS), by_place(), yes_or_no("In use", "is_active"))
    search_fields = ("name", "group")
    sortable_by = ("name", "kind", "in_group", "where")
    ordering = ("kind", "name")

    def get_queryset(self, request: HttpRequest) -> models.QuerySet:
        """Without the providers."""
        return super().get_queryset(request).exclude(kind=ResourceKind.PROVIDER)

    def formfield_for_choice_field(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """A room or equipment."""
        if db_field.name == "kind":
            kwargs["choices"] = only(ResourceKind.choices, ResourceKind.ROOM, ResourceKind.EQUIPMENT)
        return super().formfield_for_choice_field(db_field, request, **kwargs)
