"""Forms for closing time and for finding other times for the visits in it."""

import hashlib
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django import forms
from django.http import QueryDict
from django.utils import timezone

from compliance.boxes import Form
from compliance.models import Location, User
from scheduling.enums import ResourceKind
from scheduling.forms import DAY, read_slot
from scheduling.local import NOON
from scheduling.models import Appointment, Closure, Provider, Resource
from scheduling.presence import zone_at
from scheduling.proposals import Wanted
from scheduling.working import wall_problem

LONGEST = timedelta(days=366)
CLOCK = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
SAME, OTHERS = "same", "others"
CLOSED = ("provider", "location", "resource", "starts_at", "ends_at", "reason")


class CloseForm(Form):
    """Whose time is closed, from when until when, and why. `seen` is the digest of the visits that were listed."""

    provider: Any = forms.ModelChoiceField(None, label="Whose time", required=False, empty_label="Everybody's")
    location: Any = forms.ModelChoiceField(None, label="Only at", required=False, empty_label="Every place")
    resource: Any = forms.ModelChoiceField(
        None,
        label="Only the room or machine",
        required=False,
        empty_label="None: people are away",
        help_text="Its visits go to another one of the same kind where one is free.",
    )
    first_day = forms.DateField(label="First day", widget=DAY)
    starts = forms.TimeField(label="From", required=False, widget=CLOCK, help_text="Empty: from the beginning of the day.")
    last_day = forms.DateField(label="Last day", required=False, widget=DAY, help_text="Empty: the first day only.")
    ends = forms.TimeField(label="Until", required=False, widget=CLOCK, help_text="Empty: to the end of the last day.")
    reason = forms.CharField(
        max_length=80, label="Reason", help_text="Shown on the schedule: Vacation, Away, Training. No health details."
    )
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, user: User, **options: Any) -> None:
        super().__init__(*args, **options)
        places = Location.objects.visible_to(user).filter(is_active=True).order_by("name", "pk")
        choices: dict[str, Any] = self.fields
        choices["provider"].queryset = Provider.objects.open_to(user).working()
        choices["location"].queryset = places
        things = Resource.objects.visible_to(user).filter(is_active=True).exclude(kind=ResourceKind.PROVIDER)
        choices["resource"].queryset = things.order_by("name", "pk")
        if len(places) < 2:
            del self.fields["location"]
        if not things.exists():
            del self.fields["resource"]

    def clean(self) -> dict[str, Any]:
        """The two moments, or a sentence beside the field that stands in the way."""
        said = super().clean() or self.cleaned_data
        if problem := chosen_twice(said):
            self.add_error(*problem)
        first = said.get("first_day")
        if first is None or self.errors:
            return said
        last = said.get("last_day") or first
        said["starts_at"] = self._moment("starts", first, said.get("starts") or time.min)
        ends = said.get("ends")
        said["ends_at"] = (
            self._moment("ends", last, ends) if ends else self._moment("ends", last + timedelta(days=1), time.min)
        )
        self._lasts(said)
        return said

    def _moment(self, field: str, day: date, wall: time) -> datetime:
        zone = self._zone(day)
        if problem := wall_problem(day, wall, zone.key):
            self.add_error(field, problem)
        return datetime.combine(day, wall, zone)

    def _zone(self, day: date) -> ZoneInfo:
        """Of the place that is closed, where the thing stands, or where the provider is that day; else the practice's."""
        place, provider = self.cleaned_data.get("location"), self.cleaned_data.get("provider")
        thing = self.cleaned_data.get("resource")
        place = place or (thing and thing.location)
        if place:
            return ZoneInfo(place.time_zone)
        if provider:
            return ZoneInfo(zone_at(provider, datetime.combine(day, NOON, UTC)))
        return ZoneInfo(timezone.get_current_timezone_name())

    def _lasts(self, said: dict[str, Any]) -> None:
        if said["ends_at"] <= said["starts_at"]:
            is_day = (said.get("last_day") or said["first_day"]) < said["first_day"]
            self.add_error("last_day" if is_day else "ends", "The end must be after the start.")
        elif said["ends_at"] - said["starts_at"] > LONGEST:
            self.add_error("last_day", "Time is closed for a year at most. For longer, end the working hours in the set-up.")

    def closure(self) -> Closure:
        """As it would be; not saved."""
        said = self.cleaned_data
        about = {name: said.get(name) for name in CLOSED}
        return Closure(**about)


def chosen_twice(said: dict[str, Any]) -> tuple[str, str] | None:
    """(field, sentence) where more than one of a provider, a place, and a room or machine was chosen."""
    if said.get("provider") and said.get("location"):
        return "location", "Choose a provider or a place, not both."
    if said.get("resource") and (said.get("provider") or said.get("location")):
        return "resource", "Choose a room or machine, or a provider or place, not both."
    return None


def digest(visits: Iterable[Appointment]) -> str:
    """What a page has listed, in few characters: another answer means that there are others now."""
    return hashlib.sha256(" ".join(sorted(str(visit.pk) for visit in visits)).encode()).hexdigest()[:16]


def among(asked: str, closure: Closure, user: User) -> tuple[str, list[Provider] | None]:
    """Whose free times are proposed: (as asked, providers), or None for each visit's own provider."""
    working = Provider.objects.open_to(user).working().select_related("resource")
    others = [one for one in working if one.pk != closure.provider_id]
    if chosen := [one for one in others if str(one.pk) == asked]:
        return asked, chosen
    return (OTHERS, others) if asked == OTHERS else (SAME, None)


def chosen(data: QueryDict, visits: Iterable[Appointment], user: User) -> list[Wanted]:
    """The slots that were chosen for visits, `to-<visit>`; without one, or with one that cannot be read, a visit stays."""
    wanted = []
    for visit in visits:
        slot = read_slot(data.get(f"to-{visit.pk}", ""), user)
        version = data.get(f"version-{visit.pk}", "")
        if slot and version.isascii() and version.isdigit() and len(version) < 7:
            despite = f"despite-{visit.pk}" in data
            wanted.append(Wanted(visit, slot.provider, slot.starts_at, int(version), despite_overlap=despite))
    return wanted


def ids(visits: Iterable[Appointment]) -> set[UUID]:
    """Their ids."""
    return {visit.pk for visit in visits}
