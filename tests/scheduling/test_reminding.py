"""Which visits may be reminded of."""

from datetime import UTC, datetime, timedelta

import pytest

from scheduling import booking, reminding, tasks, visits
from scheduling.models import Occupation
from tests.factories import scheduling as make
from tests.factories.scheduling import NOW

TEN = datetime(2026, 11, 23, 16, 0, tzinfo=UTC)


@pytest.fixture
def visit(inside, secretary):
    return make.visit(by=secretary)


def due(start=TEN, end=TEN + timedelta(hours=1)):
    return list(reminding.to_remind(start=start, end=end))


def test_a_booked_visit_is_reminded_of_from_its_first_moment_on(visit):
    assert (due(), due(start=TEN + timedelta(seconds=1)), due(start=NOW, end=TEN)) == ([visit], [], [])


def test_a_cancelled_visit_is_not_reminded_of(visit, secretary):
    visits.cancel(visit, reason="pat", initiator="patient", told_by="patient", by=secretary, now=NOW)

    assert due() == []


def test_a_visit_of_somebody_who_died_is_among_them_so_that_it_can_be_told_why_nothing_went_out(visit):
    visit.patient.is_deceased = True
    visit.patient.save()

    assert due() == [visit]


def test_holds_that_ran_out_are_deleted_in_every_practice(inside, secretary):
    booking.hold(make.provider(), TEN, make.visit_type(), by=secretary, now=datetime(2020, 11, 23, 16, tzinfo=UTC))

    tasks.release_holds()

    assert not Occupation.objects.exists()
