"""Forms of feeds and of calendars elsewhere."""

from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.core.exceptions import ValidationError

from compliance.boxes import Form
from compliance.models import User
from scheduling.enums import ResourceKind
from scheduling.models import OutsideCalendar, Provider, Resource
from scheduling.outside_reader import LARGEST


class FeedForm(Form):
    """Whose time the feed shows."""

    resource = forms.ModelChoiceField(
        None, label="Whose time", empty_label="Choose", error_messages={"required": "Choose a provider or a room."}
    )

    def __init__(self, *args: Any, user: User, **options: Any) -> None:
        super().__init__(*args, **options)
        rows = Resource.objects.visible_to(user).filter(kind__in=(ResourceKind.PROVIDER, ResourceKind.ROOM), is_active=True)
        self.fields["resource"].queryset = rows.order_by("kind", "name", "pk")


class OutsideForm(Form):
    """A provider's calendar elsewhere, by its address or as a file."""

    provider = forms.ModelChoiceField(
        None, label="Provider", empty_label="Choose", error_messages={"required": "Choose whose calendar it is."}
    )
    name = forms.CharField(
        label="Name",
        max_length=80,
        help_text="Shown on the board where it takes time, like Hospital. Not a patient.",
        error_messages={"required": "Give it a name, like Hospital."},
    )
    address = forms.CharField(
        label="Address",
        required=False,
        max_length=1000,
        help_text="The https:// or webcal:// address of its iCalendar feed. It is read every quarter of an hour.",
    )
    file = forms.FileField(label="Or a file", required=False, help_text="An .ics file of at most 2 MB, read once.")

    def __init__(self, *args: Any, user: User, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["provider"].queryset = providers_of(user)

    def clean_address(self) -> str:
        """An address that can be fetched."""
        address = self.cleaned_data["address"].strip()
        try:
            parts = urlsplit(address)
            is_good = parts.scheme in ("https", "webcal", "http") and bool(parts.hostname) and parts.port != 0
        except ValueError:
            is_good = False
        if address and not is_good:
            raise ValidationError("Enter an address like https://calendar.example.com/me.ics.")
        return address

    def clean_file(self) -> Any:
        """Not more than is read."""
        file = self.cleaned_data["file"]
        if file and file.size > LARGEST:
            raise ValidationError("The calendar is larger than 2 MB.")
        return file

    def clean(self) -> dict[str, Any]:
        """One of the two; a name that is new for the provider."""
        cleaned = super().clean() or self.cleaned_data
        if not self.errors and bool(cleaned["address"]) == bool(cleaned["file"]):
            self.add_error("address", "Give an address or a file, one of the two.")
        if not self.errors and OutsideCalendar.objects.filter(provider=cleaned["provider"], name=cleaned["name"]).exists():
            self.add_error("name", "This provider has a calendar of that name already.")
        return cleaned


def providers_of(user: User) -> Any:
    """Whose calendars elsewhere the user may enter: everybody's for who sets the practice up, else her own."""
    rows = Provider.objects.open_to(user).working()
    return rows if user.may("scheduling.change_set_up") else rows.filter(user=user)
