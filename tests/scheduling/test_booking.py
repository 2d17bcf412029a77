"""Hold, book, move."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from compliance.models import AuditEvent, Location
from scheduling import booking, visits
from scheduling.booking import NotSchedulable, OutsideHours, PatientBusy, SlotTaken, Stale
from scheduling.enums import Status
from scheduling.models import Appointment, Occupation, Resource, Transition
from tests.factories import scheduling as make
from tests.factories.scheduling import NOW

TEN = datetime(2026, 11, 23, 16, 0, tzinfo=UTC)
HALF = timedelta(minutes=30)


@pytest.fixture
def visit(doctor, kind, secretary):
    return make.visit(by=secretary, who=doctor, kind=kind, reason="Blood pressure")


def test_a_booked_visit_takes_its_time_with_its_buffers(doctor, secretary):
    make.visit(by=secretary, who=doctor, kind=make.visit_type(buffer_before=5, buffer_after=10))

    taken = Occupation.objects.get()
    assert (taken.starts_at, taken.ends_at) == (TEN - timedelta(minutes=5), TEN + timedelta(minutes=40))


def test_booking_is_recorded_with_its_patient_and_no_reason(visit):
    event = AuditEvent.objects.get(kind="appointment.booked")

    assert (event.opened, event.body) == ([visit.patient_id], {"from": "", "to": "booked"})


def test_a_time_is_not_given_twice(visit, doctor, kind, secretary):
    with pytest.raises(SlotTaken):
        make.visit(by=secretary, who=doctor, kind=kind, starts_at=TEN + timedelta(minutes=15))

    assert Appointment.objects.count() == 1


def test_overbooking_takes_the_next_lane_and_keeps_its_reason(visit, doctor, kind, secretary):
    second = make.visit(by=secretary, who=doctor, kind=kind, overbook_reason="Fever, must be seen")

    assert (second.occupations.get().lane, second.overbook_reason) == (1, "Fever, must be seen")


def test_a_time_outside_of_hours_is_refused_with_its_reason(doctor, kind, secretary):
    with pytest.raises(OutsideHours, match="which end at 5:00 PM"):
        make.visit(by=secretary, who=doctor, kind=kind, starts_at=TEN + timedelta(hours=6, minutes=45))


def test_a_closed_time_is_refused_with_its_reason(doctor, kind, secretary):
    make.closure(TEN, TEN + HALF, reason="Staff meeting")

    with pytest.raises(OutsideHours, match="Closed then: Staff meeting"):
        make.visit(by=secretary, who=doctor, kind=kind)


@pytest.mark.parametrize(
    ("fields", "said"), [({"is_deceased": True}, "has died"), ({"is_active": False}, "record is not active")]
)
def test_a_patient_who_died_or_is_not_active_is_not_booked(doctor, secretary, fields, said):
    with pytest.raises(NotSchedulable, match=said):
        make.visit(by=secretary, who=doctor, whose=make.patient(**fields))


def test_a_mode_that_the_kind_does_not_have_is_refused(doctor, secretary):
    with pytest.raises(NotSchedulable, match="not offered this way: video"):
        make.visit(by=secretary, who=doctor, kind=make.visit_type(modes=["office"]), mode="video")


def test_the_past_is_not_booked(doctor, secretary):
    with pytest.raises(NotSchedulable, match="has passed"):
        make.visit(by=secretary, who=doctor, now=TEN + timedelta(seconds=1))


def test_a_patients_other_visit_at_that_time_is_a_warning(visit, kind, secretary):
    with pytest.raises(PatientBusy) as busy:
        make.visit(by=secretary, who=make.provider(), whose=visit.patient, kind=kind)

    assert busy.value.visit == visit


def test_the_warning_can_be_passed_over(visit, kind, secretary):
    make.visit(by=secretary, who=make.provider(), whose=visit.patient, kind=kind, despite_overlap=True)

    assert Appointment.objects.filter(patient=visit.patient).count() == 2


def test_a_room_is_taken_with_the_visit(doctor, kind, secretary):
    room = Resource.objects.create(kind="room", name="Room 2")
    make.visit(by=secretary, who=doctor, kind=kind, room=room)

    with pytest.raises(SlotTaken):
        make.visit(by=secretary, who=make.provider(), kind=kind, room=room)


def test_a_hold_keeps_others_away_until_it_runs_out(doctor, kind, secretary):
    booking.hold(doctor, TEN, kind, by=secretary, now=NOW, held_for=uuid4())

    with pytest.raises(SlotTaken):
        make.visit(by=secretary, who=doctor, kind=kind)
    assert make.visit(by=secretary, who=doctor, kind=kind, now=NOW + timedelta(minutes=10)).status == Status.BOOKED


def test_naming_a_colleagues_call_does_not_free_what_she_holds(doctor, kind, secretary, admin):
    call = uuid4()
    booking.hold(doctor, TEN, kind, by=secretary, now=NOW, held_for=call)

    booking.release(by=admin, held_for=call)

    assert Occupation.objects.get(held_for=call).held_by == secretary


def test_a_call_holds_one_time_only(doctor, kind, secretary):
    call = uuid4()
    booking.hold(doctor, TEN, kind, by=secretary, now=NOW, held_for=call)

    booking.hold(doctor, TEN + HALF, kind, by=secretary, now=NOW, held_for=call)

    assert Occupation.objects.get(held_for=call).starts_at == TEN + HALF


def test_a_hold_that_is_refused_leaves_the_earlier_one(visit, doctor, kind, secretary):
    call = uuid4()
    booking.hold(doctor, TEN + HALF, kind, by=secretary, now=NOW, held_for=call)

    with pytest.raises(SlotTaken):
        booking.hold(doctor, TEN, kind, by=secretary, now=NOW, held_for=call)

    assert Occupation.objects.get(held_for=call).starts_at == TEN + HALF


def test_the_call_that_holds_a_time_books_it(doctor, kind, secretary):
    call = uuid4()
    booking.hold(doctor, TEN, kind, by=secretary, now=NOW, held_for=call)

    visit = make.visit(by=secretary, who=doctor, kind=kind, held_for=call)

    assert Occupation.objects.get().appointment == visit


def test_a_moved_visit_is_followed_by_its_successor(visit, secretary):
    new = booking.move(visit, starts_at=TEN + HALF, by=secretary, now=NOW, why="Bus")

    assert (visit.status, new.rescheduled_from, new.status, new.reason) == (
        Status.RESCHEDULED,
        visit,
        Status.BOOKED,
        "Blood pressure",
    )


def test_a_visit_may_be_moved_into_a_part_of_its_own_time(visit, secretary):
    new = booking.move(visit, starts_at=TEN + timedelta(minutes=15), by=secretary, now=NOW)

    assert Occupation.objects.get().appointment == new


def test_a_move_that_finds_the_time_taken_changes_nothing(visit, doctor, kind, secretary):
    make.visit(by=secretary, who=doctor, kind=kind, starts_at=TEN + HALF)

    with pytest.raises(SlotTaken):
        booking.move(visit, starts_at=TEN + HALF, by=secretary, now=NOW)

    assert (Appointment.objects.get(pk=visit.pk).status, Occupation.objects.count()) == (Status.BOOKED, 2)


def test_a_stale_move_is_refused_with_the_visit_as_it_stands(visit, secretary):
    with pytest.raises(Stale) as stale:
        booking.move(visit, starts_at=TEN + HALF, by=secretary, now=NOW, version=7)

    assert stale.value.visit == visit


def test_new_notes_alone_are_an_edit_of_the_same_visit(visit, secretary):
    same = booking.move(visit, comment="Bring list of medicines", by=secretary, now=NOW, version=1)

    assert (same.pk, same.version, Transition.objects.last().what) == (visit.pk, 2, "changed")


def test_outside_of_hours_it_is_where_the_provider_works_and_not_at_the_first_place(inside, secretary):
    west = Location.objects.create(name="West", time_zone="America/Phoenix")
    who = make.provider(hours=False)
    make.works(who, 0, location=west)

    visit = make.visit(by=secretary, who=who, starts_at=datetime(2026, 11, 24, 3, tzinfo=UTC), overbook_reason="Urgent")

    assert visit.location == west


def test_a_cancelled_visit_takes_no_room(visit, secretary):
    room = Resource.objects.create(kind="room", name="Room 1")
    visits.cancel(visit, reason="pat", initiator="patient", told_by="patient", by=secretary, now=NOW)

    with pytest.raises(NotSchedulable, match="cancelled"):
        booking.move(visit, room=room, by=secretary, now=NOW)

    assert not Occupation.objects.exists()


def test_a_visit_under_way_is_shown_to_another_room(visit, secretary):
    room = Resource.objects.create(kind="room", name="Room 1")
    visits.arrive(visit, by=secretary, now=TEN)

    booking.move(visit, room=room, by=secretary, now=TEN)

    assert Occupation.objects.filter(resource=room).get().appointment == visit
