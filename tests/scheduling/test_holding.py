"""A time is held by asking for it, and by nothing else; the page that books it says for how long."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from compliance.roles import Role
from compliance.tenancy.urls import practice_url
from scheduling import booking
from scheduling.forms import slot_text
from scheduling.models import Occupation
from tests.factories import people
from tests.factories import scheduling as make

IN_A_WEEK = timezone.now().date() + timedelta(days=7)
MONDAY = IN_A_WEEK + timedelta(days=-IN_A_WEEK.weekday() % 7)
TEN = datetime.combine(MONDAY, time(10), ZoneInfo("America/Chicago")).astimezone(UTC)


@pytest.fixture
def said(doctor, kind):
    return {"slot": slot_text(doctor, TEN), "visit_type": str(kind.pk)}


@pytest.fixture
def url(practice, inside):
    patient = make.patient()
    return lambda name: practice_url(practice, f"scheduling:{name}", patient.pk)


def test_holding_a_time_leads_to_the_page_that_books_it(said, as_secretary, secretary, url):
    answer = as_secretary.post(url("hold"), said)

    assert (answer.status_code, answer["Location"].partition("?")[0]) == (303, url("book"))
    assert Occupation.objects.get().held_by == secretary


def test_the_booking_page_says_until_when_the_time_is_held(said, as_secretary, url):
    page = as_secretary.post(url("hold"), said, follow=True)

    assert page.context["held_until"] == Occupation.objects.get().hold_until
    assert "Held for you until" in page.content.decode()


def test_looking_at_the_booking_page_holds_nothing_and_offers_it(said, as_secretary, url):
    page = as_secretary.get(url("book"), said).content.decode()

    assert (Occupation.objects.exists(), "Held for you" in page) == (False, False)
    assert f'action="{url("hold")}"' in page


def test_reloading_the_page_of_a_held_time_holds_no_longer(said, as_secretary, url):
    answer = as_secretary.post(url("hold"), said)
    before = Occupation.objects.get()

    page = as_secretary.get(answer["Location"])

    assert (Occupation.objects.get(), page.context["held_until"]) == (before, before.hold_until)


def test_a_colleagues_hold_is_not_ones_own(said, as_secretary, admin, doctor, kind, url):
    booking.hold(doctor, TEN, kind, by=admin, now=timezone.now())

    assert as_secretary.get(url("book"), said).context["held_until"] is None


def test_holding_a_time_that_was_just_taken_offers_the_next_three(said, as_secretary, admin, doctor, kind, url):
    booking.hold(doctor, TEN, kind, by=admin, now=timezone.now())

    answer = as_secretary.post(url("hold"), said)

    assert (answer.status_code, len(answer.context["instead"])) == (409, 3)


def test_a_time_outside_of_hours_is_not_held(said, as_secretary, doctor, url):
    answer = as_secretary.post(url("hold"), {**said, "slot": slot_text(doctor, TEN + timedelta(hours=14))})

    assert (answer.status_code, Occupation.objects.exists()) == (422, False)
    assert "This time cannot be held" in answer.content.decode()


def test_a_time_is_not_held_by_opening_an_address(said, as_secretary, url):
    assert as_secretary.get(url("hold"), said).status_code == 405


def test_the_way_back_of_a_held_time_leads_to_no_other_site(said, as_secretary, url):
    answer = as_secretary.post(url("hold"), {**said, "next": "https://elsewhere.example/"})

    assert "elsewhere" not in answer["Location"]


def test_in_the_panel_a_held_time_leads_back_to_the_board(said, as_secretary, practice, url):
    board = practice_url(practice, "scheduling:board", MONDAY)
    headers = {"HX-Request": "true", "HX-Current-URL": f"http://testserver{board}"}

    page = as_secretary.post(url("hold"), said, headers=headers, follow=True)

    assert page.context["form"]["next"].value() == board


def test_a_provider_holds_nothing(said, signed_in, practice, url):
    assert signed_in(people.member(practice, Role.PROVIDER)).post(url("hold"), said).status_code == 403
