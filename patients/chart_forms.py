"""Forms about who may open a chart."""

from typing import Any

from django import forms
from django.utils import timezone

from compliance.boxes import Form
from compliance.models import GlassReason, Membership, Relation, User


class GlassForm(Form):
    """Why a restricted chart must be opened now."""

    reason = forms.ChoiceField(label="Why", choices=GlassReason, error_messages={"required": "Choose why."})
    words = forms.CharField(
        label="In your words",
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Who needs what, and why it cannot wait. Whoever reviews it reads this.",
        error_messages={"required": "Say in a sentence why you open this chart."},
    )

    def said(self) -> dict[str, Any]:
        """As `charts.break_glass` takes it."""
        return {"reason": GlassReason(self.cleaned_data["reason"]), "words": self.cleaned_data["words"]}


class PersonForm(Form):
    """One person who works here."""

    person = forms.ChoiceField(label="Person", error_messages={"required": "Choose a person."})

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("auto_id", f"{type(self).__name__.lower()}-%s")  # two stand on one page
        super().__init__(*args, **kwargs)
        held = Membership.objects.here().in_force(timezone.now()).select_related("user").order_by("user__name", "pk")
        self.people = {str(row.user_id): row.user for row in held}
        choices = [("", "Choose"), *((key, user.name) for key, user in self.people.items())]
        self.fields["person"].choices = choices  # type: ignore[attr-defined]

    @property
    def chosen(self) -> User:
        """Who was chosen."""
        return self.people[self.cleaned_data["person"]]


class BarForm(PersonForm):
    """Who keeps out of the chart, being what to the patient."""

    relation = forms.ChoiceField(label="What she is to the patient", choices=Relation)
