"""Forms about people: inviting, and answering an invitation."""

from typing import Any

from django import forms
from django.contrib.auth import password_validation

from compliance.boxes import Form
from compliance.models import Invitation, User
from compliance.models.people import ROLES


class InviteForm(Form):
    """Whom to invite, and to what."""

    email = forms.EmailField(
        label="E-mail",
        max_length=254,
        error_messages={"required": "Enter the person's e-mail.", "invalid": "Enter an e-mail like name@example.com."},
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    name = forms.CharField(
        label="Full name",
        max_length=120,
        error_messages={"required": "Enter the person's full name."},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    role = forms.ChoiceField(choices=ROLES, error_messages={"required": "Choose a role."})


class FirstPasswordForm(Form):
    """The password of somebody new, typed twice."""

    password = forms.CharField(
        max_length=256,
        strip=False,
        error_messages={"required": "Choose a password."},
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    again = forms.CharField(
        label="The same password again",
        max_length=256,
        strip=False,
        error_messages={"required": "Type the password again."},
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, invitation: Invitation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.newcomer = User(email=invitation.email, name=invitation.name)
        self.fields["password"].help_text = " ".join(password_validation.password_validators_help_texts())

    def clean_password(self) -> str:
        """Long and unguessable, the person's own words counted as known."""
        password = self.cleaned_data["password"]
        password_validation.validate_password(password, self.newcomer)
        return password

    def clean(self) -> dict[str, Any]:
        """Both the same."""
        cleaned = super().clean() or {}
        if {"password", "again"} <= cleaned.keys() and cleaned["password"] != cleaned["again"]:
            self.add_error("again", "The two passwords are not the same.")
        return cleaned
