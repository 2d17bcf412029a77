"""Series: looked at, booked, kept filled."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from compliance.models import AuditEvent, Case
from compliance.tenancy import current_practice_id
from scheduling import booking, series, series_filling
from scheduling.ahead import Refusal
from scheduling.enums import Frequency, Skipped, Status
from scheduling.models import Appointment, Occupation, Occurrence, Series, Transition
from scheduling.patterns import BadPattern
from scheduling.series import AT, DESPITE, OVERBOOK, SKIP, Choice, Conflicts
from tests.factories import scheduling as make
from tests.factories import series as again
from tests.factories.scheduling import NOW

CHICAGO = ZoneInfo("America/Chicago")
DECEMBER_7 = date(2026, 12, 7)


def at(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime.combine(day, time(hour, minute), CHICAGO).astimezone(UTC)


@pytest.fixture
def taken(doctor, secretary):
    """Somebody else has ten o'clock on December 7."""
    return make.visit(by=secretary, who=doctor, starts_at=at(DECEMBER_7, 10))


def test_four_mondays_are_four_visits_with_their_time(doctor, secretary):
    made = again.booked(by=secretary, provider=doctor)

    expected = [f"2026-{day} 10:00" for day in ("11-30", "12-07", "12-14", "12-21")]
    assert (again.local(made), Occupation.objects.count()) == (expected, 4)


def test_each_visit_is_as_if_booked_alone(doctor, secretary):
    made = again.booked(by=secretary, provider=doctor, reason="Blood pressure")
    one = again.visits(made)[0]

    step = Transition.objects.get(appointment=one)
    assert (one.reason, one.booked_by, step.what, step.by) == ("Blood pressure", secretary, "booked", secretary)


def test_the_act_and_each_visit_are_in_the_trail(doctor, secretary):
    made = again.booked(by=secretary, provider=doctor)

    event = AuditEvent.objects.get(kind="series.booked")
    visits = AuditEvent.objects.filter(kind="appointment.booked").count()
    assert (event.body, event.opened, visits) == ({"booked": 4, "skipped": 0}, [made.patient_id], 4)


def test_a_series_of_ten_thousand_is_refused_with_a_sentence(doctor, secretary):
    with pytest.raises(BadPattern, match="A series has 1 to 366 visits, not 10,000"):
        again.booked(by=secretary, provider=doctor, count=10_000)

    assert (Series.objects.count(), Appointment.objects.count()) == (0, 0)


def test_a_conflict_is_told_before_anything_is_saved_with_the_nearest_free_time(taken, doctor, secretary):
    lines = series.look(again.unsaved(provider=doctor), by=secretary, now=NOW)

    second = lines[1]
    assert (second.on, second.refusal.kind, second.near) == (DECEMBER_7, Skipped.TAKEN, at(DECEMBER_7, 9, 30))
    assert Series.objects.count() == 0


def test_a_closed_day_names_its_closure_and_proposes_a_day_of_the_week(doctor, secretary):
    make.closure(at(DECEMBER_7, 0), at(DECEMBER_7, 23), reason="Staff day")

    second = series.look(again.unsaved(provider=doctor), by=secretary, now=NOW)[1]

    assert (second.refusal.why, second.near) == ("Closed then: Staff day.", at(date(2026, 12, 8), 10))


def test_two_conflicts_do_not_propose_the_same_time(doctor, secretary):
    weekend = again.unsaved(provider=doctor, frequency=Frequency.DAILY, first_on=date(2026, 12, 5), count=2)

    saturday, sunday = series.look(weekend, by=secretary, now=NOW)

    assert (saturday.near, sunday.near) == (at(date(2026, 12, 4), 10), at(date(2026, 12, 4), 9, 30))


def test_a_patient_who_is_elsewhere_then_is_a_conflict_of_its_own(doctor, secretary):
    patient = make.patient()
    make.visit(by=secretary, whose=patient, starts_at=at(DECEMBER_7, 10))

    second = series.look(again.unsaved(provider=doctor, patient=patient), by=secretary, now=NOW)[1]

    assert second.refusal == Refusal(Skipped.BUSY, "The patient has another visit then.")


def test_an_unsettled_conflict_saves_nothing_at_all(taken, doctor, secretary):
    with pytest.raises(Conflicts) as refused:
        again.booked(by=secretary, provider=doctor)

    assert (refused.value.on, Series.objects.count(), Occurrence.objects.count()) == ([DECEMBER_7], 0, 0)


def test_a_date_that_is_left_out_is_listed_with_why(taken, doctor, secretary):
    made = again.booked(by=secretary, provider=doctor, choices={DECEMBER_7: Choice(SKIP)})

    left_out = again.rows(made)[1]
    assert (left_out.visit, left_out.skipped, left_out.why) == (None, "taken", "Another visit has this time.")


def test_a_chosen_time_is_booked_for_its_original_date(taken, doctor, secretary):
    made = again.booked(by=secretary, provider=doctor, choices={DECEMBER_7: Choice(AT, at(DECEMBER_7, 13))})

    moved = again.rows(made)[1]
    assert (moved.original_on, moved.visit.starts_at) == (DECEMBER_7, at(DECEMBER_7, 13))


def test_an_overbooked_date_takes_the_next_lane_with_its_reason(taken, doctor, secretary):
    choices = {DECEMBER_7: Choice(OVERBOOK)}
    made = series.make(
        again.unsaved(provider=doctor), by=secretary, now=NOW, choices=choices, overbook_reason="Dr. Okafor agreed"
    )

    second = again.visits(made)[1]
    assert (second.overbook_reason, second.occupations.get().lane) == ("Dr. Okafor agreed", 1)


def test_overbooking_without_a_reason_settles_nothing(taken, doctor, secretary):
    with pytest.raises(Conflicts):
        again.booked(by=secretary, provider=doctor, choices={DECEMBER_7: Choice(OVERBOOK)})

    assert Series.objects.count() == 0


def test_a_busy_patient_is_booked_all_the_same_where_chosen(doctor, secretary):
    patient = make.patient()
    make.visit(by=secretary, whose=patient, starts_at=at(DECEMBER_7, 10))

    made = again.booked(by=secretary, provider=doctor, patient=patient, choices={DECEMBER_7: Choice(DESPITE)})

    assert len(again.visits(made)) == 4


def test_ones_own_hold_is_used_up_and_stands_in_nobodys_way(doctor, secretary):
    kind = make.visit_type()
    booking.hold(doctor, at(DECEMBER_7, 10), kind, by=secretary, now=NOW)

    again.booked(by=secretary, provider=doctor, visit_type=kind)

    assert Occupation.objects.filter(hold_until__isnull=False).count() == 0


@pytest.mark.parametrize("count", [2, 40])
def test_looking_asks_the_same_questions_for_any_number_of_dates(count, doctor, secretary, django_assert_max_num_queries):
    wanted = again.unsaved(provider=doctor, count=count)

    with django_assert_max_num_queries(10):
        assert len(series.look(wanted, by=secretary, now=NOW)) == count


def test_an_open_ended_series_is_booked_to_its_horizon(doctor, secretary):
    made = again.booked(by=secretary, provider=doctor, count=None)

    assert (len(again.visits(made)), made.filled_until) == (26, date(2027, 5, 24))


def test_the_clock_books_what_came_within_the_horizon_and_records_its_run(doctor, secretary):
    made = again.booked(by=secretary, provider=doctor, count=None)

    numbers = series_filling.fill_all(current_practice_id(), now=NOW + timedelta(weeks=3))

    run = AuditEvent.objects.get(kind="series.run")
    assert (numbers, run.body) == ({"series": 1, "left_out": 0, "booked": 3, "skipped": 0}, numbers)
    assert again.local(made)[-1] == "2027-06-14 10:00"


def test_a_second_run_of_the_clock_books_nothing_twice(doctor, secretary):
    made = again.booked(by=secretary, provider=doctor, count=None)
    series_filling.fill(made.pk, now=NOW + timedelta(weeks=3))

    assert series_filling.fill(made.pk, now=NOW + timedelta(weeks=3)) == (0, 0)


def test_what_the_clock_cannot_book_is_listed_and_becomes_work(doctor, secretary):
    made = again.booked(by=secretary, provider=doctor, count=None)
    late = date(2027, 6, 7)
    make.closure(at(late, 0), at(late, 23), reason="Vacation")

    series_filling.fill(made.pk, now=NOW + timedelta(weeks=2))

    left_out, case = Occurrence.objects.get(visit=None), Case.objects.get(kind="rebook")
    assert (left_out.original_on, left_out.why) == (late, "Closed then: Vacation.")
    assert case.summary == "A series could not be booked on Jun 7. Find another time, or leave it out."


def test_a_series_whose_provider_left_ends_and_somebody_is_told(doctor, secretary):
    made = again.booked(by=secretary, provider=doctor, count=None)
    doctor.is_active = False
    doctor.save()

    series_filling.fill(made.pk, now=NOW + timedelta(weeks=3))

    made.refresh_from_db()
    assert (made.ended_because, Case.objects.filter(kind="rebook").count()) == (
        "Dr. Okafor does not see patients any more.",
        1,
    )


def test_a_moved_visit_takes_its_date_along_through_several_moves(doctor, secretary):
    made = again.booked(by=secretary, provider=doctor)
    visit = again.visits(made)[1]
    for hour in (11, 14):
        visit = booking.move(visit, starts_at=at(DECEMBER_7, hour), by=secretary, now=NOW)

    row = again.rows(made)[1]
    assert (row.original_on, row.visit, row.is_moved, row.visit.status) == (DECEMBER_7, visit, True, Status.BOOKED)
