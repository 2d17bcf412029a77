"""What a report is asked about. All of it stands in the address, and none of it is health data."""

from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms

from compliance.boxes import Form
from compliance.models import User
from compliance.moments import near
from scheduling.forms import DAY, kinds
from scheduling.reports import BY, LONGEST, Span

USUAL = timedelta(weeks=12)


class ReportForm(Form):
    """A period, by what, and the kind of visit whose next times are looked for."""

    first = forms.DateField(label="From", widget=DAY, validators=[near], error_messages={"required": "Enter the first day."})
    last = forms.DateField(label="To", widget=DAY, validators=[near], error_messages={"required": "Enter the last day."})
    by = forms.ChoiceField(label="By", choices=[(key, words) for key, (words, *_) in BY.items()])
    kind = forms.ModelChoiceField(None, label="Third next time for", empty_label=None, required=False)

    def __init__(self, *args: Any, user: User, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["kind"].queryset = kinds(user)

    def clean(self) -> dict[str, Any]:
        """A period of at most a year, not ending before it begins."""
        cleaned = super().clean() or self.cleaned_data
        first, last = cleaned.get("first"), cleaned.get("last")
        if first and last and last < first:
            self.add_error("last", "The last day must be on or after the first.")
        elif first and last and last - first > LONGEST:
            self.add_error("last", "Choose a period of at most one year.")
        return cleaned

    def span(self, zone: ZoneInfo) -> Span:
        """The period in a zone."""
        return Span(self.cleaned_data["first"], self.cleaned_data["last"], zone)


def usual(data: Any, *, today: date) -> dict[str, Any]:
    """What was asked, with the last twelve weeks by provider where nothing was."""
    return {"first": (today - USUAL).isoformat(), "last": today.isoformat(), "by": "provider", **data.dict()}
