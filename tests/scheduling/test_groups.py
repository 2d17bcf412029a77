"""A group gathers only what is of its kind and begins with it: a hold for anything else holds against it."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from scheduling import booking, openings, taking
from scheduling.models import Occupation
from tests.factories import scheduling as make
from tests.factories.scheduling import MONDAY, NOW

TEN = datetime(2026, 11, 23, 16, 0, tzinfo=UTC)


@pytest.fixture
def group(inside):
    return make.visit_type("Class", capacity=4)


def test_a_hold_for_one_person_holds_against_a_group_of_the_same_length(doctor, group, secretary, admin):
    alone = make.visit_type("Follow-up")
    booking.hold(doctor, TEN, alone, by=admin, now=NOW)

    with pytest.raises(booking.SlotTaken):
        make.visit(by=secretary, who=doctor, kind=group)

    assert make.visit(by=admin, who=doctor, kind=alone).starts_at == TEN


def test_a_group_is_not_offered_where_one_person_is_held(doctor, group, secretary, admin):
    make.visit(by=secretary, who=doctor, kind=group)
    booking.hold(doctor, TEN + timedelta(minutes=30), make.visit_type(), by=admin, now=NOW)

    found = [one.starts_at for one in openings.free_times(doctor, MONDAY, group, now=NOW, by=secretary)]

    assert (TEN in found, TEN + timedelta(minutes=30) in found) == (True, False)


def test_a_hold_for_the_group_joins_it(doctor, group, secretary, admin):
    make.visit(by=secretary, who=doctor, kind=group)
    booking.hold(doctor, TEN, group, by=admin, now=NOW)

    assert make.visit(by=secretary, who=doctor, kind=group).starts_at == TEN


def test_a_hold_of_the_group_that_lasts_longer_for_a_new_patient_joins_it_too(doctor, secretary, admin):
    group = make.visit_type("Class", capacity=4, new_minutes=60)
    make.visit(by=secretary, who=doctor, kind=group, is_new_patient=False)
    booking.hold(doctor, TEN, group.as_for(new_patient=True), by=admin, now=NOW)

    assert make.visit(by=secretary, who=doctor, kind=group, is_new_patient=False).starts_at == TEN


def test_a_hold_of_the_group_that_begins_at_another_time_does_not(doctor, group, secretary, admin):
    booking.hold(doctor, TEN + timedelta(minutes=15), group, by=admin, now=NOW)

    with pytest.raises(booking.SlotTaken):
        make.visit(by=secretary, who=doctor, kind=group)


def test_what_is_held_says_for_which_kind(doctor, group, secretary):
    hold = booking.hold(doctor, TEN, group, by=secretary, now=NOW, held_for=uuid4())

    assert Occupation.objects.with_group().values_list("kind", "begins").get() == (group.pk, hold.held_from)
    assert taking.release_run_out(now=hold.hold_until) == 1
