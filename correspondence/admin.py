"""What a practice admin sets up of reminders and of the call desk."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin
from django.db.models import Prefetch, Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from compliance.admin_forms import LinesField, PracticeForm, Refused, sentences
from compliance.admin_lists import holds, narrowing, said, yes_or_no
from compliance.practice_admin import PracticeAdmin
from correspondence import sample, set_up, wording
from correspondence.enums import Channel
from correspondence.models import RedFlags, ReminderPlan, ReminderStep, Wording

CHANGE_PLAN = "correspondence.change_reminder_plan"
CHANNELS = {str(one.value): (str(one.label), Q(channel=one)) for one in Channel}
LANGUAGES = (
    ("en", "English"),
    ("es", "Spanish"),
    ("zh", "Chinese"),
    ("vi", "Vietnamese"),
    ("ar", "Arabic"),
    ("fr", "French"),
)


class WordingForm(PracticeForm):
    """What a reminder says; only fields that are known, and no longer than the channel carries."""

    language = forms.ChoiceField(
        choices=LANGUAGES, help_text="Patients get the one in their language, and English when there is none."
    )

    class Meta:
        help_texts = {
            "name": "The same for every language: Reminder the day before.",
            "text": "Write [[patient.given_name]], [[visit.date]], [[visit.time]], [[provider.name]], [[location.name]], "
            "[[practice.name]] or [[practice.phone]] where they belong. A text says who sends it and which number to call; "
            "how to end them (STOP) is added where it is missing.",
            "subject": "For e-mail. It can be read on a locked phone: no name, nothing about health.",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        now = self.initial.get("language")
        if "language" in self.fields and now and now not in dict(LANGUAGES):
            self.fields["language"].choices = [*LANGUAGES, (now, now)]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Say in sentences what cannot go out."""
        cleaned = super().clean()
        if "text" in cleaned:
            for problem in _problems(cleaned):
                self.add_error("subject" if "subject" in problem.lower() else "text", problem)
        return cleaned


def _problems(cleaned: dict[str, Any]) -> list[str]:
    said = [cleaned.get(name, "") for name in ("channel", "subject", "language")]
    return wording.check(cleaned["text"], *said)


@admin.register(Wording)
class WordingAdmin(PracticeAdmin):
    """What reminders say."""

    group, place, heading, one = "Reminders", 10, "Wordings", "wording"
    about = "What reminders say, by language and channel. Write these first; plans then send them."
    empty = "No wordings yet. Write the first, in English, for e-mail."
    form = WordingForm
    changed_by = CHANGE_PLAN
    writer = set_up
    in_use = holds("In use", "is_active")
    list_display = ("name", "channel", "language", "in_use")
    ordering = ("name", "channel", "language")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """With a preview once there is something to show."""
        fields = ("name", "channel", "language", "subject", "text", "is_active")
        return (*fields, "preview") if obj else fields

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """The preview."""
        return ("preview",) if obj else ()

    @admin.display(description="Preview with a made-up patient")
    def preview(self, row: Wording) -> SafeString:
        """As it was last saved, with the examples of the fields."""
        return _sample(row.subject, sample.as_sent(row))

    def change_row(self, row: Wording, form: Any, *, by: Any) -> None:
        """Says why words have to stay."""
        try:
            super().change_row(row, form, by=by)
        except set_up.WordingUsed as used:
            sentence = "A reminder step sends this wording. Give the step another wording first."
            raise Refused(next(iter(form.changed_data), None), sentence) from used

    def delete_model(self, request: HttpRequest, obj: Wording) -> None:
        """Says why words have to stay."""
        try:
            super().delete_model(request, obj)
        except set_up.WordingUsed as used:
            raise Refused(None, "A reminder step sends this wording. Give the step another wording first.") from used


class PlanForm(PracticeForm):
    """A plan for one kind of visit, or for all others."""

    words = sentences(
        ("one_plan_for_all_other_visits", "visit_type", "There is a plan for all other visits already. Choose a visit type.")
    )

    class Meta:
        labels = {"visit_type": "For"}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "visit_type" in self.fields:
            self.fields["visit_type"].empty_label = "Every visit type without a plan of its own"  # type: ignore[attr-defined]


@admin.register(ReminderPlan)
class ReminderPlanAdmin(PracticeAdmin):
    """Which visits are reminded of."""

    group, place, heading, one = "Reminders", 20, "Reminder plans", "reminder plan"
    about = "Which visits patients are reminded of. Each plan has one step or several."
    empty = "No plans yet: nobody is reminded. Add one for every visit type without a plan of its own."
    form = PlanForm
    changed_by = CHANGE_PLAN
    writer = set_up
    for_what = said("For", "visit_type", none="Every other visit type", order="visit_type__name")
    in_use = holds("In use", "is_active")
    list_display = ("name", "for_what", "goes_out", "in_use")
    list_select_related = ("visit_type",)
    list_filter = (yes_or_no("In use", "is_active"),)
    search_fields = ("name", "visit_type__name")
    sortable_by = ("name", "for_what")
    ordering = ("name",)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """With what goes out when, once there is a plan to show."""
        fields = ("name", "visit_type", "is_active")
        return (*fields, "preview") if obj else fields

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """The preview."""
        return ("preview",) if obj else ()

    @admin.display(description="Preview of a visit in two weeks")
    def preview(self, row: ReminderPlan) -> SafeString:
        """As it was last saved: when each step goes out, and in which words."""
        starts_at, found = sample.of(row, now=timezone.now())
        lines = format_html_join("", "<li><strong>{}</strong>, {}{}</li>", map(_line, found))
        steps = format_html("<ol>{}</ol>", lines) if found else "No step yet: nothing is sent."
        return format_html("<p>For a visit on {}:</p>{}", sample.words(starts_at), steps)

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        """With their steps, the first to go out in front."""
        steps = ReminderStep.objects.order_by("-hours_before", "channel", "pk")
        return super().get_queryset(request).prefetch_related(Prefetch("steps", steps))

    @admin.display(description="Goes out")
    def goes_out(self, row: ReminderPlan) -> str:
        """72 h before by E-mail, 24 h before by Text."""
        steps = [f"{one.hours_before} h before by {one.get_channel_display()}" for one in row.steps.all()]
        return ", ".join(steps) or "No step yet"

    def said_after_adding(self, row: ReminderPlan) -> str:
        """What comes next."""
        return "Reminder plan added. Now add its steps."


class StepForm(PracticeForm):
    """When, over what, in which words."""

    wording_name = forms.ChoiceField(label="Wording")

    class Meta:
        labels = {"hours_before": "Hours before the visit"}
        help_texts = {"hours_before": "24 for the day before, 72 for three days before."}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "channel" in self.fields:
            had = self.initial.get("channel")
            there = [one for one in Channel.choices if one[0] in settings.CHANNELS or one[0] == had]
            self.fields["channel"].choices = there  # type: ignore[attr-defined]
        if "wording_name" in self.fields:
            written = Wording.objects.visible_to(self.request.user).filter(is_active=True)
            names = written.order_by("name").values_list("name", flat=True).distinct()
            self.fields["wording_name"].choices = [("", "Choose"), *((name, name) for name in names)]  # type: ignore[attr-defined]


@admin.register(ReminderStep)
class ReminderStepAdmin(PracticeAdmin):
    """When reminders go out."""

    group, place, heading, one = "Reminders", 30, "Reminder steps", "reminder step"
    about = "When each reminder goes out, over which channel, in which words."
    empty = "No steps yet. Write a wording and add a plan first."
    form = StepForm
    changed_by = CHANGE_PLAN
    writer = set_up
    fields = ("plan", "hours_before", "channel", "wording_name")
    of_plan = said("Plan", "plan", order="plan__name")
    list_display = ("of_plan", "hours_before", "channel", "wording_name")
    list_select_related = ("plan",)
    list_filter = (narrowing("Channel", "channel", lambda _: CHANNELS),)
    search_fields = ("plan__name", "wording_name")
    sortable_by = ("of_plan", "hours_before", "channel", "wording_name")
    ordering = ("plan__name", "-hours_before")

    def add_row(self, row: ReminderStep, form: Any, *, by: Any) -> None:
        """Says when there are no words for the channel."""
        try:
            super().add_row(row, form, by=by)
        except set_up.NoSuchWording as missing:
            raise _no_words(row) from missing

    def change_row(self, row: ReminderStep, form: Any, *, by: Any) -> None:
        """Says when there are no words for the channel."""
        try:
            super().change_row(row, form, by=by)
        except set_up.NoSuchWording as missing:
            raise _no_words(row) from missing


def _line(sent: sample.Sent) -> tuple[str, str, SafeString]:
    return sample.words(sent.due_at), sent.channel, _sample(sent.subject, sent.text)


def _sample(subject: str, text: str) -> SafeString:
    said = wording.sampled(subject), wording.sampled(text)
    return format_html('<p class="sample"><strong>{}</strong>\n{}</p>', *said)


def _no_words(row: ReminderStep) -> Refused:
    return Refused(
        "wording_name", f"Nobody has written “{row.wording_name}” for {row.get_channel_display()}. Write it first."
    )


class RedFlagsForm(PracticeForm):
    """The signs, one on each line."""

    signs = LinesField(help_text="One on each line, as a secretary reads it out: Chest pain, Trouble breathing.")


@admin.register(RedFlags)
class RedFlagsAdmin(PracticeAdmin):
    """The signs that are asked on the phone before anything else."""

    group, place, heading, one = "Call desk", 10, "Red flags", "list of red flags"
    add_words = "Publish a new list"
    about = "Signs that make a call an emergency. The newest list is the one that is asked."
    empty = "No list yet. Ask a provider which signs need a 911 call, and enter them."
    form = RedFlagsForm
    changed_by = CHANGE_PLAN
    can_change = can_delete = False
    fields = ("signs",)
    list_display = ("list_number", "published_at", "how_many")
    ordering = ("-number",)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """The newest list, to be changed into the next."""
        newest = self.get_queryset(request).first()
        return {"signs": newest.signs if newest else []}

    @admin.display(description="List")
    def list_number(self, row: RedFlags) -> str:
        """Lists are numbered."""
        return f"List {row.number}"

    @admin.display(description="Signs")
    def how_many(self, row: RedFlags) -> int:
        """How many signs."""
        return len(row.signs)

    def add_row(self, row: RedFlags, form: Any, *, by: Any) -> None:
        """The next version; lists are never changed."""
        set_up.publish_red_flags(form.cleaned_data["signs"], by=by, now=timezone.now())
