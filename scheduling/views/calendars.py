"""Calendars that leave as feeds, and calendars elsewhere that take time here."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from compliance import reauthentication
from compliance.access import public, requires
from compliance.tenancy.urls import plain_url
from scheduling import feeds, outside, tasks
from scheduling.calendar_forms import FeedForm, OutsideForm, providers_of
from scheduling.models import Feed, OutsideCalendar


@requires("scheduling.keep_calendars")
@require_safe
def calendars(request: HttpRequest) -> HttpResponse:
    """One's feeds, all of them for who sets the practice up, and the calendars elsewhere."""
    return _page(request)


@requires("scheduling.keep_calendars")
@require_http_methods(["GET", "HEAD", "POST"])
def make_feed(request: HttpRequest) -> HttpResponse:
    """A new feed, after proving again who asks; its address is on this one page and never again."""
    if request.method != "POST":  # the way back from the proof
        return redirect("scheduling:calendars")
    if not reauthentication.recently(request):
        return reauthentication.asked_first(request)
    form = FeedForm(request.POST, user=request.user)
    if not form.is_valid():
        return _page(request, feed_form=form, status=422)
    feed, secret = feeds.make(form.cleaned_data["resource"], by=request.user, now=timezone.now())
    address = plain_url("scheduling:feed", request.practice.slug, secret)  # type: ignore[attr-defined]
    return _page(request, made=feed, address=request.build_absolute_uri(address))


@requires("scheduling.keep_calendars")
@require_POST
def revoke_feed(request: HttpRequest, feed_id: UUID) -> HttpResponse:
    """End a feed; one that ended meanwhile is as good."""
    feeds.revoke(get_object_or_404(_feeds(request), pk=feed_id), by=request.user, now=timezone.now())
    messages.success(request, "The feed has ended. Its address answers nobody any more.")
    return redirect("scheduling:calendars")


@requires("scheduling.keep_calendars")
@require_POST
def add_outside(request: HttpRequest) -> HttpResponse:
    """Take the time of a calendar elsewhere."""
    form = OutsideForm(request.POST, request.FILES, user=request.user)
    if not form.is_valid():
        return _page(request, outside_form=form, status=422)
    said, now = form.cleaned_data, timezone.now()
    try:
        calendar = outside.add(said["provider"], name=said["name"], address=said["address"], by=request.user)
        if said["file"]:
            taken = outside.read_file(calendar, said["file"].read(), by=request.user, now=now)
            messages.success(request, f"{_times(taken)} of {calendar} in the next 400 days.")
        else:
            tasks.read_outside_calendar.delay_on_commit(str(calendar.pk))
            messages.success(request, f"{calendar} is being read. Reload this page to see what came of it.")
    except outside.Unreadable as problem:
        outside.remove(calendar, by=request.user, now=now)
        form.add_error("file", str(problem))
        return _page(request, outside_form=form, status=422)
    return redirect("scheduling:calendars")


@requires("scheduling.keep_calendars")
@require_POST
def remove_outside(request: HttpRequest, calendar_id: UUID) -> HttpResponse:
    """Forget a calendar elsewhere, and free its time."""
    outside.remove(get_object_or_404(_outside(request), pk=calendar_id), by=request.user, now=timezone.now())
    messages.success(request, "The calendar is removed and its time is free.")
    return redirect("scheduling:calendars")


@public
@cache_control(private=True, no_cache=True)
@require_safe
def feed(request: HttpRequest, practice: str, secret: str) -> HttpResponse:
    """What a calendar program reads. The address is the whole proof; what it opens says when, and never who or why."""
    try:
        text = feeds.read(slug=practice, secret=secret, now=timezone.now())
    except feeds.NoSuchFeed as error:
        raise Http404 from error
    response = HttpResponse(text, content_type="text/calendar; charset=utf-8")
    response.headers["Content-Disposition"] = 'inline; filename="schedule.ics"'
    mark = quote_etag(feeds.mark_of(text))
    response.headers["ETag"] = mark
    return get_conditional_response(request, etag=mark, response=response)


def _times(number: int) -> str:
    return "1 busy time is taken" if number == 1 else f"{number} busy times are taken"


def _feeds(request: HttpRequest) -> Any:
    rows = Feed.objects.visible_to(request.user).filter(revoked_at__isnull=True)
    may_all = request.user.may("scheduling.change_set_up")  # type: ignore[union-attr]
    return rows if may_all else rows.filter(owner=request.user)


def _outside(request: HttpRequest) -> Any:
    return OutsideCalendar.objects.visible_to(request.user).filter(provider__in=providers_of(request.user))  # type: ignore[arg-type]


def _page(request: HttpRequest, *, status: int = 200, **more: Any) -> HttpResponse:
    context = {
        "feeds": _feeds(request).select_related("resource", "owner").order_by("resource__name", "created_at", "pk"),
        "outside": _outside(request).select_related("provider").order_by("provider__position", "name", "pk"),
        "feed_form": more.pop("feed_form", None) or FeedForm(user=request.user),
        "outside_form": more.pop("outside_form", None) or OutsideForm(user=request.user),
        **more,
    }
    return render(request, "scheduling/calendars.html", context, status=status)
