"""What becomes of a visit: the table, the guards, undo."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from compliance.roles import Role
from scheduling import booking, visits
from scheduling.enums import NEXT, Status
from scheduling.models import Appointment, Occupation, Transition
from scheduling.visits import IllegalMove
from tests.factories import people
from tests.factories import scheduling as make
from tests.factories.scheduling import NOW

TEN = datetime(2026, 11, 23, 16, 0, tzinfo=UTC)

# workflows.md section 1, its first and third columns and the privileged reopenings of its guards.
TABLE = """
| requested | booked, cancelled, waitlisted |
| tentative | booked, cancelled |
| booked | confirmed, arrived, fulfilled (quick complete), cancelled, noshow, rescheduled |
| confirmed | arrived, fulfilled (quick complete), cancelled, noshow, rescheduled |
| arrived | checked-in, roomed, lwbs |
| checked-in | roomed, fulfilled, lwbs |
| roomed | fulfilled, lwbs |
| fulfilled | (final; privileged reopen →) checked-in |
| noshow | (final; privileged →) arrived |
| cancelled | (final) |
| rescheduled | (final) |
| lwbs | (final) |
| entered-in-error | (final) |
| waitlisted | booked, cancelled |
"""
NAMES = {"requested": "proposed", "tentative": "pending", "waitlisted": "waitlist"}


def in_the_table():
    for line in TABLE.strip().splitlines():
        name, targets = (cell.strip() for cell in line.strip("|").split("|"))
        words = [word.strip() for word in re.sub(r"\([^)]*\)", "", targets).split(",") if word.strip()]
        yield Status(NAMES.get(name, name)), frozenset(Status(NAMES.get(word, word)) for word in words)


def test_the_table_is_that_of_the_workflows():
    assert dict(in_the_table()) == NEXT


@pytest.fixture
def visit(inside, secretary):
    return make.visit(by=secretary)


def cancel(visit, by, now=NOW, **fields):
    return visits.cancel(visit, reason="pat", initiator="patient", told_by="patient", by=by, now=now, **fields)


def test_the_way_of_a_visit_leaves_its_moments(visit, secretary):
    visits.confirm(visit, by=secretary, now=NOW)
    visits.arrive(visit, by=secretary, now=NOW)
    visits.room(visit, by=secretary, now=TEN)
    visits.finish(visit, by=secretary, now=TEN)

    row = Appointment.objects.get()
    assert (row.status, row.confirmed_at, row.arrived_at, row.roomed_at, row.finished_at) == (
        Status.FULFILLED,
        NOW,
        NOW,
        TEN,
        TEN,
    )


def test_every_move_is_a_row(visit, secretary):
    visits.confirm(visit, by=secretary, now=NOW, via="text")

    step = Transition.objects.get(what="confirmed")
    assert (step.from_status, step.to_status, step.at, step.by, step.code) == ("booked", "confirmed", NOW, secretary, "text")


def test_an_illegal_move_names_the_allowed_ones(visit, secretary):
    with pytest.raises(IllegalMove) as illegal:
        visits.room(visit, by=secretary, now=NOW)

    assert illegal.value.allowed == NEXT[Status.BOOKED] | {Status.IN_ERROR}


def test_a_stale_move_changes_nothing(visit, secretary):
    mine = Appointment.objects.get()
    visits.confirm(visit, by=secretary, now=NOW)

    with pytest.raises(visits.Stale) as stale:
        cancel(mine, secretary)

    assert stale.value.visit.status == Status.CONFIRMED


def test_what_was_not_verified_at_check_in_becomes_a_flag(visit, secretary):
    visits.arrive(visit, by=secretary, now=NOW)

    visits.check_in(visit, by=secretary, now=NOW, verified=frozenset({"demographics"}))

    assert Appointment.objects.get().flags == ["coverage"]


@pytest.mark.parametrize("now", [TEN - timedelta(hours=11), TEN + timedelta(hours=15)])
def test_a_patient_arrives_on_the_visits_own_day(visit, secretary, now):
    with pytest.raises(visits.NotToday):
        visits.arrive(visit, by=secretary, now=now)


def test_the_day_is_that_of_the_place_and_not_of_utc(visit, secretary):
    visits.arrive(visit, by=secretary, now=TEN + timedelta(hours=13, minutes=59))

    assert visit.status == Status.ARRIVED


def test_a_visit_is_not_completed_more_than_an_hour_before_it_begins(visit, secretary):
    with pytest.raises(visits.TooEarly) as early:
        visits.finish(visit, by=secretary, now=TEN - timedelta(minutes=61), quick=True)

    assert early.value.since == TEN - timedelta(hours=1)


def test_completing_at_once_needs_the_permission(visit, secretary):
    with pytest.raises(visits.NotArrived):
        visits.finish(visit, by=secretary, now=TEN)


def test_no_show_waits_for_the_grace(visit, secretary):
    with pytest.raises(visits.TooEarly):
        visits.no_show(visit, by=secretary, now=TEN + timedelta(minutes=14))

    visits.no_show(visit, by=secretary, now=TEN + timedelta(minutes=15))
    assert visit.status == Status.NO_SHOW


@pytest.mark.parametrize(("before", "late"), [(timedelta(hours=24), False), (timedelta(hours=23), True)])
def test_a_cancellation_within_a_day_is_late(visit, secretary, before, late):
    cancel(visit, secretary, now=TEN - before)

    assert Appointment.objects.get().is_late_cancel is late


def test_leaving_needs_a_reason(visit, secretary):
    visits.arrive(visit, by=secretary, now=NOW)

    with pytest.raises(visits.ReasonMissing):
        visits.leave(visit, reason="", by=secretary, now=NOW)


@pytest.mark.parametrize("end", ["cancel", "no_show", "enter_in_error"])
def test_leaving_an_active_state_frees_the_time(visit, secretary, end):
    late = TEN + timedelta(minutes=20)
    {
        "cancel": lambda: cancel(visit, secretary, now=TEN),
        "no_show": lambda: visits.no_show(visit, by=secretary, now=late),
        "enter_in_error": lambda: visits.enter_in_error(visit, reason="Wrong chart", by=secretary, now=late),
    }[end]()

    assert not Occupation.objects.exists()


def test_a_visit_that_was_reminded_of_is_no_error(visit, secretary):
    visits.note_reminded(visit, now=NOW)

    with pytest.raises(visits.WasReminded):
        visits.enter_in_error(Appointment.objects.get(), reason="Wrong chart", by=secretary, now=NOW)


def test_a_cancellation_is_undone_with_its_time(visit, secretary):
    cancel(visit, secretary)

    visits.undo(visit, by=secretary, now=NOW + timedelta(seconds=20))

    row = Appointment.objects.get()
    assert (row.status, row.cancel_reason, Occupation.objects.get().appointment) == (Status.BOOKED, "", row)


def test_an_undo_finds_its_time_given_away(visit, secretary):
    cancel(visit, secretary)
    make.visit(by=secretary, who=visit.provider, kind=visit.visit_type)

    with pytest.raises(visits.SlotTaken):
        visits.undo(visit, by=secretary, now=NOW)

    assert Appointment.objects.get(pk=visit.pk).status == Status.CANCELLED


def test_an_undo_comes_within_twenty_seconds(visit, secretary):
    cancel(visit, secretary)

    with pytest.raises(visits.TooLate):
        visits.undo(visit, by=secretary, now=NOW + timedelta(seconds=21))


def test_only_ones_own_act_is_undone(visit, secretary, practice):
    other = people.member(practice, Role.SECRETARY)
    cancel(visit, secretary)

    with pytest.raises(visits.TooLate):
        visits.undo(visit, by=other, now=NOW)


def test_nothing_is_undone_after_a_message_left_the_portal(visit, secretary):
    visits.confirm(visit, by=secretary, now=NOW)
    visits.note_reminded(visit, now=NOW)

    with pytest.raises(visits.TooLate):
        visits.undo(Appointment.objects.get(), by=secretary, now=NOW)


def test_an_undone_booking_is_an_error_and_takes_no_time(visit, secretary):
    visits.undo(visit, by=secretary, now=NOW)

    assert (Appointment.objects.get().status, Occupation.objects.count()) == (Status.IN_ERROR, 0)


@pytest.mark.parametrize("side", ["old", "new"])
def test_a_move_is_undone_from_either_side_and_can_be_made_again(visit, secretary, side):
    new = booking.move(visit, starts_at=TEN + timedelta(hours=1), by=secretary, now=NOW)

    standing = visits.undo(Appointment.objects.get(pk=visit.pk if side == "old" else new.pk), by=secretary, now=NOW)

    again = booking.move(standing, starts_at=TEN + timedelta(hours=2), by=secretary, now=NOW)
    assert (standing.pk, again.rescheduled_from_id, Occupation.objects.get().appointment) == (visit.pk, visit.pk, again)


def test_a_no_show_is_not_arrived_without_reopening(visit, secretary):
    visits.no_show(visit, by=secretary, now=TEN + timedelta(minutes=15))

    with pytest.raises(IllegalMove):
        visits.arrive(visit, by=secretary, now=TEN + timedelta(minutes=16))


def test_who_is_roomed_without_a_check_in_has_everything_to_be_verified(visit, secretary):
    visits.arrive(visit, by=secretary, now=NOW)
    visits.room(visit, by=secretary, now=TEN)

    assert Appointment.objects.get().flags == list(visits.TO_VERIFY)


def test_what_was_verified_at_the_check_in_stays_so_in_the_room(visit, secretary):
    visits.arrive(visit, by=secretary, now=NOW)
    visits.check_in(visit, by=secretary, now=NOW, verified=frozenset({"coverage"}))
    visits.room(visit, by=secretary, now=TEN)

    assert Appointment.objects.get().flags == ["demographics"]
