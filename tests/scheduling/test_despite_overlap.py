"""Another visit of hers then is a warning and no wall: of a move, of a walk-in, and of many moved at once."""

from datetime import timedelta

import pytest
from django.utils import timezone

from compliance.tenancy.urls import practice_url
from scheduling import booking, proposals, walk_ins
from scheduling.forms import slot_text
from scheduling.models import Appointment
from tests.architecture.world import monday
from tests.factories import scheduling as make

NOON = monday(12)


@pytest.fixture
def busy(inside, secretary):
    """A visit at ten, and another one of hers at noon."""
    visit = make.visit(by=secretary, starts_at=monday(10), now=timezone.now())
    make.visit(by=secretary, whose=visit.patient, starts_at=NOON, now=timezone.now())
    return visit


def test_a_move_onto_another_visit_of_hers_warns_and_goes_on_when_told(busy, practice, as_secretary):
    url = practice_url(practice, "scheduling:move", busy.pk)
    said = {"slot": slot_text(busy.provider, NOON), "version": busy.version, "why": "Bus", "visit_type": ""}

    warned = as_secretary.post(url, said)
    answer = as_secretary.post(url, said | {"despite_overlap": "on"})

    assert (warned.status_code, "Move all the same" in warned.content.decode()) == (409, True)
    assert (answer.status_code, Appointment.objects.get(rescheduled_from=busy).starts_at) == (302, NOON)


def test_an_overlap_that_stood_before_is_not_warned_of_again(busy, secretary):
    over = booking.move(busy, starts_at=NOON, despite_overlap=True, by=secretary, now=timezone.now())

    moved = booking.move(over, provider=make.provider(), by=secretary, now=timezone.now())

    assert moved.starts_at == NOON


def test_a_new_overlap_is_warned_of_although_another_stood(busy, secretary):
    over = booking.move(busy, starts_at=NOON, despite_overlap=True, by=secretary, now=timezone.now())
    make.visit(by=secretary, whose=busy.patient, starts_at=monday(14), now=timezone.now())

    with pytest.raises(booking.PatientBusy):
        booking.move(over, starts_at=monday(14), by=secretary, now=timezone.now())


def test_many_are_moved_each_despite_its_overlap(busy, secretary):
    wanted = [proposals.Wanted(busy, busy.provider, NOON, busy.version, despite_overlap=True)]

    became = proposals.move(wanted, by=secretary, now=timezone.now(), why="Sick")

    assert became[busy.pk].starts_at == NOON


def test_a_walk_in_over_another_visit_of_hers_is_taken_in_when_told(busy, secretary):
    now, who = NOON - timedelta(minutes=5), (busy.patient, make.provider(), make.visit_type(), NOON)
    with pytest.raises(booking.PatientBusy):
        walk_ins.take_in(*who, by=secretary, now=now)

    assert walk_ins.take_in(*who, by=secretary, now=now, despite_overlap=True).starts_at == NOON


def test_her_visits_of_today_are_told_first(busy, secretary):
    found = walk_ins.today_of(busy.patient, secretary, now=monday(9))

    assert [visit.starts_at for visit in found] == [monday(10), NOON]
