"""Forms of scheduling. A slot travels as `<provider>@2026-11-23T16:00Z`: one value, so that a button can carry it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.forms.models import ModelChoiceIterator
from django.http import QueryDict
from django.utils import timezone
from django.utils.functional import cached_property

from compliance.boxes import Form, VersionField
from compliance.models import OfficeHours, User
from compliance.moments import read_moment
from patients.models import Patient
from scheduling import kinds as kinds_of
from scheduling.enums import CancelReason, ConfirmedVia, Initiator, Mode, ResourceKind, ToldBy
from scheduling.models import Appointment, Provider, Resource, VisitType
from scheduling.openings import Search
from scheduling.presence import zone_at

WHO = [("", "As our records say"), ("new", "New patient"), ("known", "Known patient")]
DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
PARTS = [("", "Any time"), ("morning", "Morning"), ("afternoon", "Afternoon")]


@dataclass(frozen=True)
class Slot:
    """A provider and a moment."""

    provider: Provider
    starts_at: datetime

    @cached_property
    def zone(self) -> str:
        """Of the place at which she is then: a time is read on the clock of its place."""
        return zone_at(self.provider, self.starts_at)

    def __str__(self) -> str:
        return slot_text(self.provider, self.starts_at)


def slot_text(provider: Provider, starts_at: datetime) -> str:
    """How a slot is written in forms and addresses."""
    return f"{provider.pk}@{starts_at.astimezone(UTC):%Y-%m-%dT%H:%MZ}"


def said_apart(said: QueryDict) -> QueryDict:
    """What was sent, with the kind of visit that a slot carries (`finder_forms.with_kind`) in the field of its own."""
    slot, _, kind = said.get("slot", "").rpartition("@")
    if "@" not in slot:
        return said
    said = said.copy()
    said["slot"], said["visit_type"] = slot, kind
    return said


def read_slot(text: str, user: User) -> Slot | None:
    """The slot of a text, when its provider's calendar is open to the user; else None."""
    provider_id, _, when = text.partition("@")
    starts_at = read_moment(when)
    try:
        wanted = Provider.objects.open_to(user).select_related("resource").filter(pk=UUID(provider_id)).first()
    except ValueError:
        return None
    if wanted is None or starts_at is None:
        return None
    return Slot(wanted, starts_at.astimezone(UTC))


class SlotField(forms.CharField):
    """A slot that is open to the user."""

    widget = forms.HiddenInput
    user: User

    def clean(self, value: Any) -> Slot | None:
        """Raises ValidationError for a text that is none; none is asked for where the field is not required."""
        text = super().clean(value)
        if not text:
            return None
        slot = read_slot(text, self.user)
        if slot is None:
            raise ValidationError("Choose a time again: this one could not be read.")
        return slot


class WeekdaysField(forms.TypedMultipleChoiceField):
    """Boxes from Mon to Sun, as numbers of `date.weekday()`. None of them is allowed."""

    def __init__(self, **more: Any) -> None:
        shown = [(n, label[:3]) for n, label in OfficeHours.Weekday.choices]
        super().__init__(choices=shown, coerce=int, required=False, widget=forms.CheckboxSelectMultiple, **more)


class WhenForm(Form):
    """Which days are looked at: weekdays, a part of the day, from when. All optional."""

    weekdays = WeekdaysField(label="Weekdays")
    part = forms.ChoiceField(choices=PARTS, required=False, label="Part of the day")
    from_day = forms.DateField(label="From", required=False, widget=DAY)


def kinds(user: User, *, like: Appointment | None = None) -> Any:
    """Kinds of visit that are offered, in their order; and that of a visit which stands, whether or not it still is."""
    offered = Q(is_active=True) | Q(pk=like.visit_type_id) if like else Q(is_active=True)
    return VisitType.objects.visible_to(user).filter(offered).order_by("position", "name", "pk")


class _ByPlace(ModelChoiceIterator):
    """Rooms under the names of their places; where all are of one, without."""

    def __iter__(self) -> Iterator[Any]:
        if self.field.empty_label is not None:
            yield "", self.field.empty_label
        rows = self.queryset.select_related("location").order_by("location__name", "location_id", "name", "pk")
        groups = [(str(place or "Any place"), list(found)) for place, found in groupby(rows, key=lambda row: row.location)]
        for name, found in groups:
            choices = [self.choice(row) for row in found]
            yield from choices if len(groups) == 1 else [(name, choices)]


class RoomField(forms.ModelChoiceField):
    """A room in use; `of` a visit: at its place, or the one that it has."""

    iterator = _ByPlace

    def __init__(self, **options: Any) -> None:
        super().__init__(None, label="Room", required=False, empty_label="No room yet", **options)

    def offer(self, user: User, *, of: Appointment | None = None) -> None:
        """Those that are open to the user."""
        usable = Q(is_active=True)
        if of:
            usable = usable & (Q(location=None) | Q(location=of.location_id)) | Q(pk=of.room_id)
        self.queryset = Resource.objects.visible_to(user).filter(usable, kind=ResourceKind.ROOM)


class BookingForm(Form):
    """One visit of a patient at a slot."""

    slot = SlotField()
    visit_type = forms.ModelChoiceField(None, label="Kind of visit", empty_label=None)
    mode = forms.ChoiceField(choices=Mode.choices, label="Way", required=False)
    reason = forms.CharField(
        max_length=200,
        required=False,
        label="Reason",
        help_text="In the patient's words. The provider sees it.",
        widget=forms.TextInput(attrs={"data-focus": True}),
    )
    room = RoomField()
    comment = forms.CharField(
        max_length=1000, required=False, label="Internal note", widget=forms.Textarea(attrs={"rows": 2})
    )
    who = forms.ChoiceField(choices=WHO, required=False, label="For a")
    prepared = forms.MultipleChoiceField(required=False, label="Here already", widget=forms.CheckboxSelectMultiple)
    despite_overlap = forms.BooleanField(required=False, label="Book all the same")
    overbook_reason = forms.CharField(max_length=200, required=False, label="Why double-book")
    call = forms.UUIDField(required=False, widget=forms.HiddenInput)
    next = forms.CharField(required=False, widget=forms.HiddenInput)
    search = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, user: User, is_busy: bool = False, may_overbook: bool = False, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["slot"].user = user
        self.fields["visit_type"].queryset = kinds(user)
        self.fields["room"].offer(user)
        ask_despite(self, is_busy=is_busy)
        if not may_overbook:
            del self.fields["overbook_reason"]
        self.kind = self._kind()
        ask_prepared(self, self.kind)
        if self.kind is None or self.kind.new_minutes is None:
            self.fields["who"].widget = forms.HiddenInput()

    def _kind(self) -> VisitType | None:
        """Which is chosen, for what its page says of it."""
        try:
            return self.fields["visit_type"].queryset.filter(pk=UUID(str(self["visit_type"].value()))).first()
        except ValueError:
            return None

    def details(self) -> dict[str, Any]:
        """As `booking.book` takes them."""
        said = self.cleaned_data
        return {
            "provider": said["slot"].provider,
            "starts_at": said["slot"].starts_at,
            "visit_type": said["visit_type"],
            "mode": said["mode"] or said["visit_type"].usual_mode,
            "reason": said["reason"],
            "room": said["room"],
            "comment": said["comment"],
            "despite_overlap": said.get("despite_overlap", False),
            "overbook_reason": said.get("overbook_reason", ""),
            "held_for": said["call"],
            "is_new_patient": {"new": True, "known": False}.get(said["who"]),
            "prepared": tuple(said.get("prepared", ())),
        }


class WalkInForm(Form):
    """Who is here without an appointment: for what, and at which of today's times; none is now, double-booked."""

    visit_type = forms.ModelChoiceField(None, label="Kind of visit", empty_label=None)
    provider = forms.ModelChoiceField(None, label="Provider", required=False, empty_label="Any provider")
    slot = SlotField(required=False)
    reason = forms.CharField(
        max_length=200, required=False, label="Reason", help_text="In the patient's words. The provider sees it."
    )
    overbook_reason = forms.CharField(max_length=200, required=False, label="Why double-book")

    despite_overlap = forms.BooleanField(required=False, label="Take in all the same")

    def __init__(self, *args: Any, user: User, is_busy: bool = False, may_overbook: bool = False, **options: Any) -> None:
        super().__init__(*args, **options)
        self.user = user
        ask_despite(self, is_busy=is_busy)
        self.fields["slot"].user = user
        self.fields["visit_type"].queryset = kinds(user)
        self.fields["provider"].queryset = Provider.objects.open_to(user).working().select_related("resource")
        if not may_overbook:
            del self.fields["overbook_reason"]

    def clean(self) -> dict[str, Any]:
        """Without a time it takes the permission, a reason and somebody who sees her."""
        said = super().clean() or {}
        if said.get("slot") or self.errors:
            return said
        if "overbook_reason" not in self.fields or not said.get("overbook_reason"):
            self.add_error(None, "Choose one of the free times, or say why the patient is double-booked.")
        elif not said.get("provider"):
            self.add_error("provider", "Choose who sees the patient now.")
        return said

    def details(self, *, now: datetime) -> dict[str, Any]:
        """As `walk_ins.take_in` takes them."""
        said, slot = self.cleaned_data, self.cleaned_data["slot"]
        return {
            "provider": slot.provider if slot else said["provider"],
            "starts_at": slot.starts_at if slot else now.replace(second=0, microsecond=0),
            "visit_type": said["visit_type"],
            "reason": said["reason"],
            "overbook_reason": "" if slot else said["overbook_reason"],
            "despite_overlap": said.get("despite_overlap", False),
        }

    def search(self, asked: Any, patient: Patient) -> Search | None:
        """Of the kind and the providers that the page asks for; None where no kind is offered."""
        kind = self._chosen("visit_type", asked) or kinds(self.user).first()
        if kind is None:
            return None
        one = self._chosen("provider", asked)
        providers = [one] if one else list(self.fields["provider"].queryset)
        new = kinds_of.is_new(patient, now=timezone.now())
        return Search(kind.as_for(new_patient=new), providers, timezone.localdate(), new_patient=new, by=self.user)

    def _chosen(self, name: str, asked: Any) -> Any:
        try:
            return self.fields[name].queryset.filter(pk=UUID(str(self.data.get(name) or asked.get(name, "")))).first()
        except ValueError:
            return None


def ask_prepared(form: Form, kind: VisitType | None) -> None:
    """Let a form ask what of the kind's preparation is there; where it has none, not at all."""
    if kind is None or not kind.preparation:
        del form.fields["prepared"]
    else:
        form.fields["prepared"].choices = [(what, what) for what in kind.preparation]  # type: ignore[attr-defined]


def ask_despite(form: Form, *, is_busy: bool) -> None:
    """Let a form ask whether it is wished all the same: once that was warned of, and for as long as it is ticked."""
    if not is_busy and form.add_prefix("despite_overlap") not in form.data:
        del form.fields["despite_overlap"]


class MoveForm(Form):
    """A visit's new slot, and why."""

    slot = SlotField()
    visit_type = forms.ModelChoiceField(None, required=False, widget=forms.HiddenInput)
    version = VersionField()
    next = forms.CharField(required=False, widget=forms.HiddenInput)
    why = forms.CharField(max_length=500, required=False, label="Why is it moved?")
    despite_overlap = forms.BooleanField(required=False, label="Move all the same")
    overbook_reason = forms.CharField(max_length=200, required=False, label="Why double-book")

    def __init__(self, *args: Any, user: User, visit: Appointment, is_busy: bool = False, **options: Any) -> None:
        super().__init__(*args, **options)
        if not user.may("scheduling.overbook_appointment"):
            del self.fields["overbook_reason"]
        ask_despite(self, is_busy=is_busy)
        self.visit = visit
        self.fields["slot"].user = user
        self.fields["visit_type"].queryset = kinds(user, like=visit)

    def details(self) -> dict[str, Any]:
        """As `booking.move` takes them; the kind of visit stays where none was chosen."""
        said = self.cleaned_data
        return {
            "provider": said["slot"].provider,
            "starts_at": said["slot"].starts_at,
            "visit_type": said["visit_type"] or self.visit.visit_type,
            "version": said["version"],
            "why": said["why"],
            "despite_overlap": said.get("despite_overlap", False),
            "overbook_reason": said.get("overbook_reason", ""),
        }


class ChangeForm(Form):
    """What may change while time, provider and kind stay."""

    version = VersionField()
    mode = forms.ChoiceField(choices=Mode.choices, label="Way")
    reason = forms.CharField(max_length=200, required=False, label="Reason")
    room = RoomField()
    comment = forms.CharField(
        max_length=1000, required=False, label="Internal note", widget=forms.Textarea(attrs={"rows": 3})
    )
    prepared = forms.MultipleChoiceField(required=False, label="Here already", widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, user: User, visit: Appointment, **options: Any) -> None:
        super().__init__(*args, **options)
        ask_prepared(self, visit.visit_type)
        self.fields["room"].offer(user, of=visit)


class CancelForm(Form):
    """Three fields in one act, and a note."""

    version = VersionField()
    reason = forms.ChoiceField(
        choices=[("", "Choose a reason"), *CancelReason.choices],
        label="Why",
        error_messages={"required": "Choose why it is cancelled."},
    )
    initiator = forms.ChoiceField(
        choices=[("", "Choose who"), *Initiator.choices],
        label="By whose wish",
        error_messages={"required": "Choose by whose wish it is cancelled."},
    )
    told_by = forms.ChoiceField(
        choices=[("", "Choose how"), *ToldBy.choices],
        label="Who told the patient",
        error_messages={"required": "Choose who told the patient."},
    )
    wants_no_other = forms.BooleanField(required=False, label="The patient wants no other visit")
    note = forms.CharField(max_length=500, required=False, label="Note")


class ActForm(Form):
    """What a verb may need besides its button: `needs` names what it does not go without."""

    version = VersionField(required=False)
    reason = forms.CharField(max_length=500, required=False, label="Why", error_messages={"required": "Say why."})
    via = forms.ChoiceField(choices=ConfirmedVia.choices, required=False, label="How")
    verified = forms.MultipleChoiceField(
        choices=[("demographics", "Address and phone are right"), ("coverage", "Insurance card seen")],
        required=False,
        widget=forms.CheckboxSelectMultiple,
        label="Verified",
    )
    room = RoomField()

    def __init__(self, *args: Any, user: User, visit: Appointment, verb: str = "", needs: str = "", **options: Any) -> None:
        super().__init__(*args, auto_id=f"{verb}_%s", **options)
        self.verb = verb
        self.fields["room"].offer(user, of=visit)
        if needs:
            self.fields[needs].required = True
