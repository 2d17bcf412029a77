"""Providers."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils import timezone

from compliance import rows
from compliance.admin_forms import PracticeForm, Refused, sentences
from compliance.admin_lists import holds, yes_or_no
from compliance.practice_admin import PracticeAdmin
from scheduling import preview, set_up
from scheduling.admin import loading
from scheduling.models import Provider

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
    sees_patients = holds("Sees patients", "is_active")
    list_display = ("short_name", "name", "specialty", "signs_in", "at_once", "sees_patients")
    list_select_related = ("resource", "user")
    list_filter = (yes_or_no("Sees patients", "is_active"),)
    search_fields = ("name", "short_name", "specialty")
    sortable_by = ("short_name", "name", "specialty")
    ordering = ("position", "name")

    def get_urls(self) -> list[Any]:
        """One page more: a spreadsheet of providers and hours."""
        load = path("load/", self.load, name="scheduling_provider_load")
        return [load, *super().get_urls()]

    def load(self, request: HttpRequest) -> HttpResponse:
        """Checked first, then loaded."""
        return loading.load(request, self.heading, self.opts)

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> Any:
        """With the way to the spreadsheet."""
        also = [("Load a spreadsheet", self.address("load"))] if self.has_add_permission(request) else []
        return super().changelist_view(request, {"also": also, **(extra_context or {})})

    @admin.display(description="Signs in as")
    def signs_in(self, row: Provider) -> str:
        """Who opens her day by signing in."""
        return row.user.name if row.user else "–"

    @admin.display(description="At once")
    def at_once(self, row: Provider) -> int:
        """How many patients she sees at one time."""
        return row.resource.capacity

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, obj: Any = None, **kwargs: Any) -> Any:
        """With what her templates give next week."""
        if obj is not None:
            context |= {"preview": preview.weeks(obj, now=timezone.localtime()), "preview_of": obj}
        return super().render_change_form(request, context, *args, obj=obj, **kwargs)

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
