"""Providers, and when there are no visits."""

from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils import timezone

from compliance import rows
from compliance.access import insist
from compliance.admin_forms import AskingForm, PracticeForm, Refused, sentences
from compliance.practice_admin import PracticeAdmin
from scheduling import displaced, preview, public_holidays, set_up
from scheduling.admin import loading
from scheduling.admin.narrowing import ByProvider
from scheduling.closing_forms import chosen_twice, digest, ids
from scheduling.enums import ResourceKind
from scheduling.models import Closure, Provider, Resource
from scheduling.standing import listed

SET_UP = "scheduling.change_set_up"


class ProviderForm(PracticeForm):
    """A provider, and whose sign-in is hers."""

    words = sentences(
        ("one_provider_for_a_user", "user", "This person is another provider already."),
    )

    lanes = forms.IntegerField(label="Patients at once", min_value=1, max_value=20, initial=1)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.instance._state.adding:
            self.initial["lanes"] = self.instance.resource.capacity

    def values(self) -> dict[str, Any]:
        """Also when only the number at once was changed, which is her time's and not hers."""
        return super().values() | ({"position": self.cleaned_data["position"]} if "lanes" in self.changed_data else {})

    class Meta:
        labels = {"user": "Signs in as"}
        help_texts = {
            "npi": "Ten digits.",
            "user": "Her own day opens when this person signs in. Invite her first; leave empty if she does not sign in.",
            "position": "0 stands furthest left.",
            "is_active": "Untick when she has left: her visits stay, nothing new can be booked.",
        }

    def clean_npi(self) -> str:
        """Ten digits, or nothing."""
        npi = self.cleaned_data["npi"].strip()
        if npi and not (npi.isascii() and npi.isdigit() and len(npi) == 10):
            raise forms.ValidationError("An NPI has ten digits, like 1234567893.")
        return npi


@admin.register(Provider)
class ProviderAdmin(PracticeAdmin):
    """Who sees patients."""

    group, place, heading, one = "Providers and calendars", 10, "Providers", "provider"
    about = "Who sees patients. Each one is a column of the schedule."
    empty = "No providers yet. Add everybody who sees patients; then say when they work."
    form = ProviderForm
    changed_by = SET_UP
    fields = ("name", "short_name", "credentials", "specialty", "npi", "user", "lanes", "position", "is_active")
    list_display = ("short_name", "name", "specialty", "sees_patients")
    ordering = ("position", "name")

    def get_urls(self) -> list[Any]:
        """One page more: a spreadsheet of providers and hours."""
        load = path("load/", self.load, name="scheduling_provider_load")
        return [load, *super().get_urls()]

    def load(self, request: HttpRequest) -> HttpResponse:
        """Checked first, then loaded."""
        return loading.load(request, self.heading, self.opts)

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> Any:
        """With the way to the spreadsheet."""
        also = [("Load a spreadsheet", self.address("load"))] if self.has_add_permission(request) else []
        return super().changelist_view(request, {"also": also, **(extra_context or {})})

    @admin.display(description="Sees patients")
    def sees_patients(self, row: Provider) -> str:
        """In words, not a picture."""
        return "Yes" if row.is_active else "No"

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, obj: Any = None, **kwargs: Any) -> Any:
        """With what her templates give next week."""
        if obj is not None:
            context |= {"preview": preview.weeks(obj, now=timezone.localtime()), "preview_of": obj}
        return super().render_change_form(request, context, *args, obj=obj, **kwargs)

    def add_row(self, row: Provider, form: Any, *, by: Any) -> None:
        """With the resource that her time is."""
        set_up.add_provider(row, by=by, capacity=form.cleaned_data["lanes"])

    def change_row(self, row: Provider, form: Any, *, by: Any) -> None:
        """Her resource follows."""
        version = form.cleaned_data["version"]
        lanes = form.cleaned_data["lanes"]
        try:
            set_up.change_provider(row, form.values(), version=version, by=by, now=timezone.now(), capacity=lanes)
        except set_up.StillBooked as booked:
            raise Refused("lanes", str(booked)) from booked

    def delete_model(self, request: HttpRequest, obj: Provider) -> None:
        """With her resource."""
        try:
            set_up.remove_provider(obj, by=request.user)
        except rows.Referenced as referenced:
            raise Refused(None, "Visits stand in this calendar. Untick “sees patients” instead.") from referenced


class ClosureForm(AskingForm):
    """A stretch without visits."""

    words = sentences(("closure_lasts", "ends_at", "The end must be after the start."))

    class Meta:
        labels = {
            "starts_at": "Start",
            "ends_at": "End",
            "location": "Only at",
            "provider": "Only for",
            "resource": "Only the room or machine",
        }
        help_texts = {
            "starts_at": "In the time of the practice.",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, words in (("provider", "Everybody"), ("location", "Everywhere"), ("resource", "None")):
            if name in self.fields:
                self.fields[name].empty_label = words  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """A person, a place, or a thing."""
        cleaned = super().clean()
        if problem := chosen_twice(cleaned):
            self.add_error(*problem)
        return cleaned


@admin.register(Closure)
class ClosureAdmin(ByProvider):
    """When there are no visits."""

    group, place, heading, one = "Providers and calendars", 30, "Closed times", "closed time"
    about = "Holidays, vacations, lunch, a machine in repair: nothing new can be booked then."
    empty = "No closed times yet."
    form = ClosureForm
    changed_by = SET_UP
    fields = ("provider", "location", "resource", "starts_at", "ends_at", "reason")
    list_display = ("reason", "begins", "finishes", "for_whom")
    list_select_related = ("provider", "location", "resource")
    ordering = ("-starts_at",)

    def choices_of(self, model: Any, request: HttpRequest) -> Any:
        """Rooms and machines; a provider's own time is hers."""
        found = super().choices_of(model, request)
        return found.exclude(kind=ResourceKind.PROVIDER).order_by("name") if model is Resource else found

    @admin.display(description="Start")
    def begins(self, row: Closure) -> str:
        """Mon, Dec 7, 2026, 8:00 AM."""
        return _moment(row, row.starts_at)

    @admin.display(description="End")
    def finishes(self, row: Closure) -> str:
        """The same of its end."""
        return _moment(row, row.ends_at)

    @admin.display(description="For")
    def for_whom(self, row: Closure) -> str:
        """The provider, the place, the room or machine, or everybody."""
        return str(row.of or "Everybody")

    def add_row(self, row: Closure, form: Any, *, by: Any) -> None:
        """Takes the time, once the visits in it were shown."""
        values = {name: form.cleaned_data[name] for name in self.fields}
        seen = _ask(Closure(**values), form)
        try:
            form.closed = set_up.close_time(**values, seen=seen, by=by, now=timezone.now())
        except set_up.NotSeen:
            _ask(Closure(**values), form)
            raise
        row.pk = form.closed.pk

    def change_row(self, row: Closure, form: Any, *, by: Any) -> None:
        """Takes the time anew."""
        version = form.cleaned_data["version"]
        if set(form.values()) - {"reason"}:
            _ask(row, form)
        set_up.change_closure(row, form.values(), version=version, by=by, now=timezone.now())

    def delete_model(self, request: HttpRequest, obj: Closure) -> None:
        """Gives the time back."""
        set_up.open_time(obj, by=request.user, now=timezone.now())

    def get_urls(self) -> list[Any]:
        """One page more: the public holidays."""
        return [path("holidays/", self.holidays, name="scheduling_closure_holidays"), *super().get_urls()]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> Any:
        """With the way to the public holidays."""
        also = [("Public holidays", self.address("holidays"))] if self.has_add_permission(request) else []
        return super().changelist_view(request, {"also": also, **(extra_context or {})})

    def holidays(self, request: HttpRequest) -> HttpResponse:
        """The public holidays of a year with a tick for each; ticked ones are closed, others open."""
        insist(request.user, SET_UP)  # type: ignore[arg-type]
        practice, today = request.practice, timezone.localdate()  # type: ignore[attr-defined]
        year = _year(request.GET.get("year", ""), today.year)
        listed = [one for one in public_holidays.of_year(year, practice) if one.day >= today]
        ticked, problem, now = public_holidays.closed(listed), "", timezone.now()
        seen = public_holidays.edition(listed)
        if request.method == "POST":
            ticked = set(request.POST.getlist("holiday")) & {one.key for one in listed}
            number = public_holidays.standing(ticked, listed, practice, now=now)
            problem = _asked(request.POST, listed, seen, number)
            if not problem:
                done = public_holidays.choose(ticked, year, practice=practice, by=request.user, now=now)
                messages.success(request, _said(*done))
                return redirect(f"{self.address('holidays')}?year={year}")
            seen = f"{seen}.{number}"
        context = {
            **self.admin_site.each_context(request),
            "title": f"Public holidays {year}",
            "heading": self.heading,
            "opts": self.opts,
            "year": year,
            "years": range(today.year, today.year + 3),
            "rows": [(one, one.key in ticked) for one in listed],
            "full": displaced.still_full(now=now).filter(provider=None).count(),
            "problem": problem,
            "seen": seen,
        }
        return TemplateResponse(request, "admin/holidays.html", context, status=409 if problem else 200)

    def said_after_adding(self, row: Closure) -> str:
        """Also which visits stand in it."""
        visits = displaced.within(row, now=timezone.now()).count()
        stand = "1 visit stands" if visits == 1 else f"{visits} visits stand"
        inside = f" {stand} in it: each is work now (“Close time” on the schedule)."
        return f"Closed time added.{inside if visits else ''}"


def _ask(row: Closure, form: AskingForm) -> set[UUID]:
    """Show the visits that stand in a time before it is closed; answers them once they were seen."""
    visits, request = list(displaced.within(row, now=timezone.now())), form.request
    if visits:
        page = request.POST.get("page")
        form.ask(
            _work(len(visits), row),
            digest(visits),
            again=page is not None,
            listed=lambda: listed(visits, request.user, page=page),  # type: ignore[arg-type]
        )
    return ids(visits)


def _work(number: int, row: Closure) -> str:
    """What becomes of so many visits in a time that is closed."""
    it, stand = ("it", "1 booked visit stands") if number == 1 else ("each", f"{number} booked visits stand")
    if row.resource_id:
        return f"{stand} in this time: {it} is given another room or machine where one is free, and is work otherwise."
    return f"{stand} in this time, and {'is' if number == 1 else 'each is'} work then to find another."


def _moment(row: Closure, at: datetime) -> str:
    """On the clock of the place that is closed, else of the practice."""
    here = timezone.localtime(at, ZoneInfo(row.location.time_zone) if row.location else None)
    return f"{here:%a, %b} {here.day}, {here.year}, {here:%-I:%M %p}"


def _year(text: str, this_year: int) -> int:
    """This year or one of the next two; next year where none of them was asked for."""
    return next((year for year in range(this_year, this_year + 3) if text == str(year)), this_year + 1)


def _asked(data: QueryDict, listed: list[public_holidays.Holiday], seen: str, number: int) -> str:
    """What is to know before the ticks are saved: that somebody changed them since they were shown, or booked visits."""
    shown, _, known = data.get("seen", "").partition(".")
    said = []
    if shown != seen:
        theirs = public_holidays.closed(listed)
        names = ", ".join(one.name for one in listed if one.key in theirs) or "none"
        said.append(f"Somebody changed the holidays meanwhile. Closed are now: {names}. Below is what you ticked.")
    if number and known != str(number):
        stand = "1 booked visit stands" if number == 1 else f"{number} booked visits stand"
        said.append(
            f"{stand} on the days that you close, and {'is' if number == 1 else 'each is'} work then to find another."
        )
    return " ".join([*said, "Save again to use it, or go back to leave it."]) if said else ""


def _said(closed: int, opened: int) -> str:
    done = ((closed, "closed"), (opened, "opened"))
    told = [f"{number} holiday{'' if number == 1 else 's'} {what}" for number, what in done if number]
    return f"{', '.join(told) or 'Nothing was changed'}."
