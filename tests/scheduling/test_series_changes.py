"""Changing and cancelling this visit, this and those that follow, or all."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from compliance.models import AuditEvent
from compliance.tenancy import current_practice_id
from scheduling import booking, series_changes, series_filling, visits
from scheduling.enums import ResourceKind, Scope, Status
from scheduling.models import Appointment, Occurrence, Resource, Series, VisitType
from scheduling.series import AT, SKIP, Choice, Conflicts
from scheduling.series_changes import Changed, Terms
from tests.factories import scheduling as make
from tests.factories import series as again
from tests.factories.scheduling import NOW

CHICAGO = ZoneInfo("America/Chicago")
DECEMBER_7, DECEMBER_14 = date(2026, 12, 7), date(2026, 12, 14)
WHY = {"reason": "pat", "initiator": "patient", "told_by": "patient"}


def at(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime.combine(day, time(hour, minute), CHICAGO).astimezone(UTC)


@pytest.fixture
def made(doctor, secretary) -> Series:
    return again.booked(by=secretary, provider=doctor)


def terms(of: Series, **changes) -> Terms:
    return Terms(**{"starts": of.starts, "provider": of.provider, "visit_type": of.visit_type, "mode": of.mode, **changes})


@pytest.fixture
def change(secretary):
    def go(of: Series, on: date, scope: Scope, *, choices=None, with_edited=False, now=NOW, **changes) -> Series:
        wanted = terms(of, **changes)
        more = {"choices": choices, "with_edited": with_edited}
        return series_changes.change(of, on, scope, wanted, by=secretary, now=now, **more)

    return go


def test_only_this_visit_goes_to_another_time(made, change):
    change(made, DECEMBER_7, Scope.THIS, starts=time(14))

    assert again.local(made) == ["2026-11-30 10:00", "2026-12-07 14:00", "2026-12-14 10:00", "2026-12-21 10:00"]


def test_this_and_those_that_follow_go_on_as_a_series_of_their_own(made, change):
    after = change(made, DECEMBER_14, Scope.FOLLOWING, starts=time(14))

    assert (again.local(made), again.local(after)) == (
        ["2026-11-30 10:00", "2026-12-07 10:00"],
        ["2026-12-14 14:00", "2026-12-21 14:00"],
    )
    assert after.continues == made


def test_all_that_are_to_come_change_and_what_was_stays(made, change):
    after = change(made, DECEMBER_14, Scope.ALL, starts=time(9), now=at(DECEMBER_7, 8))

    assert (again.local(made), again.local(after)) == (
        ["2026-11-30 10:00"],
        ["2026-12-07 09:00", "2026-12-14 09:00", "2026-12-21 09:00"],
    )


def test_a_day_later_keeps_the_dates_of_the_rule(made, change):
    after = change(made, DECEMBER_14, Scope.FOLLOWING, shift=1)

    assert [row.original_on for row in again.rows(after)] == [DECEMBER_14, date(2026, 12, 21)]
    assert (again.local(after)[0], str(after)) == (
        "2026-12-15 10:00",
        "Every week on Monday, until Dec 21, 2026, 1 day later",
    )


def test_each_may_take_the_time_that_another_leaves(doctor, secretary, change):
    daily = again.booked(by=secretary, provider=doctor, frequency="daily", first_on=date(2026, 11, 30), count=4)

    after = change(daily, date(2026, 11, 30), Scope.ALL, shift=1)

    assert [one[5:10] for one in again.local(after)] == ["12-01", "12-02", "12-03", "12-04"]


def test_old_and_new_visits_are_linked_and_the_original_date_is_kept(made, change):
    old = again.visits(made)[2]
    after = change(made, DECEMBER_14, Scope.FOLLOWING, starts=time(14))

    new = again.visits(after)[0]
    old.refresh_from_db()
    assert (new.rescheduled_from, old.status, again.rows(after)[0].original_on) == (old, Status.RESCHEDULED, DECEMBER_14)


def test_a_visit_that_was_changed_on_its_own_is_kept_and_named(made, secretary, change):
    own = booking.move(again.visits(made)[2], starts_at=at(DECEMBER_14, 16), by=secretary, now=NOW)
    found = series_changes.reach(made, DECEMBER_7, Scope.ALL, now=NOW)

    after = change(made, DECEMBER_7, Scope.ALL, starts=time(14))

    assert [row.visit for row in found.edited] == [own]
    assert again.local(after)[2] == "2026-12-14 16:00"


def test_a_visit_that_was_changed_on_its_own_changes_too_where_said(made, secretary, change):
    booking.move(again.visits(made)[2], starts_at=at(DECEMBER_14, 16), by=secretary, now=NOW)

    after = change(made, DECEMBER_7, Scope.ALL, starts=time(14), with_edited=True)

    assert again.local(after)[2] == "2026-12-14 14:00"


def test_a_conflict_of_a_change_is_told_and_changes_nothing(made, doctor, secretary, change):
    make.visit(by=secretary, who=doctor, starts_at=at(DECEMBER_14, 14))
    lines = series_changes.look(made, DECEMBER_7, Scope.FOLLOWING, terms(made, starts=time(14)), by=secretary, now=NOW)

    with pytest.raises(Conflicts) as refused:
        change(made, DECEMBER_7, Scope.FOLLOWING, starts=time(14))

    assert (refused.value.on, lines[1].near) == ([DECEMBER_14], at(DECEMBER_14, 13, 30))
    assert (Series.objects.count(), Appointment.objects.filter(status=Status.RESCHEDULED).count()) == (1, 0)


def test_a_date_that_cannot_be_moved_stays_or_goes_to_the_proposal(made, doctor, secretary, change):
    for day in (DECEMBER_7, DECEMBER_14):
        make.visit(by=secretary, who=doctor, starts_at=at(day, 14))
    choices = {DECEMBER_7: Choice(SKIP), DECEMBER_14: Choice(AT, at(DECEMBER_14, 13, 30))}

    after = change(made, DECEMBER_7, Scope.FOLLOWING, starts=time(14), choices=choices)

    assert again.local(after) == ["2026-12-07 10:00", "2026-12-14 13:30", "2026-12-21 14:00"]


def test_a_room_and_a_reason_of_its_own_go_along(made, secretary, change):
    room = make.Resource.objects.create(kind="room", name="Room 9", capacity=1)
    booking.move(again.visits(made)[1], room=room, reason="Knee", by=secretary, now=NOW)

    after = change(made, DECEMBER_7, Scope.FOLLOWING, starts=time(14))

    visit = again.visits(after)[0]
    assert (visit.room, visit.reason, visit.occupations.count()) == (room, "Knee", 2)


def test_another_provider_takes_the_series_over(made, secretary, change):
    other = make.provider("Dr. Lee")

    after = change(made, DECEMBER_14, Scope.FOLLOWING, provider=other)

    assert {visit.provider for visit in again.visits(after)} == {other}


def test_an_open_ended_series_goes_on_with_its_new_terms(doctor, secretary, change):
    rolling = again.booked(by=secretary, provider=doctor, count=None)
    after = change(rolling, DECEMBER_14, Scope.FOLLOWING, starts=time(14), shift=1)

    series_filling.fill_all(current_practice_id(), now=NOW + timedelta(weeks=2))

    rolling.refresh_from_db()
    assert (again.local(after)[-1], rolling.ended_because) == ("2027-06-01 14:00", "It goes on with other terms.")


def test_a_stale_series_is_not_changed(made, secretary):
    series_changes.cancel(made, DECEMBER_14, Scope.FOLLOWING, by=secretary, now=NOW, **WHY)

    with pytest.raises(Changed):
        series_changes.change(made, DECEMBER_7, Scope.ALL, terms(made), by=secretary, now=NOW, version=made.version)


@pytest.mark.parametrize(
    ("scope", "cancelled", "ended"), [(Scope.THIS, 1, False), (Scope.FOLLOWING, 2, True), (Scope.ALL, 4, True)]
)
def test_cancelling_gives_time_back_with_a_reason_and_ends_what_goes_on(scope, cancelled, ended, made, secretary):
    series_changes.cancel(made, DECEMBER_14, scope, by=secretary, now=NOW, **WHY)

    gone = [visit for visit in again.visits(made) if visit.status == Status.CANCELLED]
    made.refresh_from_db()
    assert (len(gone), {visit.cancel_reason for visit in gone}, made.ended_at is not None) == (cancelled, {"pat"}, ended)


def test_cancelling_keeps_what_was_changed_on_its_own_and_names_it(made, secretary):
    own = booking.move(again.visits(made)[2], starts_at=at(DECEMBER_14, 16), by=secretary, now=NOW)

    found = series_changes.cancel(made, DECEMBER_7, Scope.ALL, by=secretary, now=NOW, **WHY)

    own.refresh_from_db()
    assert ([row.visit for row in found.edited], own.status) == ([own], Status.BOOKED)


def test_the_clock_books_nothing_for_a_series_that_was_cancelled(doctor, secretary):
    rolling = again.booked(by=secretary, provider=doctor, count=None)
    series_changes.cancel(rolling, DECEMBER_14, Scope.FOLLOWING, by=secretary, now=NOW, **WHY)

    series_filling.fill_all(current_practice_id(), now=NOW + timedelta(weeks=8))

    assert Occurrence.objects.count() == 26


def test_an_undone_move_gives_the_date_back(made, secretary):
    old = again.visits(made)[1]
    new = booking.move(old, starts_at=at(DECEMBER_7, 14), by=secretary, now=NOW)

    visits.undo(new, by=secretary, now=NOW)

    assert again.rows(made)[1].visit == old


def test_a_change_is_in_the_trail(made, change):
    change(made, DECEMBER_14, Scope.FOLLOWING, starts=time(14))

    assert AuditEvent.objects.get(kind="series.continued").body == {"from": "2026-12-14", "dates": 2}


@pytest.fixture
def rolling(doctor, secretary) -> Series:
    return again.booked(by=secretary, provider=doctor, count=None)


def booked_by_the_clock() -> int:
    return series_filling.fill_all(current_practice_id(), now=NOW + timedelta(weeks=3))["booked"]


def test_what_is_left_of_a_cancelled_series_is_changed_and_does_not_begin_anew(rolling, secretary, change):
    series_changes.cancel(rolling, DECEMBER_14, Scope.FOLLOWING, by=secretary, now=NOW, **WHY)

    after = change(rolling, DECEMBER_7, Scope.ALL, starts=time(14))

    assert again.local(after)[:2] == ["2026-11-30 14:00", "2026-12-07 14:00"]
    assert (after.ended_at, after.ended_because, booked_by_the_clock()) == (NOW, "It was cancelled.", 0)


def test_the_earlier_part_of_a_divided_series_is_changed_and_only_the_later_goes_on(rolling, change):
    later = change(rolling, DECEMBER_14, Scope.FOLLOWING, starts=time(14))

    change(rolling, DECEMBER_7, Scope.ALL, starts=time(11))

    assert (list(Series.objects.rolling()), booked_by_the_clock()) == ([later], 3)


def test_a_series_of_a_kind_that_is_not_offered_any_more_still_moves(made, change):
    VisitType.objects.filter(pk=made.visit_type_id).update(is_active=False)
    made.visit_type.refresh_from_db()

    after = change(made, DECEMBER_14, Scope.FOLLOWING, starts=time(14))

    assert again.local(after) == ["2026-12-14 14:00", "2026-12-21 14:00"]


def test_it_does_not_become_of_a_kind_that_is_not_offered_any_more(made, change):
    gone = make.visit_type(is_active=False)

    with pytest.raises(Conflicts):
        change(made, DECEMBER_14, Scope.FOLLOWING, visit_type=gone)

    assert set(Appointment.objects.values_list("visit_type", flat=True)) == {made.visit_type_id}


def test_a_chosen_room_that_is_taken_is_told_with_a_free_time_and_is_no_dead_end(made, change, secretary):
    room = Resource.objects.create(kind=ResourceKind.ROOM, name="Room 7")
    visit = again.visits(made)[1]
    booking.move(visit, room=room, by=secretary, now=NOW)
    make.visit(by=secretary, room=room, starts_at=at(DECEMBER_7, 14))

    line = series_changes.look(made, DECEMBER_7, Scope.THIS, terms(made, starts=time(14)), by=secretary, now=NOW)[0]

    assert (line.refusal.why, line.near) == ("Room 7 is not free then.", at(DECEMBER_7, 13, 30))
