"""What a kind of visit asks for: minutes by who comes, rooms and machines, places in a day, what must be there."""

from datetime import UTC, datetime, timedelta

import pytest

from compliance.models import Location
from compliance.roles import Role
from scheduling import booking, holds, openings, set_up
from scheduling.board import day_board
from scheduling.booking import NotSchedulable, SlotTaken
from scheduling.enums import ResourceKind
from scheduling.models import Appointment, DailyLimit, Need, Occupation, Resource
from scheduling.openings import Search
from tests.factories import people
from tests.factories import scheduling as make
from tests.factories.scheduling import MONDAY, NOW

TEN = datetime(2026, 11, 23, 16, 0, tzinfo=UTC)
HALF = timedelta(minutes=30)


def room(name, **fields):
    return Resource.objects.create(kind=ResourceKind.ROOM, name=name, group="exam room", **fields)


def taken(visit):
    return set(Occupation.objects.filter(appointment=visit).values_list("resource__name", flat=True))


@pytest.mark.parametrize(("is_new", "minutes"), [(True, 60), (False, 30), (None, 60)])
def test_a_visit_lasts_as_long_as_its_patient_takes(doctor, secretary, is_new, minutes):
    kind = make.visit_type(minutes=30, new_minutes=60)

    visit = make.visit(by=secretary, who=doctor, kind=kind, is_new_patient=is_new)

    assert visit.ends_at - visit.starts_at == timedelta(minutes=minutes)
    assert Occupation.objects.get().ends_at == visit.ends_at


def test_who_was_seen_within_three_years_is_known(doctor, secretary):
    first = make.visit(by=secretary, who=doctor)
    Appointment.objects.filter(pk=first.pk).update(status="fulfilled")

    second = make.visit(by=secretary, who=doctor, whose=first.patient, starts_at=TEN + HALF)

    assert (first.is_new_patient, second.is_new_patient) == (True, False)


def test_the_lowest_free_room_of_a_group_and_a_named_machine_are_taken(doctor, secretary):
    kind = make.visit_type()
    laser = Resource.objects.create(kind=ResourceKind.EQUIPMENT, name="Laser", capacity=2)
    room("Room 2"), room("Room 1")
    Need.objects.create(visit_type=kind, group="exam room")
    Need.objects.create(visit_type=kind, resource=laser)

    visits = [make.visit(by=secretary, kind=kind) for _ in range(2)]

    assert [taken(v) - {v.provider.resource.name} for v in visits] == [{"Room 1", "Laser"}, {"Room 2", "Laser"}]
    assert [v.room.name for v in visits] == ["Room 1", "Room 2"]


def test_without_a_free_room_nothing_is_booked_and_nothing_offered(doctor, secretary):
    kind = make.visit_type()
    room("Room 1")
    Need.objects.create(visit_type=kind, group="exam room")
    make.visit(by=secretary, kind=kind)

    with pytest.raises(SlotTaken):
        make.visit(by=secretary, who=doctor, kind=kind)

    found = openings.free_times(doctor, MONDAY, kind, now=NOW)
    assert (Appointment.objects.count(), TEN in {one.starts_at for one in found}, len(found)) == (1, False, 28)


def test_the_result_says_that_no_room_is_free(doctor):
    kind = make.visit_type()
    Need.objects.create(visit_type=kind, group="exam room")

    result = openings.first(Search(kind, [doctor], MONDAY, MONDAY), now=NOW)

    assert (result.openings, result.reasons) == ([], ["Dr. Okafor has time, but no exam room is free."])


def test_a_hold_keeps_the_room_too(doctor, secretary):
    kind = make.visit_type()
    room("Room 1")
    Need.objects.create(visit_type=kind, group="exam room")

    booking.hold(doctor, TEN, kind, by=secretary, now=NOW)

    assert Occupation.objects.holds(NOW).filter(resource__name="Room 1").count() == 1
    assert taken(make.visit(by=secretary, who=doctor, kind=kind)) == {"Dr. Okafor", "Room 1"}


def test_a_moved_visit_takes_whichever_room_is_free_then(doctor, secretary):
    kind = make.visit_type()
    room("Room 1"), room("Room 2")
    Need.objects.create(visit_type=kind, group="exam room")
    visit = make.visit(by=secretary, who=doctor, kind=kind)
    make.visit(by=secretary, kind=kind, starts_at=TEN + HALF)

    moved = booking.move(visit, starts_at=TEN + HALF, by=secretary, now=NOW)

    assert (moved.room.name, taken(visit)) == ("Room 2", set())


def test_a_day_takes_no_more_new_patients_than_its_limit(doctor, secretary):
    kind = make.visit_type()
    DailyLimit.objects.create(new_only=True, most=1)
    make.visit(by=secretary, who=doctor, kind=kind, is_new_patient=True)

    with pytest.raises(NotSchedulable, match="sees at most 1 new patient a day"):
        make.visit(by=secretary, who=doctor, kind=kind, starts_at=TEN + HALF, is_new_patient=True)

    assert make.visit(by=secretary, who=doctor, kind=kind, starts_at=TEN + HALF, is_new_patient=False).pk


def test_a_full_day_is_not_offered_and_the_result_says_why(doctor, secretary):
    kind = make.visit_type()
    DailyLimit.objects.create(visit_type=kind, provider=doctor, most=1)
    make.visit(by=secretary, who=doctor, kind=kind)

    result = openings.first(Search(kind, [doctor], MONDAY, MONDAY), now=NOW)

    assert result.reasons == [f"Dr. Okafor sees at most 1 visit for {kind} a day."]
    assert openings.first(Search(kind, [doctor], MONDAY), now=NOW, limit=1).openings[0].starts_at > TEN + HALF * 16


def test_a_kind_is_not_booked_sooner_than_its_lead_time(doctor, secretary):
    kind = make.visit_type("Procedure", lead_hours=24)

    with pytest.raises(NotSchedulable, match="Procedure is booked at least 24 hours ahead"):
        make.visit(by=secretary, who=doctor, kind=kind)

    assert Appointment.objects.count() == 0


def test_what_must_be_there_is_missing_until_it_is_ticked(doctor, secretary):
    kind = make.visit_type(preparation=["Referral", "Prior authorization"])
    visit = make.visit(by=secretary, who=doctor, kind=kind, prepared=("Referral",))

    before = visit.missing
    visit = booking.move(visit, by=secretary, now=NOW, prepared=("Referral", "Prior authorization"))

    assert (before, visit.missing) == (["Prior authorization"], [])


def test_a_capacity_is_not_lowered_under_what_is_booked(doctor, secretary):
    room_1 = room("Room 1", capacity=2)
    for _ in range(2):
        make.visit(by=secretary, room=room_1)

    with pytest.raises(set_up.StillBooked, match="At one time more than 1 are booked at once"):
        set_up.change(room_1, {"capacity": 1}, version=room_1.version, by=secretary, now=NOW)

    assert Resource.objects.get(name="Room 1").capacity == 2


def test_a_capacity_is_lowered_once_the_visits_have_moved(doctor, secretary):
    room_1 = room("Room 1", capacity=2)
    visits = [make.visit(by=secretary, room=room_1) for _ in range(2)]
    booking.move(visits[0], starts_at=TEN + HALF, by=secretary, now=NOW)

    set_up.change(room_1, {"capacity": 1}, version=room_1.version, by=secretary, now=NOW)

    assert Resource.objects.get(name="Room 1").capacity == 1


def test_a_group_is_not_made_smaller_than_those_who_are_booked(doctor, secretary):
    kind = make.visit_type(capacity=3)
    for _ in range(3):
        make.visit(by=secretary, who=doctor, kind=kind)

    with pytest.raises(set_up.StillBooked):
        set_up.change(kind, {"capacity": 2}, version=kind.version, by=secretary, now=NOW)

    assert Appointment.objects.filter(visit_type=kind).count() == 3


def test_another_visit_that_day_at_another_place_is_warned_of(doctor, secretary):
    visit = make.visit(by=secretary, who=doctor)
    elsewhere = Location.objects.create(name="West", time_zone="America/Chicago")
    other = make.provider(hours=False)
    make.works(other, 0, location=elsewhere)
    again = {"by": secretary, "who": other, "whose": visit.patient, "starts_at": TEN + HALF * 6}

    with pytest.raises(booking.PatientBusy) as busy:
        make.visit(**again)

    assert (busy.value.visit, busy.value.is_elsewhere) == (visit, True)
    assert make.visit(**again, despite_overlap=True).location == elsewhere


def test_the_search_goes_on_after_a_time(doctor):
    kind = make.visit_type()

    later = openings.first(Search(kind, [doctor], MONDAY, MONDAY, after=TEN), now=NOW).openings

    assert later[0].starts_at == TEN + HALF / 2


def test_whoever_looks_sees_what_colleagues_hold(practice, doctor, secretary):
    kind, other = make.visit_type(), people.member(practice, Role.SECRETARY)
    booking.hold(doctor, TEN, kind, by=other, now=NOW)
    booking.hold(doctor, TEN + HALF, kind, by=secretary, now=NOW)

    seen = holds.of_others(Search(kind, [doctor], MONDAY, MONDAY, by=secretary), now=NOW)

    assert [(hold.starts_at, hold.held_by) for hold in seen] == [(TEN, other)]


def test_double_booked_visits_of_a_day_are_counted(practice, doctor, secretary):
    make.visit(by=secretary, who=doctor)
    make.visit(by=secretary, who=doctor, overbook_reason="Urgent")

    (column,) = day_board(secretary, MONDAY, practice=practice, now=NOW).columns

    assert (column.booked, column.overbooked) == (2, 1)
