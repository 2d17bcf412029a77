"""The form of the finder, and what it found: one row for each time."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django import forms
from django.http import QueryDict
from django.utils import timezone

from compliance.models import Location, User
from compliance.moments import read_moment
from scheduling.enums import Mode
from scheduling.forms import DAY, WHO, WhenForm, kinds, slot_text
from scheduling.models import Appointment, Provider
from scheduling.openings import Opening
from scheduling.search import Search

ALONG = ("call", "next", "mode")  # what goes with a search from page to page, and nobody chooses in its form
LONGEST_SEARCH = 4000  # characters of an address
FARTHEST = timedelta(days=366)  # from the first day of a search to its last
WEST = timedelta(hours=12)  # of Greenwich lies no place whose local day could be an earlier one


class OrField(forms.ModelMultipleChoiceField):
    """More of what the box before it chose one of; folded away until it is wanted."""

    widget = forms.CheckboxSelectMultiple
    is_folded = True

    def __init__(self, **options: Any) -> None:
        super().__init__(None, required=False, **options)


class FinderForm(WhenForm):
    """What is looked for: kinds, providers, places, weekdays, part of the day, days. All optional but one kind.

    `like` a visit that is moved: its own time is free, and its kind is offered although no other may be booked of it.
    """

    visit_type = forms.ModelChoiceField(None, label="Kind of visit", empty_label=None)
    or_kinds = OrField(label="Or one of these kinds")
    provider = forms.ModelChoiceField(None, label="Provider", required=False, empty_label="Any provider")
    or_providers = OrField(label="Or one of these providers")
    places = forms.ModelMultipleChoiceField(None, required=False, label="Places", widget=forms.CheckboxSelectMultiple)
    until_day = forms.DateField(label="Until", required=False, widget=DAY)
    who = forms.ChoiceField(choices=WHO, required=False, label="For a")

    field_order = (
        *("visit_type", "or_kinds", "provider", "or_providers", "places"),
        *("weekdays", "part", "from_day", "until_day", "who"),
    )

    def __init__(self, *args: Any, user: User, like: Appointment | None = None, **options: Any) -> None:
        super().__init__(*args, **options)
        self.user = user
        self.leaving, self.mode = frozenset({like.pk} if like else ()), like.mode if like else self._mode()
        places = Location.objects.visible_to(user).filter(is_active=True).order_by("name", "pk")
        self.several_places = places.count() > 1
        providers = Provider.objects.open_to(user).working().select_related("resource")
        offered = kinds(user, like=like)
        choices = {"provider": providers, "or_providers": providers, "visit_type": offered, "or_kinds": offered}
        for name, rows in {**choices, "places": places}.items():
            self.fields[name].queryset = rows
        unasked = {"or_kinds": like is not None, "places": not self.several_places}
        for name in (name for name, is_unasked in unasked.items() if is_unasked):
            del self.fields[name]

    def clean(self) -> dict[str, Any]:
        """Raises ValidationError for a last day before the first, or more than a year after it."""
        said = super().clean() or self.cleaned_data
        first, last = self._from(said.get("from_day")), said.get("until_day")
        if last and last < first:
            self.add_error("until_day", "This is before the first day.")
        elif last and last - first > FARTHEST:
            self.add_error("until_day", "Look at most a year ahead at a time.")
        return said

    def searches(self, *, held_for: UUID | None = None, new_patient: bool = False) -> list[Search]:
        """One for each kind, from today on where no day was given. `new_patient`: what the records say."""
        said = self.cleaned_data
        new = {"new": True, "known": False}.get(said["who"], new_patient)
        like = Search(
            said["visit_type"],
            _chosen(said["provider"], said["or_providers"]) or list(self.fields["provider"].queryset),
            self._from(said["from_day"]),
            said["until_day"],
            weekdays=frozenset(said["weekdays"]),
            part=said["part"],
            locations=frozenset(place.pk for place in said.get("places", ())),
            new_patient=new,
            after=read_moment(self.data.get("after", "")),
            held_for=held_for,
            by=self.user,
            leaving=self.leaving,
            mode=self.mode,
        )
        wanted = _chosen(said["visit_type"], said.get("or_kinds", ()))
        return [replace(like, visit_type=kind.as_for(new_patient=new)) for kind in wanted]

    def _mode(self) -> str:
        mode = self.data.get("mode", "")
        return mode if mode in Mode.values else ""

    def _from(self, day: date | None) -> date:
        return first_day(day, read_moment(self.data.get("after", "")))


def _chosen(one: Any, more: Iterable[Any]) -> list[Any]:
    """What was chosen in a box and in the list under it, each once."""
    return list(dict.fromkeys([*filter(None, [one]), *more]))


def asked_again(text: str, **along: Any) -> str:
    """A search as an address carries it, to be asked again: what the finder knows of it, and nothing that was typed.

    `along`, where it is said, goes with it in the place of the search's own.
    """
    said, kept = QueryDict(text if len(text) <= LONGEST_SEARCH else ""), QueryDict(mutable=True)
    for name in (*FinderForm.field_order, *ALONG, "after"):
        kept.setlist(name, [str(along[name])] if along.get(name) else said.getlist(name))
    return kept.urlencode()


def first_day(day: date | None, after: datetime | None) -> date:
    """From which day on is looked: today at the earliest, and not before the day of `after` anywhere."""
    return max(day or date.min, timezone.localdate(), (after.astimezone(UTC) - WEST).date() if after else date.min)


def after_these(found: Sequence[Opening], limit: int) -> str:
    """The moment after which a search goes on, as `after` is written; empty where fewer than `limit` were found."""
    return f"{found[-1].starts_at:%Y-%m-%dT%H:%MZ}" if len(found) >= limit else ""


def moved_away(found: Iterable[Opening], visit: Appointment | None) -> list[Opening]:
    """Without the time at which a visit stands already: to move it there would be no move."""
    there = visit and (visit.provider_id, visit.starts_at, visit.visit_type_id)
    return [one for one in found if there != (one.provider.pk, one.starts_at, one.visit_type.pk)]


@dataclass(frozen=True)
class FreeTime:
    """A moment on the clock of its place, with everybody who is free then: each an opening and its slot."""

    starts_at: datetime
    zone: str
    free: list[tuple[Opening, str]] = field(default_factory=list)


def by_day(openings: Iterable[Opening], *, with_kinds: bool = False) -> list[tuple[date, list[FreeTime]]]:
    """Openings as they come, one row for each time, under each local day of their places.

    `with_kinds`: a slot carries its kind of visit.
    """
    days: dict[date, dict[tuple[datetime, str], FreeTime]] = {}
    for one in openings:
        zone = one.location.time_zone
        rows = days.setdefault(one.starts_at.astimezone(ZoneInfo(zone)).date(), {})
        row = rows.setdefault((one.starts_at, zone), FreeTime(one.starts_at, zone))
        row.free.append((one, with_kind(one) if with_kinds else slot_text(one.provider, one.starts_at)))
    return [(day, list(rows.values())) for day, rows in sorted(days.items())]


def with_kind(opening: Opening) -> str:
    """A slot with its kind of visit; `said_apart` reads it."""
    return f"{slot_text(opening.provider, opening.starts_at)}@{opening.visit_type.pk}"
