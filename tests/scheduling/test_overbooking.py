"""A taken time that is given twice on purpose, when moving too: by whoever may, with a reason, shown and counted."""

from datetime import timedelta

import pytest
from django.utils import timezone

from compliance.roles import Role
from compliance.tenancy.urls import practice_url
from scheduling import visits
from scheduling.board import day_board
from scheduling.forms import slot_text
from scheduling.models import Appointment, Occupation
from tests.architecture.world import monday
from tests.factories import people
from tests.factories import scheduling as make

WHY = "She is in pain and nothing else is free"


@pytest.fixture
def visit(doctor, secretary):
    return make.visit(by=secretary, who=doctor, starts_at=monday(10), now=timezone.now())


@pytest.fixture
def said(doctor, visit, secretary):
    """Two o'clock, which somebody else has."""
    make.visit(by=secretary, who=doctor, starts_at=monday(14), now=timezone.now())
    return {"slot": slot_text(doctor, monday(14)), "version": visit.version, "visit_type": "", "why": ""}


@pytest.fixture
def url(practice, visit):
    return practice_url(practice, "scheduling:move", visit.pk)


@pytest.fixture
def head(practice):
    """A practice admin, who may double-book."""
    return people.browser(people.member(practice, Role.PRACTICE_ADMIN))


def test_a_taken_time_asks_why_with_other_times_beside(head, url, said):
    answer = head.post(url, said)

    text = answer.content.decode()
    assert (answer.status_code, "Why double-book" in text, "Move it there" in text) == (409, True, True)
    assert len(answer.context["instead"]) == 3


def test_what_takes_the_time_is_said(head, url, said):
    assert "Another visit was booked there. Nothing was changed." in head.post(url, said).content.decode()


def test_with_a_reason_it_goes_there_and_is_counted(head, url, said, visit, practice, secretary):
    answer = head.post(url, said | {"overbook_reason": WHY})

    moved = Appointment.objects.get(rescheduled_from=visit)
    (column,) = day_board(secretary, monday(14).date(), practice=practice, now=timezone.now()).columns
    assert (answer.status_code, moved.starts_at, moved.overbook_reason) == (302, monday(14), WHY)
    assert (column.overbooked, Occupation.objects.filter(starts_at=monday(14)).count()) == (1, 2)


def test_a_reason_of_somebody_who_may_not_double_book_counts_for_nothing(as_secretary, url, said, visit):
    answer = as_secretary.post(url, said | {"overbook_reason": WHY})

    assert (answer.status_code, "Why double-book" in answer.content.decode()) == (409, False)
    assert not Appointment.objects.filter(rescheduled_from=visit).exists()


def test_a_time_outside_of_hours_asks_why_too(head, url, said, doctor, visit):
    evening = said | {"slot": slot_text(doctor, monday(20))}

    answer = head.post(url, evening)

    assert (answer.status_code, "Why double-book" in answer.content.decode()) == (422, True)
    head.post(url, evening | {"overbook_reason": WHY})
    assert Appointment.objects.get(rescheduled_from=visit).starts_at == monday(20)


def test_undone_it_stands_where_it_was_and_is_not_double_booked(head, url, said, visit):
    head.post(url, said | {"overbook_reason": WHY})
    moved = Appointment.objects.get(rescheduled_from=visit)

    back = visits.undo(moved, by=moved.booked_by, now=moved.created_at + timedelta(seconds=5))

    assert (back.starts_at, back.status, back.overbook_reason) == (monday(10), "booked", None)


def test_a_reason_for_a_time_that_is_free_makes_no_double_booking(doctor, secretary):
    visit = make.visit(by=secretary, who=doctor, starts_at=monday(11), now=timezone.now(), overbook_reason=WHY)

    assert visit.overbook_reason is None
