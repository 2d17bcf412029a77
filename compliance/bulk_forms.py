"""Asking for an export."""

from datetime import timedelta
from typing import Any

from django import forms
from django.utils import timezone

from compliance.boxes import Form
from compliance.exports import SOURCES, Span
from compliance.models import User

LONGEST = timedelta(days=366)


class ExportForm(Form):
    """What, of which days, and why."""

    what = forms.ChoiceField(label="What", error_messages={"required": "Choose what to export."})
    first = forms.DateField(
        label="From",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text="For visits and audit events; patients are exported whole.",
    )
    last = forms.DateField(label="To", required=False, widget=forms.DateInput(attrs={"type": "date"}))
    reason = forms.CharField(
        label="Why",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Who asked for it and what for. It stands in the file and in the audit trail.",
        error_messages={"required": "Say why you need it and for whom."},
    )

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = [(source.key, source.title) for source in SOURCES.values() if by.may(source.permission)]
        self.fields["what"].choices = [("", "Choose"), *sorted(offered, key=lambda one: one[1])]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Days where the export has days: both, in order, a year at most, not after today for what has happened."""
        said = super().clean() or {}
        source, first, last = SOURCES.get(said.get("what", "")), said.get("first"), said.get("last")
        if source is None or not source.has_days or "first" in self.errors or "last" in self.errors:
            return said
        for name, day in (("first", first), ("last", last)):
            if day is None:
                self.add_error(name, "Enter a day.")
        if first and last and not timedelta(0) <= last - first <= LONGEST:
            self.add_error("last", "Choose a day within a year after the first.")
        return said

    def said(self) -> dict[str, Any]:
        """As `bulk.ask` takes it."""
        data = self.cleaned_data
        days = (data["first"], data["last"]) if SOURCES[data["what"]].has_days else (None, None)
        return {"what": data["what"], "reason": data["reason"], "span": Span(*days), "now": timezone.now()}


class DecideForm(Form):
    """The answer of the second person."""

    agrees = forms.ChoiceField(
        label="Your answer",
        choices=[("yes", "Agree"), ("no", "Refuse")],
        widget=forms.HiddenInput,
        error_messages={"required": "Agree or refuse."},
    )
