"""A room or a machine that is closed for a time: its visits go to another one or are work, and nothing new is put in it."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, transaction

from compliance.models import Case, Location
from scheduling import booking, displaced, feeds, openings, set_up, visits
from scheduling.enums import ResourceKind
from scheduling.models import Appointment, Closure, Need, Occupation, Resource, Transition
from tests.factories import scheduling as make
from tests.factories.scheduling import MONDAY, NOW
from tests.scheduling.test_feeds import events

CHICAGO = ZoneInfo("America/Chicago")
TEN = datetime(2026, 11, 23, 10, tzinfo=CHICAGO)
HALF, HOUR = timedelta(minutes=30), timedelta(hours=1)


def thing(name, *, kind=ResourceKind.EQUIPMENT, **more):
    return Resource.objects.create(kind=kind, name=name, **more)


@pytest.fixture
def machine(inside):
    return thing("X-ray")


@pytest.fixture
def kind(machine):
    """It needs the machine."""
    kind = make.visit_type("Picture")
    Need.objects.create(visit_type=kind, resource=machine)
    return kind


@pytest.fixture
def visit(kind, secretary):
    """At ten on Monday."""
    return make.visit(by=secretary, kind=kind)


def close(what, by, *, hours=2, **more):
    """From ten on."""
    return set_up.close_time(
        starts_at=TEN, ends_at=TEN + hours * HOUR, reason="Repair", resource=what, by=by, now=NOW, **more
    )


def work():
    return set(Case.objects.standing().filter(kind="rebook").values_list("about_id", flat=True))


def offered(kind, who):
    return [one.starts_at for one in openings.free_times(who, MONDAY, kind, now=NOW)]


def held(visit):
    """The rooms and machines that a visit takes."""
    rows = Occupation.objects.filter(appointment=visit).exclude(resource__kind=ResourceKind.PROVIDER)
    return [row.resource for row in rows.select_related("resource")]


def test_a_visit_that_needs_a_closed_machine_is_work_and_keeps_it(visit, machine, secretary):
    closure = close(machine, secretary)

    assert (work(), held(visit), list(displaced.within(closure, now=NOW))) == ({visit.pk}, [machine], [visit])
    assert "X-ray is closed then, Repair." in Case.objects.get(kind="rebook").summary


def test_a_machine_is_not_closed_over_a_visit_that_was_not_shown(visit, machine, secretary):
    with pytest.raises(set_up.NotSeen):
        close(machine, secretary, seen=[])

    assert (Closure.objects.count(), work()) == (0, set())


def test_kinds_that_need_it_are_not_offered_then_and_others_are(kind, machine, secretary):
    who = make.provider("Dr. A")
    close(machine, secretary)

    assert [at for at in offered(kind, who) if TEN - HALF < at < TEN + 2 * HOUR] == []
    assert TEN in offered(make.visit_type(), who)


def test_it_cannot_be_booked_then_not_even_where_a_visit_left_it(visit, kind, machine, secretary):
    close(machine, secretary)
    visits.cancel(visit, reason="pat", initiator="patient", told_by="called", by=secretary, now=NOW)

    with pytest.raises(booking.SlotTaken):
        make.visit(by=secretary, kind=kind)

    assert TEN not in offered(kind, visit.provider)


def test_a_group_gathers_no_further_in_a_closed_room(inside, secretary):
    gym, kind, who = thing("Gym"), make.visit_type(capacity=3), make.provider()
    Need.objects.create(visit_type=kind, resource=gym)
    make.visit(by=secretary, kind=kind, who=who)
    close(gym, secretary)

    with pytest.raises(booking.SlotTaken):
        make.visit(by=secretary, kind=kind, who=who)

    assert TEN not in offered(kind, who)


@pytest.mark.parametrize("capacity", [2, 3])
def test_a_machine_with_several_lanes_is_closed_in_all_of_them_also_in_new_ones(kind, machine, secretary, capacity):
    close(machine, secretary)
    set_up.change(machine, {"capacity": capacity}, version=machine.version, by=secretary, now=NOW)

    with pytest.raises(booking.SlotTaken):
        make.visit(by=secretary, kind=kind)

    assert Occupation.objects.filter(resource=machine).count() == capacity


@pytest.fixture
def rooms(inside):
    return [thing(f"Exam {n}", kind=ResourceKind.ROOM, group="exam") for n in (1, 2)]


@pytest.fixture
def examined(rooms, secretary):
    """At ten in Exam 1, because the kind needs any of them."""
    kind = make.visit_type("Exam")
    Need.objects.create(visit_type=kind, group="exam")
    return make.visit(by=secretary, kind=kind)


def test_a_visit_goes_to_another_room_of_its_need(examined, rooms, secretary):
    close(rooms[0], secretary)

    moved = Appointment.objects.get(pk=examined.pk)
    assert (moved.room, held(moved), moved.version, work()) == (rooms[1], [rooms[1]], examined.version + 1, set())
    assert Transition.objects.filter(appointment=moved, what="changed").count() == 1


def test_where_the_other_room_is_taken_the_visit_is_work(examined, rooms, secretary):
    make.visit(by=secretary, kind=examined.visit_type)

    close(rooms[0], secretary)

    assert (work(), held(examined)) == ({examined.pk}, [rooms[0]])


def test_where_the_other_room_is_at_another_place_the_visit_is_work(examined, rooms, secretary):
    Resource.objects.filter(pk=rooms[1].pk).update(location=Location.objects.create(name="North", time_zone="UTC"))

    close(rooms[0], secretary)

    assert work() == {examined.pk}


def test_a_room_that_was_only_chosen_is_left_for_another_of_its_group(rooms, secretary):
    visit = make.visit(by=secretary, room=rooms[0])

    close(rooms[0], secretary)

    assert (Appointment.objects.get(pk=visit.pk).room, work()) == (rooms[1], set())


def test_the_work_ends_when_it_is_open_again(visit, kind, machine, secretary):
    set_up.open_time(close(machine, secretary), by=secretary, now=NOW)

    assert (work(), Occupation.objects.filter(closure__isnull=False).count()) == (set(), 0)
    assert TEN + HALF in offered(kind, make.provider())


def test_the_work_stays_where_the_provider_is_away_as_well_and_the_other_way_round(visit, machine, secretary):
    span = {"starts_at": TEN, "ends_at": TEN + HOUR, "by": secretary, "now": NOW}
    away = set_up.close_time(provider=visit.provider, reason="Away", **span)
    repair = close(machine, secretary)

    set_up.open_time(repair, by=secretary, now=NOW)
    left = work()
    repair = close(machine, secretary)
    set_up.open_time(away, by=secretary, now=NOW)

    assert (left, work()) == ({visit.pk}, {visit.pk})


def test_a_repair_that_is_put_off_lets_the_visit_stay(visit, machine, secretary):
    closure = close(machine, secretary)

    later = {"starts_at": TEN + 4 * HOUR, "ends_at": TEN + 5 * HOUR}
    changed = set_up.change_closure(closure, later, version=closure.version, by=secretary, now=NOW)

    assert (work(), set(displaced.within(changed, now=NOW))) == (set(), set())


def test_who_is_given_another_room_by_hand_is_work_no_more(examined, rooms, secretary):
    other = make.visit(by=secretary, kind=examined.visit_type)
    close(rooms[0], secretary)
    visits.cancel(other, reason="pat", initiator="patient", told_by="called", by=secretary, now=NOW)

    booking.move(Appointment.objects.get(pk=examined.pk), room=rooms[1], by=secretary, now=NOW)

    assert examined.pk not in work()


def test_a_visit_that_is_moved_out_of_it_counts_as_moved(visit, machine, secretary):
    closure = close(machine, secretary)

    booking.move(visit, starts_at=TEN + 3 * HOUR, by=secretary, now=NOW)

    assert (work(), displaced.came_of(closure)) == (set(), {"moved": 1, "cancelled": 0})


def test_it_is_among_the_closed_times_in_which_visits_stand(visit, machine, secretary):
    closure = close(machine, secretary)
    make.visit(by=secretary, starts_at=TEN + HALF)

    assert [(row, row.standing) for row in displaced.still_full(now=NOW)] == [(closure, 1)]


def test_its_feed_shows_when_it_is_closed_and_no_other_feed_does(practice, machine, secretary):
    who = make.provider()
    secrets = [feeds.make(one, by=secretary, now=NOW)[1] for one in (machine, who.resource)]
    closure = close(machine, secretary)

    assert [str(closure.pk) in events(practice, secret) for secret in secrets] == [True, False]


def test_a_closed_time_is_of_a_machine_or_of_somebody_not_both(machine):
    with pytest.raises(IntegrityError, match="closure_of_a_thing_alone"), transaction.atomic():
        make.closure(TEN, TEN + HOUR, resource=machine, provider=make.provider())
