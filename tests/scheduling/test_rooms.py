"""A visit's room is at the visit's place."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from compliance.models import Location
from compliance.tenancy.urls import practice_url
from scheduling import booking
from scheduling.enums import ResourceKind
from scheduling.forms import slot_text
from scheduling.models import Need, Occupation, Resource
from tests.architecture.world import monday
from tests.factories import scheduling as make
from tests.factories.scheduling import NOW

TEN = datetime(2026, 11, 23, 16, 0, tzinfo=UTC)


@pytest.fixture
def north(inside):
    return Location.objects.create(name="North", time_zone="America/Chicago")


@pytest.fixture
def far_room(north):
    return Resource.objects.create(kind=ResourceKind.ROOM, name="North 1", location=north)


@pytest.fixture
def room(inside):
    return Resource.objects.create(kind=ResourceKind.ROOM, name="Main 1", location=Location.objects.get())


def test_a_room_of_another_place_is_not_booked(far_room, secretary):
    with pytest.raises(booking.WrongRoom, match="North 1 is at North"):
        make.visit(by=secretary, room=far_room)


def test_nor_given_to_a_visit_that_stands(far_room, secretary):
    visit = make.visit(by=secretary)

    with pytest.raises(booking.WrongRoom):
        booking.move(visit, room=far_room, by=secretary, now=NOW)


def test_a_room_stays_behind_when_the_visit_goes_to_another_place(room, north, secretary):
    visit = make.visit(by=secretary, room=room)
    away = make.provider(hours=False)
    make.works(away, 0, location=north)

    moved = booking.move(visit, provider=away, by=secretary, now=NOW)

    assert (moved.location, moved.room, Occupation.objects.filter(resource=room).exists()) == (north, None, False)


def test_a_room_that_is_out_of_use_stays_behind_too(room, secretary):
    visit = make.visit(by=secretary, room=room)
    Resource.objects.filter(pk=room.pk).update(is_active=False)
    room.refresh_from_db()
    visit.room = room

    assert booking.move(visit, starts_at=TEN + timedelta(hours=1), by=secretary, now=NOW).room is None


def test_the_rooms_stand_under_the_names_of_their_places(room, far_room, practice, as_secretary):
    said = {"slot": slot_text(make.provider(), monday(10)), "visit_type": make.visit_type().pk}

    form = as_secretary.get(practice_url(practice, "scheduling:book", make.patient().pk), said).context["form"]

    shown = [(name, [label for _, label in rows]) for name, rows in list(form.fields["room"].choices)[1:]]
    assert shown == [(str(room.location), ["Main 1"]), ("North", ["North 1"])]


def test_the_refusal_stands_at_the_room(far_room, practice, as_secretary):
    slot = slot_text(make.provider(), monday(10))
    said = {"slot": slot, "visit_type": make.visit_type().pk, "mode": "office", "room": far_room.pk}

    answer = as_secretary.post(practice_url(practice, "scheduling:book", make.patient().pk), said)

    assert (answer.status_code, "room" in answer.context["form"].errors) == (422, True)


def test_a_visit_that_stands_is_offered_the_rooms_of_its_place(room, far_room, practice, as_secretary, secretary):
    visit = make.visit(by=secretary, starts_at=monday(10), now=timezone.now())

    form = as_secretary.get(practice_url(practice, "scheduling:change", visit.pk)).context["form"]

    assert list(form.fields["room"].queryset) == [room]


@pytest.fixture
def examined(room):
    """A kind that needs the exam room and a machine."""
    kind = make.visit_type()
    machine = Resource.objects.create(kind=ResourceKind.EQUIPMENT, name="X-ray")
    for needed in (room, machine):
        Need.objects.create(visit_type=kind, resource=needed)
    return kind


def taken():
    return set(Occupation.objects.filter(resource__kind__in=["room", "equipment"]).values_list("resource__name", flat=True))


@pytest.mark.parametrize("mode", ["phone", "video"])
def test_a_call_takes_no_room_but_every_other_thing(examined, secretary, mode):
    assert make.visit(by=secretary, kind=examined, mode=mode).room is None
    assert taken() == {"X-ray"}


def test_a_time_is_held_for_a_call_without_a_room(examined, secretary):
    booking.hold(make.provider(), TEN, examined, by=secretary, now=NOW, mode="phone")

    assert taken() == {"X-ray"}


def test_a_visit_that_becomes_a_call_gives_its_room_back_and_takes_one_again(examined, room, secretary):
    visit = make.visit(by=secretary, kind=examined)

    call = booking.move(visit, mode="phone", by=secretary, now=NOW)
    during = (call.room, taken())
    back = booking.move(call, mode="office", by=secretary, now=NOW)

    assert (during, back.room, taken()) == ((None, {"X-ray"}), room, {"X-ray", "Main 1"})
