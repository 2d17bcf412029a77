"""Forms of what is done during a call: visits, messages, calling back, handing on."""

from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from compliance.boxes import MomentField, VersionField
from compliance.enums import Priority
from compliance.models import User
from correspondence.call_forms import ActForm, PhoneField
from scheduling.enums import CancelReason, Initiator, Mode
from scheduling.forms import SlotField
from scheduling.models import Appointment, Provider, VisitType

PRIORITIES = [
    (Priority.ROUTINE, "Routine: by the end of the next business day"),
    (Priority.ASAP, "Same day: by closing time"),
    (Priority.URGENT, "Urgent: within an hour"),
    (Priority.STAT, "At once"),
]


class TimeForm(ActForm):
    """A free time that was clicked, of a kind of visit; `visit` when one is moved there."""

    slot = SlotField(error_messages={"required": "Choose a time."})
    type = forms.ModelChoiceField(
        VisitType.objects.none(), widget=forms.HiddenInput, error_messages={"required": "Choose the kind of visit."}
    )
    mode = forms.ChoiceField(choices=Mode, required=False)
    visit = forms.UUIDField(required=False, widget=forms.HiddenInput)
    visit_version = VersionField(required=False)
    despite = forms.BooleanField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, user: User, visit_types: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["slot"].user = user  # type: ignore[attr-defined]
        self.fields["type"].queryset = visit_types  # type: ignore[attr-defined]


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
    text = forms.CharField(
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

    phone = PhoneField(label="Number to call", help_text="Leave empty for the number of this call")
    at = MomentField(
        label="Call back at",
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        error_messages={"required": "Enter a day and a time.", "invalid": "Enter a day and a time."},
    )
    about = forms.CharField(label="About", required=False, max_length=300)

    def clean_at(self) -> datetime:
        """A moment to come."""
        moment = self.cleaned_data["at"]
        if moment <= timezone.now():
            raise ValidationError("Choose a time that is still to come.")
        return moment


class TransferForm(ActForm):
    """To whom the caller was handed on."""

    to = forms.CharField(
        label="Transferred to", max_length=120, error_messages={"required": "Enter to whom you transferred the call."}
    )
