"""Forms of the wait list, of recall, and of offers."""

from datetime import date, timedelta
from typing import Any

from dateutil.relativedelta import relativedelta  # six months on, also from the 31st
from django import forms
from django.conf import settings
from django.utils import timezone

from compliance.boxes import Form, VersionField
from compliance.models import Location, User
from scheduling.enums_waiting import AttemptResult, Band, Method, OfferChannel, RemovedBecause
from scheduling.forms import DAY, WeekdaysField, kinds
from scheduling.models import Provider, WaitEntry
from scheduling.models.waiting import EVERY_DAY

TIME = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
FARTHEST = timedelta(days=366 * 5)
MONTHS = [("1", "In 1 month"), ("3", "In 3 months"), ("6", "In 6 months"), ("12", "In 1 year"), ("", "On the day below")]
HOURS = [("1", "1 hour"), ("4", "4 hours"), ("24", "1 day")]


class WishForm(Form):
    """What somebody wishes who waits for a time."""

    visit_type = forms.ModelChoiceField(None, label="Kind of visit", empty_label=None)
    provider = forms.ModelChoiceField(None, label="Provider", required=False, empty_label="Any provider")
    band = forms.TypedChoiceField(choices=Band.choices, coerce=int, initial=Band.ROUTINE, label="How soon")
    locations = forms.ModelMultipleChoiceField(
        None, required=False, label="Places", widget=forms.CheckboxSelectMultiple, help_text="None chosen: any place."
    )
    weekdays = WeekdaysField(label="Weekdays", help_text="None chosen: any day.")
    from_time = forms.TimeField(required=False, label="From", widget=TIME)
    until_time = forms.TimeField(required=False, label="Until", widget=TIME)
    earliest_on = forms.DateField(required=False, label="First day", widget=DAY)
    latest_on = forms.DateField(required=False, label="Last day", widget=DAY)
    min_notice_hours = forms.IntegerField(min_value=0, max_value=24 * 60, initial=2, label="Notice that is needed, in hours")
    telehealth_ok = forms.BooleanField(required=False, label="Video or phone is fine")
    expires_on = forms.DateField(required=False, label="Drop the wish after", widget=DAY)
    note = forms.CharField(max_length=500, required=False, label="Internal note", widget=forms.Textarea(attrs={"rows": 2}))
    version = VersionField(required=False)

    def __init__(self, *args: Any, user: User, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["visit_type"].queryset = kinds(user)
        self.fields["provider"].queryset = Provider.objects.open_to(user).working()
        self.fields["locations"].queryset = Location.objects.visible_to(user).filter(is_active=True).order_by("name", "pk")

    def clean(self) -> dict[str, Any]:
        """Ends lie after beginnings."""
        said = super().clean() or self.cleaned_data
        if said.get("from_time") and said.get("until_time") and said["until_time"] <= said["from_time"]:
            self.add_error("until_time", "Enter a time after the one the patient can come from.")
        if said.get("earliest_on") and said.get("latest_on") and said["latest_on"] < said["earliest_on"]:
            self.add_error("latest_on", "Enter a day that is not before the first one.")
        return said

    def wishes(self) -> dict[str, Any]:
        """As `waitlist.add` and `waitlist.change` take them."""
        said = {name: self.cleaned_data[name] for name in self.cleaned_data if name not in ("visit_type", "version")}
        said["locations"] = [place.pk for place in said["locations"]]
        said["weekdays"] = sum(1 << day for day in said["weekdays"]) or EVERY_DAY
        return said


def as_initial(entry: WaitEntry) -> dict[str, Any]:
    """What the form shows of an entry."""
    names = ("visit_type", "provider", "band", "locations", "from_time", "until_time", "earliest_on", "latest_on")
    more = ("min_notice_hours", "telehealth_ok", "expires_on", "note", "version")
    days = [] if entry.weekdays == EVERY_DAY else [day for day in range(7) if entry.weekdays & (1 << day)]
    said = {name: getattr(entry, name) for name in (*names, *more)}
    return said | {"visit_type": entry.visit_type_id, "provider": entry.provider_id, "weekdays": days}


def offered_by() -> list[tuple[str, str]]:
    """The ways of an offer that this portal has: texts need a gateway."""
    return [one for one in OfferChannel.choices if one[0] != OfferChannel.TEXT or "text" in settings.CHANNELS]


class OfferForm(Form):
    """To whom a free time is offered, how, and for how long."""

    entries = forms.ModelMultipleChoiceField(
        None, error_messages={"required": "Choose at least one person to offer the time to."}
    )
    channel = forms.ChoiceField(choices=offered_by, label="By")
    hours = forms.TypedChoiceField(choices=HOURS, coerce=int, initial="4", label="Answer within")

    def __init__(self, *args: Any, user: User, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["entries"].queryset = WaitEntry.objects.visible_to(user).open()

    def ways_of(self, allowed: list[list[str]]) -> None:
        """Show only the ways that one of them allows at least."""
        ways = {way for one in allowed for way in one}
        self.fields["channel"].choices = [one for one in offered_by() if one[0] in ways]


class RemoveForm(Form):
    """Why somebody is taken off the list."""

    because = forms.ChoiceField(
        choices=[("", "Choose a reason"), *RemovedBecause.choices],
        label="Why",
        error_messages={"required": "Choose why the patient is taken off."},
    )
    note = forms.CharField(max_length=500, required=False, label="Note")


class RecallForm(Form):
    """When somebody is to be seen again, and for what."""

    visit_type = forms.ModelChoiceField(None, label="Kind of visit", empty_label=None)
    provider = forms.ModelChoiceField(None, label="Provider", required=False, empty_label="Any provider")
    months = forms.ChoiceField(choices=MONTHS, initial="6", required=False, label="When")
    due_on = forms.DateField(required=False, label="Day", widget=DAY)
    reason = forms.CharField(max_length=200, required=False, label="What for")

    def __init__(self, *args: Any, user: User, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["visit_type"].queryset = kinds(user)
        self.fields["provider"].queryset = Provider.objects.open_to(user).working()

    def clean(self) -> dict[str, Any]:
        """One day, from today on."""
        said = super().clean() or self.cleaned_data
        today = timezone.localdate()
        if said.get("months"):
            said["due_on"] = today + relativedelta(months=int(said["months"]))
        if "due_on" in said and not said["due_on"]:
            self.add_error("due_on", "Choose when, or enter a day.")
        elif said.get("due_on") and not today <= said["due_on"] <= today + FARTHEST:
            self.add_error("due_on", "Enter a day within the next five years.")
        return said

    def details(self) -> dict[str, Any]:
        """As `recalls.plan` takes them."""
        return {name: self.cleaned_data[name] for name in ("visit_type", "provider", "due_on", "reason")}


class AttemptForm(Form):
    """How somebody was tried, and how it ended."""

    method = forms.ChoiceField(choices=Method.choices, label="How")
    result = forms.ChoiceField(
        choices=[("", "Choose a result"), *AttemptResult.choices],
        label="Result",
        error_messages={"required": "Choose how it ended."},
    )
    note = forms.CharField(max_length=500, required=False, label="Note")


class CloseForm(Form):
    """Why somebody need not be seen again."""

    note = forms.CharField(max_length=500, label="Why", error_messages={"required": "Say why."})


class ListForm(Form):
    """Filters of a list: what cannot be read is left out."""

    state = forms.CharField(required=False, max_length=12)
    kind = forms.UUIDField(required=False)
    provider = forms.UUIDField(required=False)
    until = forms.DateField(required=False)

    def said(self) -> dict[str, Any]:
        """What could be read, without what is empty."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}


def days_ahead(text: str) -> int:
    """How many days a list looks ahead: 1 to 14, 3 where it was not said."""
    return min(max(int(text), 1), 14) if text.isascii() and text.isdigit() and len(text) < 3 else 3


def last_day(today: date, number: int) -> date:
    """The last of so many days."""
    return today + timedelta(days=number - 1)
