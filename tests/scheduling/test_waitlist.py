"""The wait list: one open entry for a choice, matches the moment time is freed, in the order of workflows.md section 2."""

from datetime import date, datetime, time, timedelta

import pytest

from compliance.enums import CASE_STANDING, CaseStatus
from compliance.models import Case
from scheduling import booking, set_up, visits, waitlist
from scheduling.enums_waiting import ENTRY_AFTER, OFFER_NEXT, WAIT_NEXT, Band, OfferStatus, RemovedBecause, WaitStatus
from scheduling.models import FreedTime, WaitEntry
from scheduling.waitlist import matching
from tests.factories import scheduling as make
from tests.factories import waiting
from tests.factories.scheduling import NOW
from tests.factories.waiting import HALF_PAST, TEN

W, O = WaitStatus, OfferStatus  # noqa: E741


def booked(doctor, kind, by, **details):
    return make.visit(by=by, who=doctor, kind=kind, starts_at=TEN, **details)


def cancel(visit, by, **more):
    visits.cancel(visit, reason="pat", initiator="patient", told_by="patient", by=by, now=NOW, **more)


def ranked(doctor):
    found = matching.ranked(waiting.free(doctor), WaitEntry.objects.all(), now=NOW)
    return [one.entry for one in found]


def work():
    return list(Case.objects.filter(kind="wait-match", status__in=CASE_STANDING))


def test_the_tables_are_those_of_the_workflow():
    through = {(a, b) for a, nexts in WAIT_NEXT.items() for b in nexts}

    assert through == {(W.WAITING, W.OFFERED), (W.WAITING, W.REMOVED), (W.WAITING, W.AGED_OUT)} | {
        (W.OFFERED, W.BOOKED),
        (W.OFFERED, W.WAITING),  # by an offer that was declined, ran out or was withdrawn
        (W.OFFERED, W.REMOVED),
    }
    assert OFFER_NEXT[O.OFFERED] == {O.ACCEPTED, O.BOOKED, O.DECLINED, O.EXPIRED, O.WITHDRAWN}
    assert {
        O.BOOKED: {W.BOOKED},
        O.DECLINED: {W.WAITING, W.REMOVED},
        O.EXPIRED: {W.WAITING},
        O.WITHDRAWN: {W.WAITING},
    } == ENTRY_AFTER


def test_one_open_entry_stands_for_a_patient_a_kind_and_a_choice_of_provider(kind, doctor):
    first = waiting.entry(kind)

    with pytest.raises(waitlist.WaitsAlready):
        waiting.entry(kind, whose=first.patient)

    assert waiting.entry(kind, whose=first.patient, provider=doctor).status == W.WAITING


def test_who_was_taken_off_may_wait_again(kind):
    first = waiting.entry(kind)
    waitlist.remove(first, because=RemovedBecause.NO_LONGER_NEEDED, by=None, now=NOW)

    again = waiting.entry(kind, whose=first.patient)

    assert (first.status, first.removed_because, again.status) == (W.REMOVED, "not-needed", W.WAITING)


def test_a_cancelled_visit_whose_time_somebody_waits_for_is_one_piece_of_work(doctor, kind, secretary):
    waiting.entry(kind)
    visit = booked(doctor, kind, secretary)

    cancel(visit, secretary)

    (case,), (freed,) = work(), FreedTime.objects.all()
    assert case.summary == f"Mon, Nov 30 at 10:00 AM with {doctor} is free. 1 person waits for such a time."
    assert (freed.case, freed.visit, freed.starts_at, freed.ends_at) == (case, visit, TEN, HALF_PAST)


def test_the_same_time_freed_again_is_no_second_piece_of_work(doctor, kind, secretary):
    waiting.entry(kind)
    visit = booked(doctor, kind, secretary)
    cancel(visit, secretary)
    visits.undo(visit, by=secretary, now=NOW)
    settled = [case.status for case in Case.objects.filter(kind="wait-match")]

    cancel(visit, secretary)

    assert (settled, len(work())) == ([CaseStatus.COMPLETED], 1)


def test_time_that_nobody_waits_for_is_no_work(doctor, kind, secretary):
    cancel(booked(doctor, kind, secretary), secretary)

    assert work() == []


def test_a_moved_visit_frees_its_old_time(doctor, kind, secretary):
    waiting.entry(kind)
    visit = booked(doctor, kind, secretary)

    booking.move(visit, starts_at=TEN + timedelta(days=1), by=secretary, now=NOW, version=visit.version)

    assert [row.came_from for row in FreedTime.objects.all()] == ["moved"]


def test_what_is_left_of_a_missed_visit_is_offered(doctor, secretary, kind):
    waiting.entry(kind)
    visit = booked(doctor, make.visit_type(minutes=60), secretary)

    visits.no_show(visit, by=secretary, now=TEN + timedelta(minutes=20))

    (row,) = FreedTime.objects.all()
    assert (row.starts_at, row.ends_at, row.came_from) == (HALF_PAST, TEN + timedelta(minutes=60), "noshow")


def test_a_vacation_that_is_taken_back_frees_the_hours_of_each_day(doctor, kind, secretary):
    waiting.entry(kind)
    start, end = TEN.replace(hour=15), TEN.replace(hour=23) + timedelta(days=1)
    closed = set_up.close_time(starts_at=start, ends_at=end, reason="Vacation", provider=doctor, by=secretary, now=NOW)

    set_up.open_time(closed, by=secretary, now=NOW)

    assert [row.starts_at for row in FreedTime.objects.order_by("starts_at")] == [start, start + timedelta(days=1)]


def test_the_order_is_band_then_longest_waiting_then_distance_to_the_window(doctor, kind):
    late = waiting.entry(kind, now=NOW + timedelta(minutes=5))
    far = waiting.entry(kind, earliest_on=date(2026, 11, 24))
    near = waiting.entry(kind, earliest_on=date(2026, 11, 29))
    urgent = waiting.entry(kind, band=Band.URGENT, now=NOW + timedelta(hours=1))

    assert ranked(doctor) == [urgent, near, far, late]


@pytest.mark.parametrize(
    ("wishes", "why"),
    [
        ({"weekdays": 0b0000110}, "Cannot come on Mondays."),
        ({"earliest_on": date(2026, 12, 1)}, "Wishes no day before Dec 1."),
        ({"latest_on": date(2026, 11, 29)}, "Wishes no day after Nov 29."),
        ({"from_time": time(13)}, "Can come from 1:00 PM on."),
        ({"until_time": time(9, 30)}, "Can come until 9:30 AM."),
        ({"from_time": time(10, 15)}, "Nothing of 30 minutes is left in the hours that are wished."),
    ],
)
def test_whom_a_time_does_not_suit_is_passed_over_with_the_reason(doctor, kind, wishes, why):
    row = waiting.entry(kind, **wishes)

    (over,) = matching.passed_over(waiting.free(doctor), WaitEntry.objects.all(), now=NOW)

    assert (ranked(doctor), over.entry, over.reasons) == ([], row, (why,))


def test_do_not_contact_is_obeyed(doctor, kind):
    waiting.entry(kind, whose=make.patient(do_not_contact=True))

    (over,) = matching.passed_over(waiting.free(doctor), WaitEntry.objects.all(), now=NOW)

    assert (ranked(doctor), over.reasons) == ([], ("Does not wish to be contacted.",))


def test_another_provider_is_not_what_she_waits_for(doctor, kind):
    waiting.entry(kind, provider=make.provider())
    hers = waiting.entry(kind, provider=doctor)

    assert ranked(doctor) == [hers]


def test_notice_is_kept(doctor, kind):
    waiting.entry(kind, min_notice_hours=24 * 8)
    row = waiting.entry(kind, min_notice_hours=24 * 6)

    assert ranked(doctor) == [row]


def test_wishes_for_days_that_are_over_age_out(kind):
    row = waiting.entry(kind, latest_on=date(2026, 11, 20))
    stays = waiting.entry(kind)

    waitlist.age_out(now=NOW)

    assert [WaitEntry.objects.get(pk=one.pk).status for one in (row, stays)] == [W.AGED_OUT, W.WAITING]


def test_a_booking_by_phone_ends_her_waiting(doctor, kind, secretary):
    row = waiting.entry(kind)

    visit = booked(doctor, kind, secretary, whose=row.patient)

    row.refresh_from_db()
    assert (row.status, row.removed_because, row.booked_visit) == (W.REMOVED, "elsewhere", visit)


def test_undoing_that_booking_puts_her_back(doctor, kind, secretary):
    row = waiting.entry(kind)
    visit = booked(doctor, kind, secretary, whose=row.patient)

    visits.undo(visit, by=secretary, now=NOW)

    row.refresh_from_db()
    assert (row.status, row.waiting_since, row.booked_visit) == (W.WAITING, NOW, None)


def test_a_later_visit_than_the_one_she_has_is_not_what_she_waits_for(doctor, kind, secretary):
    whose = make.patient()
    booked(doctor, kind, secretary, whose=whose)
    row = waiting.entry(kind, whose=whose)

    make.visit(by=secretary, who=doctor, kind=kind, whose=whose, starts_at=datetime(2026, 12, 7, 16, 0, tzinfo=TEN.tzinfo))

    row.refresh_from_db()
    assert row.status == W.WAITING


@pytest.fixture
def later(doctor, kind, secretary):
    """A visit in two weeks, which the patient wishes to have earlier."""
    return make.visit(by=secretary, who=doctor, kind=kind, starts_at=TEN + timedelta(days=14))


def test_moving_her_visit_to_a_later_day_leaves_her_on_the_list(later, kind, secretary):
    row = waiting.entry(kind, whose=later.patient)

    moved = booking.move(later, starts_at=later.starts_at + timedelta(days=7), by=secretary, now=NOW)

    row.refresh_from_db()
    assert (row.status, row.later_visit) == (W.WAITING, moved)


def test_undoing_that_move_leaves_her_on_the_list_too(later, kind, secretary):
    row = waiting.entry(kind, whose=later.patient)
    moved = booking.move(later, starts_at=later.starts_at + timedelta(days=7), by=secretary, now=NOW)

    visits.undo(moved, by=secretary, now=NOW)

    row.refresh_from_db()
    assert (row.status, row.later_visit) == (W.WAITING, later)


def test_moving_her_visit_to_an_earlier_day_ends_her_waiting(later, kind, secretary):
    row = waiting.entry(kind, whose=later.patient)

    moved = booking.move(later, starts_at=TEN, by=secretary, now=NOW)

    row.refresh_from_db()
    assert (row.status, row.booked_visit) == (W.REMOVED, moved)
