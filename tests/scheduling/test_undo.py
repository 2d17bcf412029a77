"""What can be taken back, and what stands then."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from compliance.roles import Role
from compliance.tenancy.urls import practice_url
from scheduling import booking, visits
from scheduling.enums import Status
from scheduling.models import Appointment, Occupation, Transition
from tests.factories import people
from tests.factories import scheduling as make
from tests.factories.scheduling import NOW

TEN = datetime(2026, 11, 23, 16, 0, tzinfo=UTC)
LATE = TEN + timedelta(minutes=20)


@pytest.fixture
def visit(inside, secretary):
    return make.visit(by=secretary, starts_at=TEN)


def read(visit):
    return Appointment.objects.get(pk=visit.pk)


@pytest.mark.parametrize("then", ["moved", "confirmed", "cancelled"])
def test_a_move_is_not_undone_once_something_became_of_the_visit_at_its_new_time(visit, secretary, then):
    new = booking.move(visit, starts_at=TEN + timedelta(hours=1), by=secretary, now=NOW)
    {
        "moved": lambda: booking.move(new, starts_at=TEN + timedelta(hours=2), by=secretary, now=NOW),
        "confirmed": lambda: visits.confirm(new, by=secretary, now=NOW),
        "cancelled": lambda: visits.cancel(new, reason="pat", initiator="patient", told_by="patient", by=secretary, now=NOW),
    }[then]()

    with pytest.raises(visits.TooLate):
        visits.undo(read(visit), by=secretary, now=NOW)

    assert (read(visit).status, read(new).status) == (Status.RESCHEDULED, new.status)


def test_a_move_is_not_undone_after_a_message_about_the_new_time_left_the_portal(visit, secretary):
    new = booking.move(visit, starts_at=TEN + timedelta(hours=1), by=secretary, now=NOW)
    visits.note_reminded(new, now=NOW)

    with pytest.raises(visits.TooLate):
        visits.undo(read(visit), by=secretary, now=NOW)

    assert read(new).status == Status.BOOKED


def test_a_no_show_that_was_taken_back_and_is_undone_takes_no_time(visit, secretary):
    visits.no_show(visit, by=secretary, now=LATE)
    visits.reopen(visit, reason="Came late", by=secretary, now=LATE)

    visits.undo(visit, by=secretary, now=LATE)

    assert (read(visit).status, Occupation.objects.count()) == (Status.NO_SHOW, 0)


@pytest.mark.parametrize(("seconds", "offered"), [(0, True), (21, False)])
def test_the_page_offers_it_for_as_long_as_it_can_be_done(practice, visit, secretary, seconds, offered):
    step = visits.confirm(visit, by=secretary, now=timezone.now())
    Transition.objects.filter(pk=step.pk).update(at=step.at - timedelta(seconds=seconds))
    page = people.browser(secretary).get(practice_url(practice, "scheduling:visit", visit.pk))

    assert ("Undo my last act" in page.content.decode()) is offered


def test_the_page_offers_nobody_what_somebody_else_did(practice, visit, secretary):
    visits.confirm(visit, by=secretary, now=timezone.now())
    other = people.member(practice, Role.SECRETARY)
    page = people.browser(other).get(practice_url(practice, "scheduling:visit", visit.pk))

    assert "Undo my last act" not in page.content.decode()
