"""Forms of series. What is decided for one date travels as `on-2026-12-07`: skip, over, despite, or `at:` and a moment."""

from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.http import QueryDict

from compliance.boxes import Form, VersionField
from compliance.models import User
from compliance.moments import read_day, read_moment
from patients.models import Patient
from scheduling import series_changes
from scheduling.enums import Frequency, Mode, Scope
from scheduling.forms import DAY, CancelForm, Slot, SlotField, WeekdaysField, kinds, read_slot
from scheduling.models import Provider, Series
from scheduling.patterns import Pattern
from scheduling.presence import place_for
from scheduling.series import AT, DESPITE, OVERBOOK, SKIP, Choice

TIME = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
COUNT, UNTIL, ROLLING = "count", "until", "rolling"
ENDS = [(ROLLING, "Never"), (COUNT, "After"), (UNTIL, "On")]
USUAL = 10  # visits, until something else is said


class RepeatForm(Form):
    """A visit, and how it comes again: every two weeks on Monday, after ten visits."""

    template_name = "scheduling/repeat_form.html"

    slot = SlotField()
    visit_type = forms.ModelChoiceField(None, label="Kind of visit", empty_label=None)
    mode = forms.ChoiceField(choices=Mode.choices, label="Way", required=False)
    every = forms.IntegerField(label="Every", initial=1)
    frequency = forms.ChoiceField(choices=Frequency.choices, label="Days, weeks or months", initial=Frequency.WEEKLY)
    weekdays = WeekdaysField(label="On")
    ends = forms.ChoiceField(choices=ENDS, label="Ends", initial=COUNT, widget=forms.RadioSelect)
    count = forms.IntegerField(label="Number of visits", required=False, initial=USUAL)
    until_on = forms.DateField(label="Last day", required=False, widget=DAY)
    reason = forms.CharField(max_length=200, required=False, label="Reason")
    comment = forms.CharField(
        max_length=1000, required=False, label="Internal note", widget=forms.Textarea(attrs={"rows": 2})
    )
    overbook_reason = forms.CharField(max_length=200, required=False, label="Why double-book")
    call = forms.UUIDField(required=False, widget=forms.HiddenInput)
    search = forms.CharField(required=False, widget=forms.HiddenInput)
    looked = forms.CharField(max_length=300, required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, user: User, may_overbook: bool = False, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["slot"].user = user
        self.fields["visit_type"].queryset = kinds(user)
        if not may_overbook:
            del self.fields["overbook_reason"]
        self.slot = read_slot(str(self["slot"].value() or ""), user)
        if self.slot:
            every = 1 if str(self["every"].value()) == "1" else 2
            self.fields["frequency"].choices = [
                (one.value, Pattern(one, self._first_on(self.slot), every).unit) for one in Frequency
            ]

    def clean(self) -> dict[str, Any]:
        """The end that was chosen is said, and no other one counts. What is wrong is told at once, each at its field."""
        said = super().clean() or self.cleaned_data
        if said.get("ends") == COUNT and said.get("count") is None and "count" not in self.errors:
            self.add_error("count", "Say how many visits.")
        if said.get("ends") == UNTIL and said.get("until_on") is None and "until_on" not in self.errors:
            self.add_error("until_on", "Choose the last day.")
        if slot := said.get("slot"):
            pattern = self._pattern(said, self._first_on(slot))
            for name, why in (pattern.wrong() or ({} if self.errors else pattern.wrong_together())).items():
                self.add_error(name, why)
        return said

    def _pattern(self, said: dict[str, Any], first_on: date) -> Pattern:
        """The rule so far; what could not be read is left as usual."""
        return Pattern(
            said.get("frequency", Frequency.WEEKLY),
            first_on,
            said.get("every", 1),
            tuple(said.get("weekdays") or [first_on.weekday()]),
            said.get("count") if said.get("ends") == COUNT else None,
            said.get("until_on") if said.get("ends") == UNTIL else None,
        )

    @staticmethod
    def _first_on(slot: Slot) -> date:
        return slot.starts_at.astimezone(ZoneInfo(slot.zone)).date()

    def series(self, patient: Patient) -> Series:
        """The series, not saved: it begins on the slot's local day, at its local time."""
        said, slot = self.cleaned_data, self.cleaned_data["slot"]
        place = place_for(slot.provider, slot.starts_at, said["visit_type"], now=slot.starts_at)
        here = slot.starts_at.astimezone(ZoneInfo(place.time_zone))
        return Series(
            patient=patient,
            provider=slot.provider,
            visit_type=said["visit_type"],
            location=place,
            mode=said["mode"] or _mode_of(said["visit_type"]),
            reason=said["reason"] or None,
            comment=said["comment"] or None,
            frequency=said["frequency"],
            every=said["every"],
            weekdays=said["weekdays"] or [here.weekday()],
            first_on=here.date(),
            starts=here.time(),
            count=said["count"] if said["ends"] == COUNT else None,
            until_on=said["until_on"] if said["ends"] == UNTIL else None,
        )


class ScopeForm(Form):
    """How much of a series an act is about; what was changed on its own is named beside it."""

    version = VersionField()
    scope = forms.ChoiceField(
        choices=Scope.choices,
        label="Which visits",
        widget=forms.RadioSelect,
        error_messages={"required": "Choose which visits."},
    )
    with_edited = forms.BooleanField(required=False, label="Also the visits that were changed on their own")


class ChangeSeriesForm(ScopeForm):
    """Where the visits go."""

    day = forms.DateField(label="Day of this visit", widget=DAY, help_text="The others move by as many days.")
    starts = forms.TimeField(label="Time", widget=TIME)
    provider = forms.ModelChoiceField(None, label="Provider", empty_label=None)
    visit_type = forms.ModelChoiceField(None, label="Kind of visit", empty_label=None)
    mode = forms.ChoiceField(choices=Mode.choices, label="Way")
    overbook_reason = forms.CharField(max_length=200, required=False, label="Why double-book")
    looked = forms.CharField(max_length=300, required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, user: User, may_overbook: bool = False, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["provider"].queryset = Provider.objects.open_to(user).working().select_related("resource")
        self.fields["visit_type"].queryset = kinds(user)
        if not may_overbook:
            del self.fields["overbook_reason"]

    def clean_starts(self) -> time:
        """Whole minutes, as everywhere."""
        return self.cleaned_data["starts"].replace(second=0, microsecond=0)

    def terms(self, day: date) -> series_changes.Terms:
        """As the domain takes them; `day` is where this visit stands now."""
        said = self.cleaned_data
        shift = (said["day"] - day).days
        return series_changes.Terms(said["starts"], said["provider"], said["visit_type"], said["mode"], shift)


class CancelSeriesForm(CancelForm):
    """Why, by whose wish, who told the patient, and how much of the series."""

    scope = forms.ChoiceField(
        choices=Scope.choices,
        label="Which visits",
        widget=forms.RadioSelect,
        error_messages={"required": "Choose which visits."},
    )
    with_edited = forms.BooleanField(required=False, label="Also the visits that were changed on their own")
    field_order = ("scope", "with_edited")


def read_choices(posted: QueryDict) -> dict[date, Choice]:
    """What was decided for each date. What cannot be read is no decision."""
    found = {}
    for name in posted:
        on = read_day(name.removeprefix("on-")) if name.startswith("on-") else None
        choice = _choice(posted.get(name, ""))
        if on and choice:
            found[on] = choice
    return found


def text_of(choices: Mapping[date, Choice], on: date) -> str:
    """What was chosen for a date, as the form has it."""
    choice = choices.get(on)
    if choice is None:
        return ""
    return at_text(choice.at) if choice.what == AT and choice.at else choice.what


def at_text(moment: datetime) -> str:
    """A proposed time as the form has it."""
    return f"{AT}:{moment:%Y-%m-%dT%H:%MZ}"


def _choice(text: str) -> Choice | None:
    if text in (SKIP, OVERBOOK, DESPITE):
        return Choice(text)
    moment = read_moment(text.removeprefix(f"{AT}:")) if text.startswith(f"{AT}:") else None
    return Choice(AT, moment) if moment else None


def _mode_of(kind: Any) -> str:
    return kind.modes[0] if kind.modes and Mode.OFFICE not in kind.modes else Mode.OFFICE


def started(moment: datetime, zone: ZoneInfo) -> tuple[date, time]:
    """The local day and time of a moment."""
    here = moment.astimezone(zone)
    return here.date(), here.time()
