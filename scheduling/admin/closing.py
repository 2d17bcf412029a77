"""When there are no visits."""

from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html

from compliance.access import insist
from compliance.admin_forms import AskingForm, sentences
from compliance.admin_lists import day_words, said
from compliance.practice_admin import PracticeAdmin
from scheduling import displaced, public_holidays, set_up
from scheduling.admin.narrowing import by_end, by_provider, by_whose
from scheduling.closing_forms import chosen_twice, digest, ids
from scheduling.enums import ResourceKind
from scheduling.models import Appointment, Closure, Resource
from scheduling.standing import listed

SET_UP = "scheduling.change_set_up"


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
class ClosureAdmin(PracticeAdmin):
    """When there are no visits."""

    group, place, heading, one = "Providers and calendars", 30, "Closed times", "closed time"
    about = "Holidays, vacations, lunch, a machine in repair: nothing new can be booked then."
    empty = "No closed times yet."
    form = ClosureForm
    changed_by = SET_UP
    fields = ("provider", "location", "resource", "starts_at", "ends_at", "reason")
    for_whom = said("For", "of", none="Everybody")
    list_display = ("reason", "for_whom", "begins", "finishes", "left")
    list_select_related = ("provider", "location", "resource__location")
    list_filter = (by_end(), by_whose(), by_provider())
    search_fields = ("reason",)
    sortable_by = ("reason", "begins", "finishes")
    ordering = ("-starts_at",)

    def choices_of(self, model: Any, request: HttpRequest) -> Any:
        """Rooms and machines; a provider's own time is hers."""
        found = super().choices_of(model, request)
        return found.exclude(kind=ResourceKind.PROVIDER).order_by("name") if model is Resource else found

    def get_queryset(self, request: HttpRequest) -> Any:
        """Each with the number of visits that stand in it."""
        return displaced.with_standing(super().get_queryset(request), now=timezone.now())

    @admin.display(description="Start", ordering="starts_at")
    def begins(self, row: Closure) -> str:
        """Mon, Dec 7, 2026, 8:00 AM; without the hour at the beginning of a day."""
        return _moment(row, row.starts_at)

    @admin.display(description="End", ordering="ends_at")
    def finishes(self, row: Closure) -> str:
        """The same of its end; of whole days the last one."""
        return _moment(row, row.ends_at, is_end=True)

    @admin.display(description="Visits in it")
    def left(self, row: Any) -> str:
        """How many are still to be moved, with the way there."""
        if not row.standing:
            return "–"
        return format_html('<a href="{}">{}</a>', reverse("scheduling:closed", args=[row.pk]), row.standing)

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
        days = [one for one in public_holidays.of_year(year, practice) if one.day >= today]
        ticked, problem, now = public_holidays.closed(days), "", timezone.now()
        seen = public_holidays.edition(days)
        visits: set[Appointment] = set()
        if request.method == "POST":
            ticked = set(request.POST.getlist("holiday")) & {one.key for one in days}
            visits = public_holidays.standing(ticked, days, practice, now=now)
            problem = _asked(request.POST, days, seen, visits)
            if not problem:
                done = public_holidays.choose(ticked, year, practice=practice, by=request.user, now=now)
                messages.success(request, _said(*done))
                return redirect(f"{self.address('holidays')}?year={year}")
            seen = f"{seen}.{digest(visits)}"
        context = {
            **self.admin_site.each_context(request),
            "title": f"Public holidays {year}",
            "heading": self.heading,
            "opts": self.opts,
            "year": year,
            "years": range(today.year, today.year + 3),
            "rows": [(one, one.key in ticked) for one in days],
            "full": displaced.still_full(now=now).filter(provider=None).count(),
            "problem": problem,
            "standing": listed(visits, request.user, page=request.POST.get("page")) if visits else None,  # type: ignore[arg-type]
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


def _moment(row: Closure, at: datetime, *, is_end: bool = False) -> str:
    """On the clock of the place that is closed, else of the practice."""
    place = row.location or (row.resource and row.resource.location)
    here = timezone.localtime(at, ZoneInfo(place.time_zone) if place else None)
    if here.time() == time.min:
        return day_words(here.date() - timedelta(days=is_end))
    return f"{day_words(here.date())}, {here:%-I:%M %p}"


def _year(text: str, this_year: int) -> int:
    """This year or one of the next two; next year where none of them was asked for."""
    return next((year for year in range(this_year, this_year + 3) if text == str(year)), this_year + 1)


def _asked(data: QueryDict, listed: list[public_holidays.Holiday], seen: str, visits: set[Appointment]) -> str:
    """What is to know before the ticks are saved: that somebody changed them since they were shown, or booked visits."""
    shown, _, known = data.get("seen", "").partition(".")
    said = []
    if shown != seen:
        theirs = public_holidays.closed(listed)
        names = ", ".join(one.name for one in listed if one.key in theirs) or "none"
        said.append(f"Somebody changed the holidays meanwhile. Closed are now: {names}. Below is what you ticked.")
    if visits and (known != digest(visits) or "page" in data):
        number = len(visits)
        stand = "1 booked visit stands" if number == 1 else f"{number} booked visits stand"
        said.append(
            f"{stand} on the days that you close, and {'is' if number == 1 else 'each is'} work then to find another."
        )
    return " ".join([*said, "Save again to use it, or go back to leave it."]) if said else ""


def _said(closed: int, opened: int) -> str:
    done = ((closed, "closed"), (opened, "opened"))
    told = [f"{number} holiday{'' if number == 1 else 's'} {what}" for number, what in done if number]
    return f"{', '.join(told) or 'Nothing was changed'}."
