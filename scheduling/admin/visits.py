"""Kinds of visits, what they take, and how many of them a day has room for."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db import models
from django.http import HttpRequest

from compliance.admin_forms import AskingForm, LinesField, PracticeForm, sentences
from compliance.admin_lists import holds, said, yes_or_no
from compliance.practice_admin import PracticeAdmin
from scheduling import set_up
from scheduling.admin.narrowing import by_kind, by_mode, by_provider
from scheduling.admin.things import Capacitated, Following
from scheduling.enums import Mode, ResourceKind
from scheduling.local import hours_long
from scheduling.models import DailyLimit, Need, Resource, VisitType

SET_UP = "scheduling.change_set_up"


class VisitTypeForm(PracticeForm):
    """A kind of visit."""

    modes = forms.MultipleChoiceField(
        label="How it takes place",
        choices=Mode.choices,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choose at least one."},
    )
    preparation = LinesField(
        label="Must be there before",
        required=False,
        help_text="One on each line: Referral, Prior authorization, Intake form. The visit shows what is missing.",
    )
    words = sentences(
        ("visit_type_lasts", "minutes", "A visit lasts between 5 and 720 minutes."),
        ("visit_type_lasts_for_new", "new_minutes", "A visit lasts between 5 and 720 minutes."),
        ("visit_type_buffers_are_not_long", "buffer_before", "Keep at most 720 minutes free before, and after."),
    )

    class Meta:
        labels = {"minutes": "Length, minutes", "new_minutes": "Length for a new patient, minutes"}
        help_texts = {
            "new_minutes": "Leave empty when it takes as long for everybody.",
            "internal_note": "For the desk only: what to ask, whom to call. Patients never see it.",
            "buffer_before": "For getting ready; nobody else is booked then.",
            "capacity": "1, or more for groups.",
            "lead_hours": "0: it can be booked for right now.",
            "instructions": "Read out when booking, and sent with reminders: what to bring, when to come.",
            "is_active": "Untick to stop offering it; visits already booked stay.",
        }


@admin.register(VisitType)
class VisitTypeAdmin(Capacitated):
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
        "new_minutes",
        "buffer_before",
        "buffer_after",
        "modes",
        "capacity",
        "lead_hours",
        "needs_coverage",
        "preparation",
        "instructions",
        "internal_note",
        "position",
        "is_active",
    )
    offered = holds("Offered", "is_active")
    list_display = ("name", "length", "around", "ways", "capacity", "ahead", "offered")
    list_filter = (by_mode(), yes_or_no("Offered", "is_active"))
    search_fields = ("name",)
    sortable_by = ("name", "length")
    ordering = ("position", "name")

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """Most visits are in the office."""
        return {"modes": [Mode.OFFICE], "minutes": 20}

    @admin.display(description="Kept free")
    def around(self, row: VisitType) -> str:
        """10 min before, 5 min after."""
        free = ((row.buffer_before, "before"), (row.buffer_after, "after"))
        return ", ".join(f"{minutes} min {where}" for minutes, where in free if minutes) or "–"

    @admin.display(description="Booked ahead")
    def ahead(self, row: VisitType) -> str:
        """How long before it is booked at the latest."""
        return hours_long(row.lead_hours) if row.lead_hours else "–"

    @admin.display(description="Length", ordering="minutes")
    def length(self, row: VisitType) -> str:
        """20 min, 40 new."""
        return f"{row.minutes} min" + (f", {row.new_minutes} new" if row.new_minutes else "")

    @admin.display(description="How")
    def ways(self, row: VisitType) -> str:
        """In the office, Video."""
        return ", ".join(Mode(mode).label for mode in row.modes)


class NeedForm(AskingForm):
    """One room or machine, or any of a group."""

    words = sentences(("need_names_one_or_a_group", "group", "Choose one room or machine, or name a group."))

    class Meta:
        labels = {"resource": "This room or machine", "group": "Or any of the group"}
        help_texts = {"group": "As it stands with the rooms, like exam room. The lowest free one is taken."}

    def clean(self) -> dict[str, Any]:
        """A group that nothing belongs to would leave the kind without a single free time."""
        cleaned = super().clean()
        group = cleaned.get("group")
        if group and not Resource.objects.visible_to(self.request.user).filter(group=group).exists():  # type: ignore[arg-type]
            self.add_error("group", "No room or machine belongs to this group. Name the group at the rooms first.")
        return cleaned


@admin.register(Need)
class NeedAdmin(Following):
    """Rooms and machines that kinds of visits take."""

    group, place, heading, one = "Visit types", 20, "Rooms and machines needed", "need"
    about = "What a kind of visit takes besides its provider. It is taken when the visit is booked, and only then offered."
    empty = "No kind of visit needs a room or machine of its own yet."
    form = NeedForm
    changed_by = SET_UP
    writer = set_up
    fields = ("visit_type", "resource", "group")
    of_what = said("Visit type", "visit_type", order="visit_type__name")
    list_display = ("of_what", "needs")
    list_select_related = ("visit_type", "resource")
    list_filter = (by_kind(),)
    search_fields = ("visit_type__name", "resource__name", "group")
    sortable_by = ("of_what",)
    ordering = ("visit_type__position", "visit_type__name")

    @admin.display(description="Needs")
    def needs(self, row: Need) -> str:
        """The room, or any of a group."""
        return f"Any of the group {row.group}" if row.group else str(row.resource)

    def choices_of(self, model: type[models.Model], request: HttpRequest) -> models.QuerySet:
        """Rooms and machines; a provider's own time is hers."""
        found = super().choices_of(model, request)
        return found.exclude(kind=ResourceKind.PROVIDER).order_by("name") if model is Resource else found


class DailyLimitForm(PracticeForm):
    """At most so many a day."""

    words = sentences(("daily_limit_allows_one", "most", "At least one visit a day."))

    class Meta:
        labels = {"provider": "For", "visit_type": "Visit type", "new_only": "New patients only", "most": "At most a day"}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, words in (("provider", "Each provider"), ("visit_type", "All together")):
            if name in self.fields:
                self.fields[name].empty_label = words  # type: ignore[attr-defined]


@admin.register(DailyLimit)
class DailyLimitAdmin(PracticeAdmin):
    """How many visits a day has room for."""

    group, place, heading, one = "Visit types", 30, "Daily limits", "daily limit"
    about = "At most so many visits a day with a provider: four new patients, two procedures."
    empty = "No daily limits yet."
    form = DailyLimitForm
    changed_by = SET_UP
    writer = set_up
    fields = ("provider", "visit_type", "new_only", "most")
    for_whom = said("With", "provider", none="Each provider", order="provider__name")
    of_what = said("Visit type", "visit_type", none="All together", order="visit_type__name")
    list_display = ("at_most", "for_whom", "of_what")
    list_select_related = ("provider", "visit_type")
    list_filter = (by_provider(), by_kind(), yes_or_no("Counts", "new_only", ("New patients", "Everybody")))
    sortable_by = ("at_most", "for_whom", "of_what")
    ordering = ("provider__position", "visit_type__position", "most")

    @admin.display(description="At most", ordering="most")
    def at_most(self, row: DailyLimit) -> str:
        """4 new patients a day."""
        what = "new patient" if row.new_only else "visit"
        return f"{row.most} {what}{'s' if row.most > 1 else ''} a day"
