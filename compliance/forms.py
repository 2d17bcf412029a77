"""Forms of the floor."""

from functools import partial
from typing import Any

from allauth.account.forms import (
    ChangePasswordForm,
    LoginForm,
    ReauthenticateForm,
    ResetPasswordForm,
    ResetPasswordKeyForm,
)
from django import forms
from django.db import transaction
from django.http import HttpRequest

from compliance import door
from compliance.audit import events
from compliance.boxes import settle
from compliance.passwords import LongAndUnguessable

ENTER_EMAIL = {"required": "Enter your e-mail.", "invalid": "Enter an e-mail like name@practice.example."}

TRIED_TOO_OFTEN = "The present password was wrong too often. Wait 15 minutes, or reset the password."
ASKED_TOO_OFTEN = "A link was asked for too often with this e-mail. Wait a minute, then ask again."


def _say(field: forms.Field, label: str, errors: dict[str, str], hint: str = "") -> None:
    """Give a field of allauth's our words, and no placeholder."""
    field.label, field.help_text = label, hint
    field.error_messages |= errors
    field.widget.attrs.pop("placeholder", None)
    settle(label, field)


class SignInForm(LoginForm):
    """E-mail and password; nothing is remembered on a shared computer."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _say(self.fields["login"], "E-mail", ENTER_EMAIL)
        _say(self.fields["password"], "Password", {"required": "Enter your password."})


class AskForResetForm(ResetPasswordForm):
    """The e-mail that the link goes to."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _say(self.fields["email"], "E-mail", ENTER_EMAIL)

    def clean_email(self) -> str:
        """The e-mail, counted whether somebody has it or not. Raises ValidationError."""
        email = super().clean_email()
        if not door.RESETS_OF_ONE.admits(door.account(door.normalised_name(None, {"email": email}))):
            raise forms.ValidationError(ASKED_TOO_OFTEN)
        return email

    def save(self, request: HttpRequest, **kwargs: Any) -> str:
        """Send nothing yet: the view does, once the answer has left, so that known and unknown cost the same."""
        request.send_link = partial(super().save, request, **kwargs)  # type: ignore[attr-defined]
        return str(self.cleaned_data["email"])


class NewPasswordForm(ResetPasswordKeyForm):
    """A new password, typed once and once more."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _say_new(self.fields)

    def save(self) -> None:
        """Keep it, and record that."""
        with transaction.atomic():
            super().save()
            events.record("password.reset", by=self.user)


class PasswordAgainForm(ReauthenticateForm):
    """The password once more, before something that wants to know who it is."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _say(self.fields["password"], "Password", {"required": "Enter your password."})


class OtherPasswordForm(ChangePasswordForm):
    """The password one has, and the one to come."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _say(self.fields["oldpassword"], "Present password", {"required": "Enter your present password."})
        _say_new(self.fields)

    def clean_oldpassword(self) -> str:
        """The present password, each try counted before it is looked at. Raises ValidationError."""
        mine = str(self.user.pk)
        if not door.PRESENT_PASSWORD.admits(mine):
            events.record("password.refused", by=self.user, body={"why": "too many tries"}, refused=True)
            raise forms.ValidationError(TRIED_TOO_OFTEN)
        try:
            present = super().clean_oldpassword()
        except forms.ValidationError:
            events.record("password.refused", by=self.user, refused=True)
            raise
        door.PRESENT_PASSWORD.give_back(mine)
        return str(present)

    def save(self) -> None:
        """Keep it, and record that."""
        with transaction.atomic():
            super().save()
            events.record("password.changed", by=self.user)


def _say_new(fields: dict[str, forms.Field]) -> None:
    _say(fields["password1"], "New password", {"required": "Enter a new password."}, LongAndUnguessable().get_help_text())
    _say(fields["password2"], "New password, once more", {"required": "Enter the new password once more."})
