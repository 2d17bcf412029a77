"""The pages of series."""

from datetime import UTC, date, datetime, time, timedelta
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from compliance.models import AuditEvent
from compliance.roles import Role
from compliance.tenancy import acting_in
from compliance.tenancy.urls import practice_url
from scheduling import booking
from scheduling.enums import Status
from scheduling.forms import slot_text
from scheduling.models import Appointment, Series
from tests.factories import people
from tests.factories import scheduling as make
from tests.factories import series as again

CHICAGO = ZoneInfo("America/Chicago")
_today = timezone.now().astimezone(CHICAGO).date()
FIRST, SECOND, THIRD, FOURTH = (_today + timedelta(days=14 - _today.weekday(), weeks=n) for n in range(4))  # Mondays
NOW = timezone.now()


def at(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime.combine(day, time(hour, minute), CHICAGO).astimezone(UTC)


TEN = at(FIRST, 10)
ELSEWHERE = f"at:{at(SECOND, 9, 30):%Y-%m-%dT%H:%MZ}"


@pytest.fixture
def desk(inside, secretary):
    """What the page is about: whose, with whom, which kind."""
    return {"patient": make.patient(), "doctor": make.provider("Dr. Okafor"), "kind": make.visit_type()}


@pytest.fixture
def made(desk, secretary) -> Series:
    return again.booked(
        by=secretary, patient=desk["patient"], provider=desk["doctor"], visit_type=desk["kind"], first_on=FIRST, now=NOW
    )


def said(desk, **more) -> dict:
    pattern = {"frequency": "weekly", "every": 1, "weekdays": [0], "ends": "count", "count": 4}
    words = {"mode": "office", "reason": "Injection", "comment": ""}
    return {"slot": slot_text(desk["doctor"], TEN), "visit_type": desk["kind"].pk, **pattern, **words, **more}


def address(practice, desk) -> str:
    return practice_url(practice, "scheduling:repeat", desk["patient"].pk)


def looked_and_saved(browser, url, data):
    """Look at the dates, then save what was seen."""
    looked = browser.post(url, data | {"step": "look"})
    return browser.post(url, data | {"step": "save", "looked": looked.context["looked"]})


def test_what_was_typed_on_the_booking_page_is_kept(as_secretary, practice, desk):
    page = as_secretary.post(address(practice, desk), said(desk) | {"step": "begin", "reason": "Knee"})

    assert (page.status_code, page.context["form"]["reason"].value(), Series.objects.count()) == (200, "Knee", 0)


def test_a_series_is_looked_at_and_then_booked(as_secretary, practice, desk):
    answer = looked_and_saved(as_secretary, address(practice, desk), said(desk))

    made = Series.objects.get()
    assert answer.status_code == 302
    assert urlsplit(answer["Location"]).path == practice_url(practice, "scheduling:series", made.pk)
    assert len(again.visits(made)) == 4


def test_saving_another_pattern_than_was_seen_shows_it_first(as_secretary, practice, desk):
    url = address(practice, desk)
    looked = as_secretary.post(url, said(desk) | {"step": "look"})

    answer = as_secretary.post(url, said(desk, count=9) | {"step": "save", "looked": looked.context["looked"]})

    assert (answer.status_code, len(answer.context["lines"]), Series.objects.count()) == (200, 9, 0)


def test_a_conflict_stands_there_with_its_proposals(as_secretary, practice, desk, secretary):
    make.visit(by=secretary, who=desk["doctor"], starts_at=at(SECOND, 10), now=NOW)

    page = as_secretary.post(address(practice, desk), said(desk) | {"step": "look"})

    second = page.context["lines"][1]
    assert [value for value, _ in second.options] == [ELSEWHERE, "skip"]
    assert "Another visit has this time." in page.content.decode()


def test_a_conflict_without_a_choice_is_409_and_saves_nothing(as_secretary, practice, desk, secretary):
    make.visit(by=secretary, who=desk["doctor"], starts_at=at(SECOND, 10), now=NOW)

    answer = looked_and_saved(as_secretary, address(practice, desk), said(desk))

    assert (answer.status_code, Series.objects.count()) == (409, 0)


def test_the_proposal_is_booked_where_it_is_chosen(as_secretary, practice, desk, secretary):
    make.visit(by=secretary, who=desk["doctor"], starts_at=at(SECOND, 10), now=NOW)
    data = said(desk) | {f"on-{SECOND}": ELSEWHERE}

    looked_and_saved(as_secretary, address(practice, desk), data)

    assert again.local(Series.objects.get())[1] == f"{SECOND} 09:30"


@pytest.mark.parametrize(
    ("more", "field", "sentence"),
    [
        ({"count": "10000"}, "count", "A series has 1 to 366 visits, not 10,000. Or choose one without an end."),
        ({"count": ""}, "count", "Say how many visits."),
        ({"ends": "until"}, "until_on", "Choose the last day."),
        ({"ends": "until", "until_on": "2026-11-01"}, "until_on", "The last day is before the first visit."),
        ({"every": "0"}, "every", "Choose 1 to 52."),
        ({"every": "x"}, "every", "Enter a whole number, like 15."),
    ],
)
def test_bad_input_gets_a_sentence_at_its_field_and_loses_nothing(as_secretary, practice, desk, more, field, sentence):
    page = as_secretary.post(address(practice, desk), said(desk) | more | {"step": "save"})

    form = page.context["form"]
    assert (page.status_code, form.errors[field], form["reason"].value()) == (422, [sentence], "Injection")


def test_the_page_of_a_series_says_what_became_of_each_date(as_secretary, practice, made, secretary):
    visit = again.visits(made)[1]
    booking.move(visit, starts_at=visit.starts_at + timedelta(hours=3), by=secretary, now=NOW)

    page = as_secretary.get(practice_url(practice, "scheduling:series", made.pk))

    rows = page.context["ahead"]
    assert [row["is_own"] for row in rows] == [False, True, False, False]
    assert f"originally {SECOND:%a, %b} {SECOND.day}" in page.content.decode()


@pytest.mark.parametrize("count", [2, 20])
def test_the_page_of_a_series_asks_the_same_for_any_number_of_dates(
    count, as_secretary, practice, desk, secretary, django_assert_max_num_queries
):
    row = again.booked(by=secretary, patient=desk["patient"], provider=desk["doctor"], count=count, first_on=FIRST, now=NOW)
    url = practice_url(practice, "scheduling:series", row.pk)
    as_secretary.get(url)

    with django_assert_max_num_queries(34):
        page = as_secretary.get(url)

    assert len(page.context["ahead"]) == count


def test_looking_at_a_series_opens_the_chart_and_is_recorded(as_secretary, practice, secretary):
    with acting_in(practice.pk, secretary.pk):
        made = again.booked(by=secretary, first_on=FIRST, now=NOW)

    as_secretary.get(practice_url(practice, "scheduling:series", made.pk))

    with acting_in(practice.pk, secretary.pk):
        event = AuditEvent.objects.get(kind="patient.read", page="scheduling:series")
    assert event.opened == [made.patient_id]


def test_all_that_follow_are_changed_on_the_page(as_secretary, practice, made):
    url = practice_url(practice, "scheduling:change_series", made.pk, THIRD)
    kept = {"version": made.version, "provider": made.provider_id, "visit_type": made.visit_type_id, "mode": "office"}

    looked_and_saved(as_secretary, url, kept | {"scope": "following", "day": THIRD + timedelta(days=1), "starts": "14:00"})

    after = Series.objects.get(continues=made)
    assert again.local(after) == [f"{one + timedelta(days=1)} 14:00" for one in (THIRD, FOURTH)]


def test_a_stale_change_is_409_and_says_so(as_secretary, practice, made):
    url = practice_url(practice, "scheduling:change_series", made.pk, THIRD)
    kept = {"version": 7, "provider": made.provider_id, "visit_type": made.visit_type_id, "mode": "office"}

    answer = looked_and_saved(
        as_secretary, url, kept | {"scope": "this", "day": THIRD + timedelta(days=1), "starts": "14:00"}
    )

    assert (answer.status_code, answer.context["form"]["version"].value()) == (409, "1")


def test_a_day_that_is_years_away_is_refused_at_its_field(as_secretary, practice, made):
    url = practice_url(practice, "scheduling:change_series", made.pk, THIRD)
    kept = {"version": 1, "provider": made.provider_id, "visit_type": made.visit_type_id, "mode": "office"}

    answer = as_secretary.post(url, kept | {"scope": "following", "day": "2190-01-01", "starts": "14:00", "step": "look"})

    sentence = "A series moves by a year at most. End it, and repeat a visit from there."
    assert (answer.status_code, answer.context["form"].errors["day"]) == (422, [sentence])


def test_all_that_follow_are_cancelled_on_the_page(as_secretary, practice, made):
    url = practice_url(practice, "scheduling:cancel_series", made.pk, THIRD)
    why = {"reason": "pat", "initiator": "patient", "told_by": "called", "version": made.version}

    answer = as_secretary.post(url, why | {"scope": "following"})

    assert (answer.status_code, Appointment.objects.filter(status=Status.CANCELLED).count()) == (302, 2)


def test_a_scope_has_to_be_chosen_and_nothing_is_cancelled_without(as_secretary, practice, made):
    url = practice_url(practice, "scheduling:cancel_series", made.pk, THIRD)

    answer = as_secretary.post(url, {"reason": "pat", "initiator": "patient", "told_by": "called", "version": 1})

    assert (answer.status_code, answer.context["form"].errors["scope"]) == (422, ["Choose which visits."])


def test_the_visit_and_the_board_say_that_it_is_one_of_a_series(as_secretary, practice, made):
    visit = as_secretary.get(practice_url(practice, "scheduling:visit", again.visits(made)[0].pk))
    board = as_secretary.get(practice_url(practice, "scheduling:board", FIRST))

    assert "Every week on Monday, 4 times" in visit.content.decode()
    assert "One of a series" in board.content.decode()


def test_the_visit_shows_its_original_time_after_several_moves(as_secretary, practice, made, secretary):
    visit = again.visits(made)[0]
    for hours in (1, 2):
        visit = booking.move(visit, starts_at=visit.starts_at + timedelta(hours=hours), by=secretary, now=NOW)

    page = as_secretary.get(practice_url(practice, "scheduling:visit", visit.pk))

    assert page.context["first_at"] == TEN


def test_a_series_of_another_practice_is_not_there(signed_in, practice, made):
    other = people.practice()
    who = people.member(other, Role.SECRETARY)
    with acting_in(other.pk, who.pk):
        answer = signed_in(who).get(practice_url(other, "scheduling:series", made.pk))

    assert answer.status_code == 404


def test_billing_may_look_and_not_change(signed_in, practice, made):
    who = people.member(practice, Role.BILLING)
    browser = signed_in(who)

    page = browser.get(practice_url(practice, "scheduling:series", made.pk))
    change = browser.get(practice_url(practice, "scheduling:change_series", made.pk, THIRD))

    assert (page.status_code, page.context["may_change"], change.status_code) == (200, False, 403)
