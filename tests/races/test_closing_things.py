"""A machine is closed while others book what needs it: each visit was listed, went to the other machine, or was refused."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connection, transaction

from compliance.enums import CASE_STANDING
from compliance.models import Case
from compliance.tenancy import acting_in
from scheduling import booking, displaced, set_up, taking
from scheduling.booking import SlotTaken
from scheduling.enums import ResourceKind
from scheduling.models import Appointment, Closure, Need, Resource
from tests.factories import scheduling as make
from tests.factories.scheduling import NOW
from tests.races.takers import HALF, TEN, Place, until_somebody_waits
from tests.reporting import EXACTLY, soak_row

BOOKERS, ROUNDS = 8, 100
SPAN = {"starts_at": TEN - timedelta(hours=1), "ends_at": TEN + timedelta(hours=7), "reason": "Repair"}


@pytest.fixture
def place(committed) -> Place:
    return Place()


def machines(place: Place) -> list[Resource]:
    """Two of a group of their own, which a new kind of visit needs one of."""
    place.doctor, place.kind = make.provider(), make.visit_type()
    group = f"of {place.kind.pk.hex[-12:]}"
    Need.objects.create(visit_type=place.kind, group=group)
    names = (f"{n} {group}" for n in "AB")
    return [Resource.objects.create(kind=ResourceKind.EQUIPMENT, name=name, group=group) for name in names]


def unlisted(place: Place) -> int:
    """Bookers and a closer begin at one moment; how many visits stand in the closed machine and are no work."""
    start = Barrier(BOOKERS + 1, timeout=30)
    with acting_in(place.practice.pk, place.secretary.pk):
        machine, _ = machines(place)

    def run(number: int) -> None:
        with acting_in(place.practice.pk, place.secretary.pk):
            start.wait()
            with suppress(SlotTaken):
                closes(place, machine) if number == BOOKERS else books(place, number)
        connection.close()

    with ThreadPoolExecutor(BOOKERS + 1) as pool:
        list(pool.map(run, range(BOOKERS + 1)))
    with acting_in(place.practice.pk, place.secretary.pk):
        known = Case.objects.filter(kind="rebook", status__in=CASE_STANDING).values("about_id")
        closure = Closure.objects.get(resource=machine)
        return displaced.within(closure, now=NOW).exclude(pk__in=known).count()


def closes(place: Place, machine: Resource) -> None:
    """As everybody closes."""
    set_up.close_time(**SPAN, resource=machine, by=place.secretary, now=NOW)


def books(place: Place, number: int) -> None:
    """Each at a time of its own."""
    slot = {"provider": place.doctor, "starts_at": TEN + HALF * number, "visit_type": place.kind}
    booking.book(patient=place.patients[number], **slot, by=place.secretary, now=NOW, despite_overlap=True)


def test_no_visit_stands_unlisted_in_a_machine_that_was_closed_meanwhile(place):
    assert [unlisted(place) for _ in range(3)] == [0, 0, 0]


@pytest.mark.soak
def test_none_does_in_a_hundred_rounds(place):
    most = max(unlisted(place) for _ in range(ROUNDS))

    assert soak_row("closing_machine_unlisted_max", most, 0, rule=EXACTLY)


def test_who_changes_a_visits_room_waits_for_who_closes_before_she_locks_the_visit(place):
    """Resources before visits: the other order would leave each waiting for the other."""
    with acting_in(place.practice.pk, place.secretary.pk):
        rooms = [Resource.objects.create(kind=ResourceKind.ROOM, name=f"Room {n}") for n in "AB"]
        visit = make.visit(by=place.secretary, who=place.doctor, room=rooms[0])

    with ThreadPoolExecutor(1) as pool, acting_in(place.practice.pk, place.secretary.pk), transaction.atomic():
        taking.one_at_a_time(*(room.pk for room in rooms))
        pool.submit(_goes_to, place, visit, rooms[1])
        until_somebody_waits()
        free = Appointment.objects.select_for_update(nowait=True, of=("self",)).filter(pk=visit.pk)

        assert list(free) == [visit]


def _goes_to(place: Place, visit: Appointment, room: Resource) -> None:
    with acting_in(place.practice.pk, place.secretary.pk):
        booking.move(visit, room=room, by=place.secretary, now=NOW)
    connection.close()
