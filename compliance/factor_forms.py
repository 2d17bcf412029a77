"""allauth's forms: for codes, with the code used up under a lock, and for what a browser says of a passkey."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast

from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm, AuthenticateWebAuthnForm, ReauthenticateWebAuthnForm
from django import forms

from compliance import factor
from compliance.audit import events
from compliance.boxes import settle
from compliance.models import User

CODE_BOX = {"inputmode": "numeric", "autocomplete": "one-time-code", "autofocus": True, "spellcheck": "false"}
LONGEST = 20
NOTHING_SENT = "Enter the code of your app, or use your passkey."
NOT_THIS_PASSKEY = "The passkey did not answer as it should. Try again, or use another way."


def _code(help_text: str) -> forms.CharField:
    field = forms.CharField(
        label="Code",
        help_text=help_text,
        max_length=LONGEST,
        widget=forms.TextInput(attrs=CODE_BOX),
        error_messages={
            "required": "Enter the code from the app.",
            "max_length": "A code is shorter: six digits from the app, or a recovery code of eight.",
        },
    )
    settle("code", field)
    return field


class _UsedUp:
    """`clean_code` of both: wrong, used and too many are one sentence."""

    user: User
    cleaned_data: dict[str, Any]

    def clean_code(self) -> str:
        """The code, used up. Raises ValidationError."""
        code = self.cleaned_data["code"]
        found = factor.use_code(self.user, code)
        if found is None:
            raise get_adapter().validation_error("incorrect_code")
        found.user = self.user
        self.authenticator = found
        return cast(str, code)


class CodeForm(_UsedUp, AuthenticateForm):
    """After the password."""

    code = _code("Six digits from the app, or one of your recovery codes")


class CodeAgainForm(_UsedUp, ReauthenticateForm):
    """Before something that wants to know once more who it is."""

    code = _code("Six digits from the app, or one of your recovery codes")


class FirstCodeForm(ActivateTOTPForm):
    """The first code proves that the app has the secret."""

    code = _code("The six digits that the app shows now")


@contextmanager
def _as_one_sentence() -> Iterator[None]:
    """Whatever is wrong with what a browser sent: fido2 raises these for JSON that is not a credential's."""
    try:
        yield
    except (forms.ValidationError, LookupError, TypeError, ValueError) as error:
        raise forms.ValidationError(NOT_THIS_PASSKEY) from error


class NewPasskeyForm(AddWebAuthnForm):
    """A passkey to add."""

    def clean(self) -> dict[str, Any]:
        """Name and credential. Raises ValidationError."""
        with _as_one_sentence():
            return cast(dict[str, Any], super().clean())


class _Answered:
    """What both have in common."""

    user: User

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["credential"].error_messages["required"] = NOTHING_SENT  # type: ignore[attr-defined]

    def clean_credential(self) -> Authenticator:
        """The passkey that answered. Raises ValidationError, recorded as a wrong code is."""
        try:
            with _as_one_sentence():
                return cast(Authenticator, super().clean_credential())  # type: ignore[misc]
        except forms.ValidationError:
            events.record("signin.failed", by=self.user, body={"why": "second factor"}, refused=True)
            raise


class PasskeyForm(_Answered, AuthenticateWebAuthnForm):
    """After the password."""


class PasskeyAgainForm(_Answered, ReauthenticateWebAuthnForm):
    """Before something that wants to know once more who it is."""
