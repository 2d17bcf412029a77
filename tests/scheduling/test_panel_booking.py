"""Booking and moving in the panel beside the board: what is refused is said there, and what is done leads back."""

from datetime import timedelta

import pytest
from django.utils import timezone

from compliance.tenancy.urls import practice_url
from scheduling.forms import slot_text
from scheduling.models import Appointment
from tests.architecture.world import monday
from tests.factories import scheduling as make

TEN = monday(10)
HALF = timedelta(minutes=30)


@pytest.fixture
def board(practice):
    return practice_url(practice, "scheduling:board", TEN.date())


@pytest.fixture
def visit(inside, secretary):
    return make.visit(by=secretary, starts_at=TEN, now=timezone.now())


@pytest.fixture
def do(practice, as_secretary, board):
    """Send a form of the panel, over the board."""
    headers = {"HX-Request": "true", "HX-Current-URL": f"http://testserver{board}"}

    def go(name, row, **said):
        return as_secretary.post(
            practice_url(practice, f"scheduling:{name}", row.pk), {"next": board, **said}, headers=headers
        )

    return go


def booking_of(visit, who, starts_at):
    return {"slot": slot_text(who, starts_at), "visit_type": visit.visit_type_id, "reason": "Cough"}


def moving_of(visit, starts_at):
    return {"slot": slot_text(visit.provider, starts_at), "version": visit.version, "why": "Bus"}


def seen(answer):
    text = answer.content.decode()
    return answer.status_code, "<html" not in text and "panel-head" in text


def test_another_visit_of_hers_is_warned_of_in_the_panel(do, visit):
    answer = do("book", visit.patient, **booking_of(visit, make.provider(), TEN))

    text = answer.content.decode()
    assert seen(answer) == (409, True)
    assert ("The patient has another visit then" in text, 'value="Cough"' in text) == (True, True)


def test_a_time_that_was_taken_offers_others_in_the_panel(do, visit):
    answer = do("book", make.patient(), **booking_of(visit, visit.provider, TEN))

    text = answer.content.decode()
    assert (seen(answer), "This time is not free" in text) == ((409, True), True)
    assert text.count('hx-target="#panel"') == 4  # three other times, and this one


def test_what_is_booked_leads_back_to_the_board(do, board, visit):
    answer = do("book", make.patient(), **booking_of(visit, visit.provider, TEN + HALF))

    assert (answer["HX-Redirect"], Appointment.objects.count()) == (board, 2)


def test_a_move_to_a_taken_time_offers_others_in_the_panel(do, visit, secretary):
    make.visit(by=secretary, who=visit.provider, starts_at=TEN + HALF, now=timezone.now())

    answer = do("move", visit, **moving_of(visit, TEN + HALF))

    text = answer.content.decode()
    assert (seen(answer), "This time is not free" in text, 'value="Bus"' in text) == ((409, True), True, True)
    assert ("Move it there" in text, "finder-form" in text) == (True, False)


def test_a_move_that_cannot_be_is_refused_in_the_panel(do, visit):
    answer = do("move", visit, **moving_of(visit, TEN - timedelta(days=60)))

    assert (seen(answer), "finder-form" in answer.content.decode()) == ((422, True), False)


def test_what_is_moved_leads_back_to_the_board(do, board, visit):
    answer = do("move", visit, **moving_of(visit, TEN + HALF))

    assert (answer["HX-Redirect"], Appointment.objects.get(rescheduled_from=visit).starts_at) == (board, TEN + HALF)
