"""Boxes of the forms about patients: text, names, memorable days, phones."""

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from patients import days, phones, texts

DAY_WRONG = {
    "form": "Date of birth must be a real date, like 03/27/1985.",
    "month": "The month must be from 1 to 12: write the month first, like 03/27/1985.",
    "day": "That month has no such day: write month, day, year, like 03/27/1985.",
    "future": "Date of birth must be in the past.",
    "past": f"The year must lie within the last {days.OLDEST} years.",
}


class TextField(forms.CharField):
    """One line; empty is not known."""

    def __init__(self, *, max_length: int, required: bool = False, **options: Any) -> None:
        super().__init__(required=required, max_length=max_length, **options)
        self.widget.attrs.setdefault("autocomplete", "off")

    def clean(self, value: Any) -> str | None:
        """None for an empty box: not known."""
        return super().clean(value) or None


class NameField(TextField):
    """A part of a name; never recased."""

    default_validators = [texts.name]

    def __init__(self, *, is_one_of_several: bool = False, **options: Any) -> None:
        self.is_one_of_several = is_one_of_several  # not marked as optional: the form asks for one of them
        super().__init__(max_length=100, **options)


class DayField(forms.CharField):
    """A memorable day in one box, read as people write it; the page echoes how it was read."""

    def __init__(self, **options: Any) -> None:
        widget = forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"})
        super().__init__(max_length=40, widget=widget, **options)

    def clean(self, value: Any) -> date | None:
        """Raises ValidationError naming the part that is wrong."""
        text = super().clean(value)
        if not text:
            return None
        try:
            return days.read(text, today=timezone.localdate())
        except days.DayUnread as unread:
            raise ValidationError(DAY_WRONG[unread.part]) from unread

    def prepare_value(self, value: Any) -> Any:
        """03/27/1985."""
        return f"{value:%m/%d/%Y}" if isinstance(value, date) else value


class PhoneField(forms.CharField):
    """One phone, however written."""

    def __init__(self, **options: Any) -> None:
        widget = forms.TextInput(attrs={"type": "tel", "autocomplete": "off"})
        super().__init__(required=False, max_length=60, widget=widget, **options)

    def clean(self, value: Any) -> phones.Phone | None:
        """Raises ValidationError with an example."""
        text = super().clean(value)
        if not text:
            return None
        try:
            return phones.read(text)
        except phones.NotAPhone as error:
            raise ValidationError("Enter a phone number with its area code, like (608) 555-0123.") from error


def echo(text: str) -> str:
    """Mar 27, 1985 (41 y), or what is wrong."""
    today = timezone.localdate()
    try:
        day = days.read(text, today=today)
    except days.DayUnread as unread:
        return DAY_WRONG[unread.part]
    return f"{days.shown(day)} ({days.age(day, today=today)})"
