"""Forms of a case."""

from typing import Any

from django import forms
from django.utils import timezone

from compliance.enums import WaitingOn
from compliance.models import Membership, User
from compliance.roles import IN_A_PRACTICE, Role


class MoveForm(forms.Form):
    """The version that was on the page, and a note."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=2_000_000_000)
    note = forms.CharField(required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("auto_id", f"{type(self).__name__.lower()}-%s")  # several stand on one page
        super().__init__(*args, **kwargs)


class WaitForm(MoveForm):
    """For whom, until when. The time is the practice's."""

    on = forms.ChoiceField(label="Waiting for", choices=WaitingOn)
    until = forms.DateTimeField(
        label="Until",
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        error_messages={"required": "Enter until when.", "invalid": "Enter a day and a time."},
    )

    def clean_until(self) -> Any:
        """A moment to come."""
        until = self.cleaned_data["until"]
        if until <= timezone.now():
            raise forms.ValidationError("Choose a time that is still to come.")
        return until


class HandOverForm(MoveForm):
    """To a person of the practice, or to a team."""

    to = forms.ChoiceField(label="Hand over to")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        held = Membership.objects.in_force(timezone.now()).select_related("user").order_by("user__name", "pk")
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
