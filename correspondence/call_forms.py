"""Forms of the call desk. Each carries the version that was on the page; sentences say what to do."""

from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from compliance.boxes import Form, PastedField, VersionField
from correspondence.enums import OUTCOMES, Authority, CallReason, CallStatus, RedFlagAnswer, Relationship
from patients import days
from patients.fields import PhoneField as AnyPhoneField
from patients.identity import IDENTIFIERS


class PhoneField(AnyPhoneField, PastedField):
    """A number in any form; kept as E.164, empty as None."""

    def clean(self, value: Any) -> str | None:  # type: ignore[override]
        """Raises ValidationError with an example."""
        phone = super().clean(value)
        return phone.e164 if phone else None


class TakeForm(Form):
    """A call that comes in: at which practice, from which number. Both may be pasted in any form."""

    number = PhoneField(label="Caller’s number", help_text="Paste it in any form; leave empty when withheld.")
    dialled = PhoneField(label="Number that was dialled")
    practice = forms.CharField(required=False, max_length=50, widget=forms.HiddenInput)


class ActForm(Form):
    """The version of the call that was on the page."""

    version = VersionField()


class GateForm(ActForm):
    """What the caller says. Two at least; the name alone never counts."""

    candidate = forms.UUIDField(required=False, widget=forms.HiddenInput)
    name = forms.CharField(label="Full name", required=False, max_length=200)
    birth_date = forms.CharField(label="Date of birth", required=False, max_length=40, help_text="For example, 03/27/1985")
    phone = forms.CharField(label="Phone on file", required=False, max_length=60)
    address = forms.CharField(label="Address", required=False, max_length=200, help_text="House number and street")
    mrn_end = forms.CharField(label="Last 4 of the MRN", required=False, max_length=20)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for kind in IDENTIFIERS:
            self.fields[kind].widget.attrs |= {"autocomplete": "off", "spellcheck": "false"}
        self.fields["birth_date"].widget.attrs["inputmode"] = "numeric"

    def clean_birth_date(self) -> str:
        """A real day, said back as it was typed."""
        text = self.cleaned_data["birth_date"]
        if not text:
            return ""
        try:
            days.read(text, today=timezone.localdate())
        except days.DayUnread as unread:
            raise ValidationError(DAY_UNREAD[unread.part]) from unread
        return text

    def clean(self) -> dict[str, Any]:
        """Ask for two."""
        data = super().clean() or {}
        if not self.errors and len(self.said) < 2:
            raise ValidationError("Ask for two at least: the full name and the date of birth, say.")
        return data

    @property
    def said(self) -> dict[str, str]:
        """What was filled in, by kind."""
        return {kind: self.cleaned_data[kind] for kind in IDENTIFIERS if self.cleaned_data.get(kind)}


DAY_UNREAD = {
    "form": "Date of birth must be a real date, like 03/27/1985.",
    "month": "The month of birth must be between 1 and 12, like 03/27/1985.",
    "day": "That month has no such day. Ask again, like 03/27/1985.",
    "future": "Date of birth must be in the past.",
    "past": "The year of birth is too long ago. Ask again, like 03/27/1985.",
}


class CallerForm(ActForm):
    """Who the caller is to the patient, and by what right she hears anything."""

    relationship = forms.ChoiceField(label="The caller is", choices=Relationship)
    name = forms.CharField(label="Caller’s name", required=False, max_length=120)
    authority = forms.ChoiceField(label="May hear because", choices=Authority, required=False)
    source = forms.CharField(
        label="Where that is written",
        required=False,
        max_length=200,
        help_text="The consent’s number, the document, or why you judge so",
    )


class ReasonForm(ActForm):
    """What the call is about."""

    reason = forms.ChoiceField(
        label="What is it about?",
        choices=CallReason,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what the call is about."},
    )


class FlagsForm(ActForm):
    """Which signs of the list the caller named. `signs` come from the list that the call is asked by."""

    signs = forms.MultipleChoiceField(required=False, widget=forms.CheckboxSelectMultiple)
    why = forms.CharField(label="Why is it taken back?", required=False, max_length=200)

    def __init__(self, *args: Any, signs: list[str], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["signs"].choices = [(sign, sign) for sign in signs]  # type: ignore[attr-defined]


class AnswerForm(ActForm):
    """What was done about a red flag, with whom, when."""

    answer = forms.ChoiceField(
        label="What was done?",
        choices=[choice for choice in RedFlagAnswer.choices if choice[0]],
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what was done."},
    )
    who = forms.CharField(label="With whom", required=False, max_length=120, help_text="The person’s name")
    at = forms.TimeField(
        label="At",
        required=False,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        help_text="Leave empty for now",
        error_messages={"invalid": "Enter a time, like 9:15 AM."},
        input_formats=["%H:%M", "%H:%M:%S", "%I:%M %p", "%I:%M%p"],
    )

    def clean_at(self) -> datetime:
        """Today at that time of the practice's clock; now when it was left empty."""
        now = timezone.localtime()
        said = self.cleaned_data["at"]
        moment = datetime.combine(now.date(), said, now.tzinfo) if said else now
        if moment > now:
            raise ValidationError("That time has not come yet.")
        return moment


class CloseForm(ActForm):
    """How the call ended. The summary is made of the steps and may be changed."""

    summary = forms.CharField(
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": "Write a sentence about the call."},
    )
    reason = forms.ChoiceField(
        label="About",
        choices=[("", "Choose"), *CallReason.choices],
        error_messages={"required": "Choose what the call was about."},
    )
    outcome = forms.ChoiceField(
        choices=[(status.value, status.label) for status in CallStatus if status in OUTCOMES - {CallStatus.ABANDONED}],
        error_messages={"required": "Choose how it ended."},
    )
