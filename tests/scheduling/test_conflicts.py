"""A visit that somebody changed meanwhile: what was typed stays, theirs stands beside it, and pressing again decides."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from compliance.tenancy.urls import practice_url
from scheduling import booking, visits
from scheduling.forms import slot_text
from scheduling.models import Appointment, Resource
from tests.factories import scheduling as make

IN_A_WEEK = timezone.now().date() + timedelta(days=7)
MONDAY = IN_A_WEEK + timedelta(days=-IN_A_WEEK.weekday() % 7)
TEN = datetime.combine(MONDAY, time(10), ZoneInfo("America/Chicago")).astimezone(UTC)
TYPED = {"version": 1, "mode": "office", "reason": "Cough"}
CANCELLED = {"version": 1, "reason": "pat", "initiator": "patient", "told_by": "patient", "note": "Bus"}


@pytest.fixture
def visit(inside, secretary):
    who, kind = make.provider("Dr. Okafor"), make.visit_type("Follow-up")
    return make.visit(by=secretary, who=who, kind=kind, starts_at=TEN, now=timezone.now(), reason="Blood pressure")


@pytest.fixture
def url(practice, visit):
    return lambda name: practice_url(practice, f"scheduling:{name}", visit.pk)


@pytest.fixture
def overtaken(visit, secretary):
    """A colleague has confirmed the visit since the page was opened."""
    visits.confirm(visit, by=secretary, now=timezone.now())


def again(form):
    """The form as it stands on the page, sent once more."""
    return {name: form[name].value() or "" for name in form.fields}


def test_a_stale_change_keeps_what_was_typed(overtaken, as_secretary, url):
    answer = as_secretary.post(url("change"), TYPED)

    assert (answer.status_code, Appointment.objects.get().reason) == (409, "Blood pressure")
    assert 'value="Cough"' in answer.content.decode()
    assert answer.context["differences"] == [("Reason", "Blood pressure", "Cough")]


def test_a_stale_change_shows_theirs_beside_every_box(visit, as_secretary, secretary, url):
    room = Resource.objects.create(kind="room", name="Room 2")
    theirs = {"room": room, "mode": "video", "comment": "Bring the list"}
    booking.move(visit, by=secretary, now=timezone.now(), **theirs)

    answer = as_secretary.post(url("change"), TYPED)

    assert answer.context["differences"] == [
        ("Way", "Video", "In the office"),
        ("Reason", "Blood pressure", "Cough"),
        ("Room", "Room 2", "Nothing"),
        ("Internal note", "Bring the list", "Nothing"),
    ]


def test_a_stale_change_sent_again_is_a_decision(overtaken, as_secretary, url):
    shown = as_secretary.post(url("change"), TYPED).context["form"]

    as_secretary.post(url("change"), again(shown))

    assert Appointment.objects.get().reason == "Cough"


def test_a_change_overtaken_twice_is_stale_twice(overtaken, visit, as_secretary, secretary, url):
    shown = as_secretary.post(url("change"), TYPED).context["form"]
    booking.move(Appointment.objects.get(), by=secretary, now=timezone.now(), reason="Fever")

    answer = as_secretary.post(url("change"), again(shown))

    assert (answer.status_code, Appointment.objects.get().reason) == (409, "Fever")


def test_a_stale_change_is_an_error_by_its_title(overtaken, as_secretary, url):
    assert "<title>Error: " in as_secretary.post(url("change"), TYPED).content.decode()


def test_a_stale_cancellation_keeps_what_was_typed_and_cancels_when_sent_again(overtaken, as_secretary, url):
    first = as_secretary.post(url("cancel"), CANCELLED)

    second = as_secretary.post(url("cancel"), again(first.context["cancel_form"]))

    assert (first.status_code, first.context["cancel_form"]["note"].value()) == (409, "Bus")
    assert (second.status_code, Appointment.objects.get().status) == (302, "cancelled")


def test_a_stale_move_keeps_what_was_typed_and_moves_when_sent_again(overtaken, visit, as_secretary, url):
    said = {"version": 1, "why": "Bus", "slot": slot_text(visit.provider, TEN + timedelta(hours=1))}
    first = as_secretary.post(url("move"), said)

    second = as_secretary.post(url("move"), again(first.context["form"]))

    assert (first.status_code, first.context["form"]["why"].value()) == (409, "Bus")
    assert (second.status_code, Appointment.objects.filter(rescheduled_from=visit).exists()) == (302, True)
