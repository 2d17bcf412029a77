"""Entered in error: what cannot be called so, who may say it of what is over, and that it can be taken back at once."""

from datetime import UTC, datetime, timedelta

import pytest

from compliance.roles import Role
from compliance.tenancy.urls import practice_url
from scheduling import booking, visits
from scheduling.enums import Status
from scheduling.models import Appointment
from tests.factories import people
from tests.factories import scheduling as make
from tests.factories.scheduling import NOW

TEN = datetime(2026, 11, 23, 16, 0, tzinfo=UTC)


@pytest.fixture
def visit(inside, secretary):
    return make.visit(by=secretary, starts_at=TEN)


@pytest.fixture
def ended(visit, secretary):
    visits.finish(visit, by=secretary, now=TEN, quick=True)
    return visit


def erase(practice, visit, user):
    url = practice_url(practice, "scheduling:act", visit.pk, "error")
    return people.browser(user).post(url, {"version": visit.version, "reason": "Wrong row"}).status_code


def test_a_visit_that_was_moved_after_its_reminder_is_no_error(visit, secretary):
    visits.note_reminded(visit, now=NOW)
    there = booking.move(visit, by=secretary, now=NOW, starts_at=TEN + timedelta(hours=1))
    again = booking.move(there, by=secretary, now=NOW, starts_at=TEN + timedelta(hours=2))

    with pytest.raises(visits.WasReminded):
        visits.enter_in_error(Appointment.objects.get(pk=again.pk), reason="Twice", by=secretary, now=NOW)


def test_who_may_not_reopen_does_not_erase_what_is_over(practice, ended, secretary):
    assert (erase(practice, ended, secretary), Appointment.objects.get().status) == (403, Status.FULFILLED)


def test_who_may_reopen_erases_what_is_over(practice, ended):
    admin = people.member(practice, Role.PRACTICE_ADMIN)

    assert (erase(practice, ended, admin), Appointment.objects.get().status) == (302, Status.IN_ERROR)


def test_who_may_not_reopen_is_not_offered_it(practice, ended, secretary):
    page = people.browser(secretary).get(practice_url(practice, "scheduling:visit", ended.pk))

    assert "Entered in error" not in page.content.decode()


def test_it_can_be_taken_back_at_once(ended, secretary):
    visits.enter_in_error(ended, reason="Wrong row", by=secretary, now=TEN)

    visits.undo(ended, by=secretary, now=TEN + timedelta(seconds=15))

    assert Appointment.objects.values_list("status", "finished_at").get() == (Status.FULFILLED, TEN)
