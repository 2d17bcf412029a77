"""A calendar elsewhere is removed while it is read, and removed twice: nothing of it is left."""

import pytest

from compliance.models import Case
from compliance.tenancy import acting_in
from scheduling import outside
from scheduling.models import Closure, OutsideCalendar
from tests.factories import scheduling as make
from tests.factories.scheduling import NOW
from tests.races.takers import TEN, Place
from tests.scheduling.test_outside import MEETING, calendar


@pytest.fixture
def place(committed) -> Place:
    place = Place()
    with acting_in(place.practice.pk, place.secretary.pk):
        make.visit(by=place.secretary, who=place.doctor, starts_at=TEN)
        place.elsewhere = outside.add(place.doctor, name="Hospital", address=None, by=place.secretary)
    return place


def reads(place: Place) -> None:
    outside.read_file(place.elsewhere, calendar(MEETING), by=place.secretary, now=NOW)


def removes(place: Place) -> None:
    row = OutsideCalendar.objects.select_related("provider").get(pk=place.elsewhere.pk)
    outside.remove(row, by=place.secretary, now=NOW)


@pytest.mark.parametrize("first", [reads, removes])
def test_one_that_is_removed_leaves_no_closed_time_and_no_work(place, first):
    wrong = place.beside(lambda: first(place), lambda: removes(place))

    with acting_in(place.practice.pk, place.secretary.pk):
        left = Closure.objects.count(), Case.objects.standing().count(), OutsideCalendar.objects.count()
        assert (wrong, left) == (None, (0, 0, 0))
