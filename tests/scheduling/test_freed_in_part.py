"""Of a time that was given back, what is taken meanwhile is offered to nobody, and the rest still is."""

from datetime import timedelta

import pytest

from compliance.enums import CASE_STANDING
from compliance.models import Case
from scheduling import booking, set_up, visits
from scheduling.models import FreedTime, WaitEntry
from scheduling.waitlist import matching, ticking
from scheduling.waitlist.free import free_of
from tests.factories import scheduling as make
from tests.factories import waiting
from tests.factories.scheduling import NOW
from tests.factories.waiting import HALF_PAST, TEN

HOUR, HALF = timedelta(hours=1), timedelta(minutes=30)
LATER = NOW + timedelta(minutes=1)


@pytest.fixture
def waits(kind):
    return waiting.entry(kind)


@pytest.fixture
def book(doctor, kind, secretary):
    """A visit of hers from ten o'clock on, unless said otherwise."""

    def book(starts_at=TEN, minutes=30):
        return make.visit(by=secretary, who=doctor, kind=make.visit_type(minutes=minutes), starts_at=starts_at)

    return book


@pytest.fixture
def hour(book, cancel, waits):
    """An hour from ten o'clock that was given back, while somebody waits for half of one."""
    cancel(book(minutes=60))
    return FreedTime.objects.get()


@pytest.fixture
def cancel(secretary):
    """She calls it off."""
    return lambda visit: visits.cancel(visit, reason="pat", initiator="patient", told_by="patient", by=secretary, now=NOW)


def offered(freed):
    """From when each could be seen in it."""
    row = FreedTime.objects.select_related("provider__resource", "location", "visit").get(pk=freed.pk)
    return [one.starts_at for one in matching.ranked(free_of(row, now=LATER), WaitEntry.objects.all(), now=LATER)]


def work():
    return Case.objects.filter(kind="wait-match", status__in=CASE_STANDING).count()


def test_what_is_left_after_its_first_half_was_booked_is_offered(hour, book):
    book()

    assert (offered(hour), work()) == ([HALF_PAST], 1)


def test_between_two_halves_that_were_booked_nothing_is_offered_and_the_work_is_over(hour, book):
    book()
    book(HALF_PAST)

    assert (offered(hour), work()) == ([], 0)


def test_a_time_that_is_closed_is_offered_to_nobody_and_no_work(hour, doctor, secretary):
    closed = {"starts_at": TEN, "ends_at": TEN + HOUR, "reason": "Rounds", "provider": doctor}

    set_up.close_time(**closed, by=secretary, now=NOW)
    ticking.tick(now=LATER)

    assert (offered(hour), work()) == ([], 0)


def test_a_stretch_that_is_given_back_over_two_pieces_of_work_is_one(hour, book, cancel):
    cancel(book(TEN + 2 * HOUR))
    over = book(TEN + HALF, minutes=120)

    cancel(over)

    (row,) = FreedTime.objects.filter(closed_at__isnull=True)
    assert (row.starts_at, row.ends_at, work()) == (TEN, TEN + 2 * HOUR + HALF, 1)


def test_a_visit_that_is_moved_by_a_quarter_of_an_hour_leaves_nothing_for_who_needs_half_of_one(book, waits, secretary):
    booking.move(book(), starts_at=TEN + timedelta(minutes=15), by=secretary, now=NOW)

    assert work() == 0


def test_while_what_is_left_is_offered_it_stays_work(hour, book, waits, doctor, secretary):
    waiting.offer(waits, doctor, by=secretary, starts_at=HALF_PAST, freed=hour)

    book()

    assert work() == 1
