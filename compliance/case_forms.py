"""Forms of a case."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.apps import apps
from django.utils import timezone

from compliance.boxes import Form, MomentField, VersionField
from compliance.case_ends import End
from compliance.enums import Priority, WaitingOn
from compliance.models import Membership, User
from compliance.roles import IN_A_PRACTICE, Role


def moment_field(label: str, **options: Any) -> MomentField:
    """A day and a time of the practice's clock."""
    return MomentField(
        label=label,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        error_messages={"required": "Enter a day and a time.", "invalid": "Enter a day and a time, like 11/27/2026 14:30."},
        **options,
    )


def still_to_come(moment: datetime | None) -> datetime | None:
    """Refuse a moment that has passed, in words."""
    if moment is not None and moment <= timezone.now():
        raise forms.ValidationError("Choose a time that is still to come.")
    return moment


class MoveForm(Form):
    """The version that was on the page, and a note."""

    version = VersionField()
    note = forms.CharField(label="Note", required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("auto_id", f"{type(self).__name__.lower()}-%s")  # several stand on one page
        super().__init__(*args, **kwargs)


class EndForm(MoveForm):
    """The same, with what came of it where the case is ended by saying so."""

    outcome = forms.ChoiceField(label="What came of it", required=False, widget=forms.RadioSelect)

    field_order = ("outcome", "note", "version")

    def __init__(self, *args: Any, ends: Sequence[End] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not ends:
            del self.fields["outcome"]
            return
        field, is_same = self.fields["outcome"], len({one.so for one in ends}) == 1
        field.choices = [(one.key, one.label if is_same else f"{one.label}. {one.so}") for one in ends]  # type: ignore[attr-defined]
        field.help_text = ends[0].so if is_same else ""
        field.initial = ends[0].key if len(ends) == 1 else None
        field.is_one_of_several = True  # type: ignore[attr-defined]  # needed to end the case, not to take it


class WaitForm(MoveForm):
    """For whom, until when."""

    on = forms.ChoiceField(label="Waiting for", choices=WaitingOn)
    until = moment_field("Until")

    def clean_until(self) -> datetime | None:
        """A moment to come."""
        return still_to_come(self.cleaned_data["until"])


class OwnerForm(Form):
    """A person of the practice, or a team."""

    to = forms.ChoiceField(label="Who does it", error_messages={"invalid_choice": "Choose a team or a member."})

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        held = Membership.objects.here().in_force(timezone.now()).select_related("user").order_by("user__name", "pk")
        self.people = {str(row.user_id): row.user for row in held}
        teams = [(role.value, f"Team: {role.label}") for role in IN_A_PRACTICE]
        people = [(key, user.name) for key, user in self.people.items()]
        self.fields["to"].choices = [("Teams", teams), ("People", people)]  # type: ignore[attr-defined]

    @property
    def person(self) -> User | None:
        """The person chosen; None when it is a team."""
        return self.people.get(self.cleaned_data["to"])

    @property
    def team(self) -> Role | str:
        """The team chosen; empty when it is a person."""
        return "" if self.person else Role(self.cleaned_data["to"])


class HandOverForm(OwnerForm, MoveForm):
    """To whom, and a note."""

    field_order = ("to", "note", "version")


class NewCaseForm(OwnerForm):
    """A task made by hand. Without a time it is due when the practice closes on its next working day."""

    summary = forms.CharField(
        label="What is to be done",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Say what is to be done."},
    )
    priority = forms.ChoiceField(choices=Priority, initial=Priority.ROUTINE)
    due_at = moment_field("Due", required=False)
    patient = forms.UUIDField(required=False, widget=forms.HiddenInput)

    field_order = ("summary", "to", "priority", "due_at", "patient")

    def clean_due_at(self) -> datetime | None:
        """A moment to come."""
        return still_to_come(self.cleaned_data["due_at"])

    def clean_patient(self) -> Any:
        """A patient of this practice; behind the wall no other is found. The model is known by its name only."""
        patient = self.cleaned_data["patient"]
        if patient and not apps.get_model("patients.Patient").objects.filter(pk=patient).exists():
            raise forms.ValidationError("There is no such patient here. Open the patient's page and start again.")
        return patient
