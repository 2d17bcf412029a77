"""Forms of the call desk. Each carries the version that was on the page; sentences say what to do."""

import unicodedata
from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from compliance.enums import Priority
from correspondence.enums import OUTCOMES, Authority, CallReason, CallStatus, RedFlagAnswer, Relationship
from patients import days, phones
from patients.identity import IDENTIFIERS
from scheduling.enums import CancelReason, Initiator, Mode
from scheduling.models import Appointment, Provider, VisitType

PRIORITIES = [
    (Priority.ROUTINE, "Routine: by the end of the next business day"),
    (Priority.ASAP, "Same day: by closing time"),
    (Priority.URGENT, "Urgent: within an hour"),
    (Priority.STAT, "At once"),
]


UNSEEN = dict.fromkeys([0xAD, 0x200B, 0x200E, 0x200F, 0xFEFF, *range(0x202A, 0x202F), *range(0x2066, 0x206A)])


class LineField(forms.CharField):
    """Text as it was typed or pasted: invisible direction marks go, control characters are refused."""

    def to_python(self, value: Any) -> str:
        """Raises ValidationError for a control character; line breaks stay in a text area."""
        text = super().to_python(value).translate(UNSEEN)
        allowed = "\r\n\t" if isinstance(self.widget, forms.Textarea) else "\t"
        if any(unicodedata.category(c) == "Cc" and c not in allowed for c in text):
            raise ValidationError("This holds characters that cannot be shown. Type it again.")
        return text.strip()


class PhoneField(LineField):
    """A number in any form; kept as E.164, empty as None."""

    widget = forms.TextInput(attrs={"type": "tel", "autocomplete": "off"})

    def clean(self, value: Any) -> str | None:
        """Raises ValidationError with an example."""
        text = super().clean(value)
        if not text:
            return None
        try:
            return phones.read(text).e164
        except phones.NotAPhone as error:
            raise ValidationError("Enter a phone number with its area code, like (608) 555-0123.") from error


class TakeForm(forms.Form):
    """A call that comes in: at which practice, from which number. Both may be pasted in any form."""

    number = PhoneField(
        label="Caller’s number", required=False, max_length=60, help_text="Paste it in any form; leave empty when withheld."
    )
    dialled = PhoneField(label="Number that was dialled", required=False, max_length=60)
    practice = LineField(required=False, max_length=50, widget=forms.HiddenInput)


class ActForm(forms.Form):
    """The version of the call that was on the page."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=2_000_000_000)


class GateForm(ActForm):
    """What the caller says. Two at least; the name alone never counts."""

    candidate = forms.UUIDField(required=False, widget=forms.HiddenInput)
    name = LineField(label="Full name", required=False, max_length=200)
    birth_date = LineField(label="Date of birth", required=False, max_length=40, help_text="For example, 03/27/1985")
    phone = LineField(label="Phone on file", required=False, max_length=60)
    address = LineField(label="Address", required=False, max_length=200, help_text="House number and street")
    mrn_end = LineField(label="Last 4 of the MRN", required=False, max_length=20)

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
    name = LineField(label="Caller’s name", required=False, max_length=120)
    authority = forms.ChoiceField(label="May hear because", choices=Authority, required=False)
    source = LineField(
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
    why = LineField(label="Why is it taken back?", required=False, max_length=200)

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
    who = LineField(label="With whom", required=False, max_length=120, help_text="The person’s name")
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


class TimeForm(ActForm):
    """A free time that was clicked: `provider|moment`, of a kind of visit; `visit` when one is moved there."""

    time = forms.CharField(max_length=100, widget=forms.HiddenInput, error_messages={"required": "Choose a time."})
    type = forms.ModelChoiceField(
        VisitType.objects.none(), widget=forms.HiddenInput, error_messages={"required": "Choose the kind of visit."}
    )
    mode = forms.ChoiceField(choices=Mode, required=False)
    visit = forms.UUIDField(required=False, widget=forms.HiddenInput)
    visit_version = forms.IntegerField(required=False, min_value=1, max_value=2_000_000_000, widget=forms.HiddenInput)
    despite = forms.BooleanField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, providers: Any, visit_types: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.providers = providers
        self.fields["type"].queryset = visit_types  # type: ignore[attr-defined]

    def clean_time(self) -> tuple[Provider, datetime]:
        """The provider and the moment."""
        key, _, text = self.cleaned_data["time"].partition("|")
        provider = next((one for one in self.providers if str(one.pk) == key), None)
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            moment = None
        if provider is None or moment is None or moment.tzinfo is None:
            raise ValidationError("Choose a time from the list.")
        return provider, moment


class VisitForm(ActForm):
    """One of the patient's visits."""

    visit = forms.ModelChoiceField(
        Appointment.objects.none(), widget=forms.HiddenInput, error_messages={"required": "Choose the visit."}
    )

    def __init__(self, *args: Any, visits: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["visit"].queryset = visits  # type: ignore[attr-defined]


class CancelForm(VisitForm):
    """Why a visit is called off, and by whose wish. She told us herself: she is on the phone."""

    reason = forms.ChoiceField(label="Why", choices=CancelReason, initial=CancelReason.PATIENT)
    initiator = forms.ChoiceField(label="Whose wish", choices=Initiator, initial=Initiator.PATIENT)


class MessageForm(ActForm):
    """What a provider is to know, and how fast."""

    provider = forms.ModelChoiceField(
        Provider.objects.none(), label="For", empty_label=None, error_messages={"required": "Choose for whom it is."}
    )
    priority = forms.ChoiceField(label="How fast", choices=PRIORITIES)
    text = LineField(
        label="Message",
        max_length=1500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="What the caller said and wants to know, in the caller’s words",
        error_messages={"required": "Write what the caller said."},
    )
    add = forms.BooleanField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, providers: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["provider"].queryset = providers  # type: ignore[attr-defined]


class CallbackForm(ActForm):
    """When and where somebody is called back."""

    phone = PhoneField(
        label="Number to call", required=False, max_length=60, help_text="Leave empty for the number of this call"
    )
    at = forms.DateTimeField(
        label="Call back at",
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        error_messages={"required": "Enter a day and a time.", "invalid": "Enter a day and a time."},
    )
    about = LineField(label="About", required=False, max_length=300)

    def clean_at(self) -> datetime:
        """A moment to come."""
        moment = self.cleaned_data["at"]
        if moment <= timezone.now():
            raise ValidationError("Choose a time that is still to come.")
        return moment


class TransferForm(ActForm):
    """To whom the caller was handed on."""

    to = LineField(
        label="Transferred to", max_length=120, error_messages={"required": "Enter to whom you transferred the call."}
    )


class CloseForm(ActForm):
    """How the call ended. The summary is made of the steps and may be changed."""

    summary = LineField(
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
