"""A provider leaves, or a room goes out of use, while somebody books: nothing is booked with who or what is gone."""

import pytest

from compliance.tenancy import acting_in
from scheduling import booking, series, set_up
from scheduling.enums import ResourceKind
from scheduling.models import Appointment, Need, Occupation, Resource, Series
from tests.factories import series as again
from tests.factories.scheduling import NOW
from tests.races.takers import Place


@pytest.fixture
def place(committed) -> Place:
    return Place()


def leaves(place: Place) -> None:
    version = place.doctor.version
    set_up.change_provider(place.doctor, {"is_active": False}, version=version, by=place.secretary, now=NOW)


def repeats(place: Place) -> Series:
    return again.booked(patient=place.patients[0], provider=place.doctor, visit_type=place.kind, by=place.secretary)


@pytest.mark.parametrize(
    ("book", "refused"), [(lambda place: place.book(0), booking.NotSchedulable), (repeats, series.Conflicts)]
)
def test_nothing_is_booked_with_a_provider_who_left_meanwhile(place, book, refused):
    answer = place.beside(lambda: leaves(place), lambda: book(place))

    with acting_in(place.practice.pk, place.secretary.pk):
        assert (type(answer), Appointment.objects.filter(provider=place.doctor).count()) == (refused, 0)


def test_no_room_is_taken_that_went_out_of_use_meanwhile(place):
    with acting_in(place.practice.pk, place.secretary.pk):
        rooms = [Resource.objects.create(kind=ResourceKind.ROOM, name=f"Exam {n}", group="exam") for n in (1, 2)]
        Need.objects.create(visit_type=place.kind, group="exam")
    gone = {"version": rooms[0].version, "by": place.secretary, "now": NOW}

    place.beside(lambda: set_up.change(rooms[0], {"is_active": False}, **gone), lambda: place.book(0))

    with acting_in(place.practice.pk, place.secretary.pk):
        taken = Occupation.objects.filter(resource__in=rooms)
        assert [one.resource for one in taken] == [rooms[1]]
