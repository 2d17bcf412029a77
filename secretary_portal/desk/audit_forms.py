"""The filters of the audit page."""

from datetime import date
from typing import Any

from django import forms
from django.utils import timezone

from compliance.audit.words import WORDS, words
from compliance.boxes import Form
from compliance.models import Membership
from secretary_portal.desk.trail import Filters


class AuditFilterForm(Form):
    """All optional. The patient is an opaque id, taken from a row; it is never typed."""

    patient = forms.UUIDField(required=False, widget=forms.HiddenInput)
    person = forms.UUIDField(required=False, widget=forms.Select)
    kind = forms.CharField(label="What", max_length=60, required=False, widget=forms.Select)
    first = forms.DateField(label="From", required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    last = forms.DateField(label="To", required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    refreshes = forms.BooleanField(label="Include automatic refreshes", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = dict(Membership.objects.here().order_by("user__name").values_list("user_id", "user__name"))
        self.fields["person"].widget.choices = [("", "Everybody"), *people.items()]
        kinds = sorted((words(kind), kind) for kind in WORDS)
        self.fields["kind"].widget.choices = [("", "Everything"), *((kind, said) for said, kind in kinds)]

    def clean_last(self) -> date | None:
        """Not before the first day, nor so late that the next midnight is no date."""
        first, last = self.cleaned_data.get("first"), self.cleaned_data["last"]
        if last and last > timezone.localdate().replace(month=12, day=31):
            raise forms.ValidationError("Choose a day that is not after this year.")
        if first and last and last < first:
            raise forms.ValidationError("The last day must not be before the first.")
        return last

    def filters(self) -> Filters:
        """What was understood; a filter that was not is left out."""
        return Filters(**self.cleaned_data)
