"""Forms of the admin site: the version is carried, and what the database would refuse is said in words."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import models
from django.http import HttpRequest
from phonenumber_field.modelfields import PhoneNumberField

from compliance.boxes import MomentField, VersionField, Worded, settle
from compliance.models import FieldChange, OfficeHours

US_ZONES = (
    ("America/New_York", "Eastern (New York)"),
    ("America/Detroit", "Eastern (Michigan)"),
    ("America/Indiana/Indianapolis", "Eastern (Indiana)"),
    ("America/Chicago", "Central (Chicago)"),
    ("America/Denver", "Mountain (Denver)"),
    ("America/Boise", "Mountain (Idaho)"),
    ("America/Phoenix", "Mountain, no summer time (Arizona)"),
    ("America/Los_Angeles", "Pacific (Los Angeles)"),
    ("America/Anchorage", "Alaska"),
    ("Pacific/Honolulu", "Hawaii"),
    ("America/Puerto_Rico", "Atlantic (Puerto Rico)"),
    ("Pacific/Guam", "Guam"),
)


WIDGETS = {
    models.DateField: {"widget": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")},
    models.TimeField: {"widget": forms.TimeInput(attrs={"type": "time"}, format="%H:%M")},
    models.DateTimeField: {
        "form_class": MomentField,
        "widget": forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    },
    PhoneNumberField: {"region": "US"},
    models.TextField: {"widget": forms.Textarea(attrs={"rows": 8})},
}


@dataclass(frozen=True)
class Deed:
    """A button on a row's page: what it is called, what it does, and for which rows it is there.

    With `asks` a line to write stands beside it, posted as `said`; that long at most.
    """

    name: str
    label: str
    act: Callable[..., str]
    fits: Callable[[Any], bool]
    is_grave: bool = False
    asks: str = ""


class Refused(Exception):
    """The domain refused what was asked; `field` (None: the whole form) and `sentence` say it on the page."""

    def __init__(self, field: str | None, sentence: str) -> None:
        self.field = field
        self.sentence = sentence
        super().__init__("The change was refused.")


class PracticeForm(Worded, forms.ModelForm):
    """One row of a practice. `words` tells for a constraint's name (field, sentence); `request` is set by the admin."""

    version = VersionField(required=False)
    request: HttpRequest
    words: dict[str, tuple[str, str]] = {}
    is_stale = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.instance._state.adding:
            self.initial["version"] = self.edition()
        for name, field in self.fields.items():
            _word(field)
            settle(name, field)

    def edition(self) -> int:
        """The version of the row as it stands in the database."""
        return self.instance.version

    def values(self) -> dict[str, Any]:
        """What was changed, by the names of the row's fields."""
        own = {field.name for field in self._meta.model._meta.concrete_fields}
        return {name: self.cleaned_data[name] for name in self.changed_data if name in own - {"version"}}

    def clean(self) -> dict[str, Any]:
        """Refuse a form of an older version, and say what the domain refused."""
        cleaned = super().clean() or self.cleaned_data
        if not self.instance._state.adding and cleaned.get("version") != self.edition():
            self._say_stale()
        for refused in getattr(self.request, "refusals", ()):
            self.add_error(refused.field if refused.field in self.fields else None, refused.sentence)
        return cleaned

    def _say_stale(self) -> None:
        """Tell who changed what; what was typed stays, and saving again is then a decision."""
        self.is_stale = True
        last = FieldChange.objects.visible_to(self.request.user).of(self.instance).first()
        who = last.actor.name if last and last.actor else "Somebody"
        theirs = [
            f"{self.fields[name].label} is now “{self[name].initial}”." for name in self.changed_data if name != "version"
        ]
        ask = "Save again to use yours, or go back to keep theirs."
        self.add_error(None, " ".join([f"{who} changed this meanwhile. Your change was not saved.", *theirs, ask]))
        self.data = self.data.copy()
        self.data[self.add_prefix("version")] = str(self.edition())

    def _get_validation_exclusions(self) -> set[str]:
        """The practice takes part in the uniqueness of nearly every row."""
        return super()._get_validation_exclusions() - {"practice"}

    def _update_errors(self, errors: ValidationError) -> None:
        if hasattr(errors, "error_dict"):
            for error in errors.error_dict.pop(NON_FIELD_ERRORS, []):
                field, sentence = self._in_words(error)
                errors.error_dict.setdefault(field, []).append(ValidationError(sentence))
        super()._update_errors(errors)

    def _in_words(self, error: ValidationError) -> tuple[str, str]:
        text = " ".join(error.messages)
        for name, (field, sentence) in self.words.items():
            if f"“{name}”" in text:
                return field, sentence
        same = [name for name in (error.params or {}).get("unique_check", ()) if name in self.fields]
        if same:
            return same[-1], "There is one like this already. Change it, or go back and use that one."
        return NON_FIELD_ERRORS, text


class Asked(Refused):
    """The domain asks before it does something: `sentence` says what would become of it, `seen` stands for the answer.

    `listed` is what it is about, for the page to show; its `template` says how.
    """

    def __init__(self, sentence: str, seen: str, listed: Any = None) -> None:
        self.seen, self.listed = seen, listed
        super().__init__(None, sentence)


class AskingForm(PracticeForm):
    """A form that may ask once before it is saved. It carries what was seen: saved again, that is the answer."""

    seen = forms.CharField(required=False, max_length=80, widget=forms.HiddenInput)
    is_asked = False
    listed: Any = None

    def clean(self) -> dict[str, Any]:
        """Show what was asked."""
        cleaned = super().clean()
        for asked in getattr(self.request, "refusals", ()):
            if isinstance(asked, Asked):
                self.is_asked, self.listed = True, asked.listed
                self.data = self.data.copy()
                self.data[self.add_prefix("seen")] = asked.seen
        return cleaned

    def ask(self, sentence: str, seen: str, *, again: bool = False, listed: Callable[[], Any] | None = None) -> None:
        """Raises Asked, unless that was seen before; `again`: all the same, because another page of it is looked at."""
        if again or self.cleaned_data.get("seen") != seen:
            what = listed() if listed else None
            raise Asked(f"{sentence} Save again to do it, or go back to leave it.", seen, what)


class SomeWeekdays(forms.TypedMultipleChoiceField):
    """Several days of the week at once."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            label="Days",
            coerce=int,
            choices=OfficeHours.Weekday.choices,
            widget=forms.CheckboxSelectMultiple,
            error_messages={"required": "Choose at least one day."},
            **options,
        )


class LinesField(forms.CharField):
    """A list of short texts, one on each line."""

    def __init__(self, *, each: int = 80, **options: Any) -> None:
        self.each = each
        super().__init__(widget=forms.Textarea(attrs={"rows": 8}), **options)

    def prepare_value(self, value: Any) -> Any:
        """The list as lines."""
        return value if isinstance(value, str) or value is None else "\n".join(value)

    def clean(self, value: Any) -> list[str]:  # type: ignore[override]
        """The lines that say something, in their order, each once."""
        lines = list(dict.fromkeys(line.strip() for line in (super().clean(value) or "").splitlines() if line.strip()))
        too_long = next((line for line in lines if len(line) > self.each), None)
        if too_long:
            raise ValidationError(f"“{too_long[:30]}…” is too long: {self.each} characters at most on a line.")
        return lines

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Compare lists, not texts."""
        return self.prepare_value(initial) != (data or "").replace("\r\n", "\n").strip()


def zone_field(current: str = "", *, label: str = "Time zone") -> forms.ChoiceField:
    """The zones of the United States, and whatever zone is set already."""
    return forms.ChoiceField(label=label, choices=zones(current))


def zones(current: str = "") -> list[tuple[str, str]]:
    """Those to choose from, with the one that is set."""
    is_listed = not current or current in dict(US_ZONES)
    return [*US_ZONES, *([] if is_listed else [(current, current)])]


def sentences(*lines: tuple[str, str, str]) -> dict[str, tuple[str, str]]:
    """(constraint, field, sentence) as the `words` of a form."""
    return {constraint: (field, sentence) for constraint, field, sentence in lines}


def only(values: Iterable[tuple[Any, str]], *keep: Any) -> list[tuple[Any, str]]:
    """The choices whose value is kept."""
    return [choice for choice in values if choice[0] in keep]


def _word(field: forms.Field) -> None:
    """Say what to do, and not that something is required; a choice begins with the word Choose."""
    is_choice = isinstance(field, forms.ModelChoiceField | forms.ChoiceField)
    if not isinstance(field, SomeWeekdays | forms.MultipleChoiceField):
        field.error_messages["required"] = f"{'Choose' if is_choice else 'Enter'} the {_lower(str(field.label or 'value'))}."
    if isinstance(field, forms.ModelChoiceField):
        field.empty_label = "Choose" if field.required else "None"


def _lower(label: str) -> str:
    return label if label[:2].isupper() else label[:1].lower() + label[1:]
