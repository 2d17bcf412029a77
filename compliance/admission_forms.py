"""Forms of the admission area."""

from typing import Any

from django import forms
from django.utils import timezone

from compliance.boxes import Form, VersionField

DAY = {"required": "Enter the day.", "invalid": "Enter a real date, like 03/27/2026."}


class SignForm(Form):
    """One's name, typed as a signature under the version that was on the page."""

    number = VersionField()
    name_typed = forms.CharField(
        label="Your full name",
        max_length=120,
        help_text="Typing your name here signs the agreement.",
        error_messages={"required": "Type your full name to sign."},
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )


class CertificateForm(Form):
    """A certificate as it stands on paper."""

    course = forms.CharField(max_length=120, error_messages={"required": "Enter the name of the course."})
    number = forms.CharField(
        label="Certificate number", max_length=60, error_messages={"required": "Enter the number on the certificate."}
    )
    completed_on = forms.DateField(
        label="Completed on", error_messages=DAY, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    expires_on = forms.DateField(
        label="Good until", error_messages=DAY, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    def clean_completed_on(self) -> Any:
        """Not in the future, by the practice's day."""
        day = self.cleaned_data["completed_on"]
        if day > timezone.localdate():
            raise forms.ValidationError("The day of completion must not be in the future.")
        return day

    def clean_expires_on(self) -> Any:
        """Still good, and after the completion."""
        day, completed = self.cleaned_data["expires_on"], self.cleaned_data.get("completed_on")
        if completed and day <= completed:
            raise forms.ValidationError("The certificate must end after the day of completion.")
        if day < timezone.localdate():
            raise forms.ValidationError("This certificate has run out. Enter one that is still good.")
        return day
