"""What every form has in common: it refuses what nobody types, and says what to do in whole sentences.

`Form` is the base of the portal's forms. A field keeps the sentences that it was given; where Django's own would be
shown ("Enter a valid value"), ours stand instead.
"""

import re
from datetime import UTC, datetime
from functools import cache
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import ProhibitNullCharactersValidator
from django.forms.utils import pretty_name
from django.utils import timezone
from phonenumber_field.formfields import PhoneNumberField

from compliance import moments, texts
from compliance.models.base import LARGEST_VERSION

INCOMPLETE = "Part of this page could not be read. Reload it and try again."
TOO_LONG = "Use at most %(limit_value)d characters."
CHOOSE = "Choose one of those that are offered."
_STOCK = re.compile(
    r"(?:Enter|Select|Upload) an? (?:valid|whole|complete|number|list)|Enter a number\.|This field|Ensure |Null characters"
    r"|No file was|The submitted|“.*” is not"
)
_NUMBER = {
    "invalid": "Enter a whole number, like 15.",
    "min_value": "Enter %(limit_value)s or more.",
    "max_value": "Enter %(limit_value)s or less.",
}
_KINDS: list[tuple[type[forms.Field], dict[str, str]]] = [
    (forms.CharField, {"max_length": TOO_LONG, "min_length": "Use at least %(limit_value)d characters."}),
    (PhoneNumberField, {"invalid": "Enter a phone number, like (608) 555-0123."}),
    (forms.EmailField, {"invalid": "Enter an e-mail address, like name@example.com."}),
    (forms.URLField, {"invalid": "Enter a web address, like https://www.example.com."}),
    (forms.IntegerField, _NUMBER),
    (forms.DateField, {"invalid": "Enter a real date, like 03/27/2026."}),
    (forms.DateTimeField, {"invalid": "Enter a day and a time, like 11/27/2026 14:30."}),
    (forms.TimeField, {"invalid": "Enter a time, like 9:15 AM."}),
    (forms.ChoiceField, {"invalid_choice": CHOOSE, "invalid_list": CHOOSE}),
    (forms.ModelMultipleChoiceField, {"invalid_pk_value": CHOOSE}),
    (
        forms.FileField,
        {
            "invalid": "Choose the file again.",
            "missing": "Choose a file.",
            "empty": "The file is empty. Choose another.",
            "max_length": "The file's name is too long. Give it a shorter one.",
        },
    ),
]
_CODES = ("invalid", "invalid_choice", "invalid_list", "max_length", "min_value", "max_value", "invalid_pk_value")


class Worded(forms.BaseForm):
    """A form that words what Django words inside the fields."""

    def add_error(self, field: str | None, error: Any) -> None:
        """A choice with a NUL in it is none of those offered."""
        if getattr(error, "code", "") == "null_characters_not_allowed":
            error = ValidationError(CHOOSE)
        super().add_error(field, error)


class Form(Worded, forms.Form):
    """A form of the portal: each field settled, once for each class."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        _settle_class(type(self))
        super().__init__(*args, **kwargs)


class VersionField(forms.IntegerField):
    """The version of a row that was on the page."""

    widget = forms.HiddenInput

    def __init__(self, **options: Any) -> None:
        super().__init__(min_value=1, max_value=LARGEST_VERSION, **options)


class PastedField(forms.CharField):
    """One line that is often pasted: unseen direction marks around it are dropped."""

    def to_python(self, value: Any) -> str:
        """What is left, stripped."""
        return texts.without_marks(super().to_python(value) or "").strip()


class MomentField(forms.DateTimeField):
    """A day and a time of the practice's clock; an hour that the clocks skip or pass twice is refused in words."""

    default_validators = [moments.near]

    def to_python(self, value: Any) -> datetime | None:
        """Raises ValidationError that tells which of both it is."""
        try:
            return super().to_python(value)
        except ValidationError as error:
            if error.code != "ambiguous_timezone" or not error.params:
                raise
            raise ValidationError(_of_the_clocks(error.params["datetime"])) from error


def settle(name: str, field: forms.Field) -> None:
    """Give a field the sentences that it lacks, and let it refuse what nobody types."""
    for code, sentence in _sentences(name, field).items():
        if _STOCK.match(str(field.error_messages.get(code, "This field"))):
            field.error_messages[code] = sentence
    if isinstance(field, forms.CharField) and not isinstance(field, forms.UUIDField):
        field.validators = [one for one in field.validators if not isinstance(one, ProhibitNullCharactersValidator)]
        _add(field, texts.plain_lines if _has_lines(field) else texts.plain)
    elif isinstance(field, forms.DateField | forms.DateTimeField):
        _add(field, moments.near)


def _sentences(name: str, field: forms.Field) -> dict[str, str]:
    said = {"required": _required(name, field)}
    for kind, sentences in _KINDS:
        if isinstance(field, kind):
            said |= sentences
    if field.widget.is_hidden:
        said |= dict.fromkeys(("required", *_CODES), INCOMPLETE)
    return said | ({"invalid": INCOMPLETE} if isinstance(field, forms.UUIDField) else {})


def _required(name: str, field: forms.Field) -> str:
    label = field.label or pretty_name(name)
    return f"Choose one under “{label}”." if isinstance(field, forms.ChoiceField) else f"Fill in “{label}”."


def _add(field: forms.Field, validator: Any) -> None:
    if validator not in field.validators:
        field.validators = [*field.validators, validator]


def _has_lines(field: forms.Field) -> bool:
    return isinstance(field.widget, forms.Textarea)


@cache
def _settle_class(form_class: type[forms.Form]) -> None:
    for name, field in form_class.base_fields.items():  # type: ignore[attr-defined]
        settle(name, field)


def _of_the_clocks(naive: datetime) -> str:
    if not moments.is_near(naive):
        return moments.OTHER_AGE
    zone = timezone.get_current_timezone()
    back = naive.replace(tzinfo=zone).astimezone(UTC).astimezone(zone)
    when = f"{naive:%-I:%M %p} on {naive:%B %-d, %Y}"
    if back.replace(tzinfo=None) != naive:
        return f"The clocks go forward that night and {when} does not exist. Choose a time before or after it."
    return f"The clocks go back that night and {when} comes twice. Choose a time before or after it."
