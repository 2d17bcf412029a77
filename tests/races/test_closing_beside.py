"""Time is closed while somebody else, not done yet, opens it, changes a closure, or calls a visit off that stands in it."""

from datetime import timedelta

import pytest

from compliance.models import Case
from compliance.tenancy import acting_in
from scheduling import set_up, visits
from scheduling.enums import DayKind, ResourceKind
from scheduling.models import Appointment, Closure, DayException, Occupation, Resource
from tests.factories import scheduling as make
from tests.factories.scheduling import MONDAY, NOW
from tests.races.takers import TEN, Place

SPAN = {"starts_at": TEN - timedelta(hours=1), "ends_at": TEN + timedelta(hours=7)}
CALLED_OFF = {"reason": "pat", "initiator": "patient", "told_by": "called"}


@pytest.fixture
def place(committed) -> Place:
    place = Place()
    with acting_in(place.practice.pk, place.secretary.pk):
        place.visit = make.visit(by=place.secretary, who=place.doctor, starts_at=TEN)
    return place


def close(place: Place, **whose) -> Closure:
    whose = whose or {"provider": place.doctor}
    return set_up.close_time(**SPAN, reason="Repair", **whose, by=place.secretary, now=NOW)


def work(place: Place) -> list:
    with acting_in(place.practice.pk, place.secretary.pk):
        return list(Case.objects.standing().filter(kind="rebook").values_list("about_id", flat=True))


def opens(place: Place, closure: Closure) -> None:
    set_up.open_time(closure, by=place.secretary, now=NOW)


def gives_to_another(place: Place, closure: Closure) -> None:
    values = {"provider": make.provider()}
    set_up.change_closure(closure, values, version=closure.version, by=place.secretary, now=NOW)


def takes_the_day_off(place: Place) -> None:
    set_up.add(DayException(provider=place.doctor, day=MONDAY, kind=DayKind.OFF), by=place.secretary, now=NOW)


@pytest.mark.parametrize("keep_out", [close, takes_the_day_off])
@pytest.mark.parametrize("let_in", [opens, gives_to_another])
def test_who_closes_while_a_closed_time_is_opened_leaves_its_visits_as_work(place, let_in, keep_out):
    with acting_in(place.practice.pk, place.secretary.pk):
        closure = close(place)

    place.beside(lambda: let_in(place, closure), lambda: keep_out(place))

    assert work(place) == [place.visit.pk]


def called_off(place: Place) -> None:
    visits.cancel(Appointment.objects.get(pk=place.visit.pk), **CALLED_OFF, by=place.secretary, now=NOW, wants_no_other=True)


@pytest.mark.parametrize("keep_out", [close, takes_the_day_off])
def test_a_visit_that_is_called_off_meanwhile_is_no_work(place, keep_out):
    place.beside(lambda: called_off(place), lambda: keep_out(place))

    assert work(place) == []


def test_a_visit_that_is_called_off_meanwhile_takes_no_other_room(place):
    with acting_in(place.practice.pk, place.secretary.pk):
        rooms = [Resource.objects.create(kind=ResourceKind.ROOM, name=f"Exam {n}", group="exam") for n in (1, 2)]
        place.visit = make.visit(by=place.secretary, who=make.provider(), starts_at=TEN, room=rooms[0])

    place.beside(lambda: called_off(place), lambda: close(place, resource=rooms[0]))

    with acting_in(place.practice.pk, place.secretary.pk):
        assert list(Occupation.objects.filter(appointment=place.visit)) == []
