"""Booked visits take what their kind comes to need where it is free, and are work where it is not."""

import pytest

from compliance.models import Case, Location
from compliance.roles import Role
from compliance.tenancy.urls import practice_url
from scheduling import history, set_up
from scheduling.enums import ResourceKind
from scheduling.models import Appointment, Need, Occupation, Resource
from tests.factories import people
from tests.factories import scheduling as make
from tests.factories.scheduling import NOW
from tests.scheduling.test_places import booked_ahead

pytestmark = pytest.mark.django_db


@pytest.fixture
def machine(inside):
    return Resource.objects.create(kind=ResourceKind.EQUIPMENT, name="X-ray", location=Location.objects.get())


def _work():
    return set(Case.objects.standing().filter(kind="rebook").values_list("about_id", flat=True))


def test_a_need_that_is_added_is_taken_where_it_is_free_and_work_elsewhere(machine, secretary):
    kind = make.visit_type()
    first, second = (make.visit(by=secretary, kind=kind) for _ in range(2))
    set_up.add(Need(visit_type=kind, resource=machine), by=secretary, now=NOW)
    assert list(Occupation.objects.filter(resource=machine).values_list("appointment", flat=True)) == [first.pk]
    assert _work() == {second.pk}


def _needed(machine, secretary, **fields):
    kind = make.visit_type()
    Need.objects.create(visit_type=kind, resource=machine)
    return make.visit(by=secretary, kind=kind, **fields)


def test_a_machine_that_is_out_of_use_leaves_its_visits_as_work(machine, secretary):
    visit = _needed(machine, secretary)
    set_up.change(machine, {"is_active": False}, version=machine.version, by=secretary, now=NOW)
    assert (_work(), Occupation.objects.filter(resource=machine).count()) == ({visit.pk}, 0)


def test_a_machine_that_is_moved_elsewhere_leaves_its_visits_as_work(machine, secretary):
    visit = _needed(machine, secretary)
    north = Location.objects.create(name="North", time_zone="America/Chicago")
    set_up.change(machine, {"location": north}, version=machine.version, by=secretary, now=NOW)
    assert (_work(), Occupation.objects.filter(resource=machine).count()) == ({visit.pk}, 0)


def test_another_of_the_group_takes_over(inside, secretary):
    rooms = [Resource.objects.create(kind=ResourceKind.EQUIPMENT, name=name, group="X-ray") for name in "AB"]
    kind = make.visit_type()
    Need.objects.create(visit_type=kind, group="X-ray")
    visit = make.visit(by=secretary, kind=kind)
    set_up.change(rooms[0], {"is_active": False}, version=rooms[0].version, by=secretary, now=NOW)
    assert Occupation.objects.get(appointment=visit, resource__in=rooms).resource == rooms[1]
    assert _work() == set()


def test_the_page_asks_before_visits_become_work(machine, secretary, practice):
    kind = make.visit_type()
    for _ in range(2):
        make.visit(by=secretary, kind=kind, starts_at=booked_ahead())
    desk = people.browser(people.member(practice, Role.PRACTICE_ADMIN), factor=True)
    address, data = practice_url(practice, "admin:scheduling_need_add"), {"visit_type": kind.pk, "resource": machine.pk}
    asked = desk.post(address, data)
    assert "1 booked visit does not find what is needed then: it becomes work." in asked.content.decode()
    assert (asked.status_code, Need.objects.count()) == (422, 0)
    assert (desk.post(address, data | {"seen": "1"}).status_code, len(_work())) == (302, 1)


def test_a_call_takes_no_room_that_its_kind_comes_to_need(inside, secretary):
    kind, room = make.visit_type(), Resource.objects.create(kind=ResourceKind.ROOM, name="Room 1")
    call, visit = (make.visit(by=secretary, kind=kind, mode=mode) for mode in ("phone", "office"))

    set_up.add(Need(visit_type=kind, resource=room), by=secretary, now=NOW)

    assert (list(room.occupations.values_list("appointment", flat=True)), _work()) == ([visit.pk], set())
    assert Appointment.objects.get(pk=call.pk).room is None


def test_a_room_that_takes_the_place_of_another_is_the_visits_room(inside, secretary):
    rooms = [Resource.objects.create(kind=ResourceKind.ROOM, name=name, group="exam room") for name in "AB"]
    kind = make.visit_type()
    Need.objects.create(visit_type=kind, group="exam room")
    visit = make.visit(by=secretary, kind=kind)

    set_up.change(rooms[0], {"is_active": False}, version=rooms[0].version, by=secretary, now=NOW)

    visit.refresh_from_db()
    assert (visit.room, _work()) == (rooms[1], set())
    assert [line.what for line in history.lines(visit)] == [
        "Room, way or notes changed",
        "Booked for Mon, Nov 23, 10:00 AM with " + str(visit.provider),
    ]


def test_a_visit_that_finds_what_it_needs_after_all_is_no_work_any_more(machine, secretary):
    kind = make.visit_type()
    _, second = (make.visit(by=secretary, kind=kind) for _ in range(2))
    need = set_up.add(Need(visit_type=kind, resource=machine), by=secretary, now=NOW)

    set_up.change(machine, {"capacity": 2}, version=machine.version, by=secretary, now=NOW)

    assert (machine.occupations.count(), _work(), need.visit_type) == (2, set(), second.visit_type)


def test_a_machine_that_a_kind_needs_no_more_is_given_back(machine, secretary, practice):
    visit = _needed(machine, secretary, starts_at=booked_ahead())
    desk = people.browser(people.member(practice, Role.PRACTICE_ADMIN), factor=True)

    desk.post(practice_url(practice, "admin:scheduling_need_delete", Need.objects.get().pk), {"post": "yes"})

    assert (Need.objects.exists(), visit.occupations.get().resource) == (False, visit.provider.resource)
