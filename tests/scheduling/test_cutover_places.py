"""Visits that change places in the other system change them here, in one act; who finds no place stays and is listed."""

from zoneinfo import ZoneInfo

import pytest

from compliance.tenancy import SYSTEM, acting_in
from patients import known
from scheduling.cutover import telling
from scheduling.models import Appointment, Brought
from tests.factories import patients
from tests.scheduling.test_cutover import MONDAY, outcomes, row, there

__all__ = ["there"]

MRNS, ZONE = ("4711", "4712", "4713", "4714", "4715"), ZoneInfo("America/Chicago")
NINE, TEN_, ELEVEN = (f"{MONDAY} {hour}:00" for hour in (9, 10, 11))
TUESDAY = "2027-03-02 9:00"


@pytest.fixture
def three(practice, secretary):
    """One patient more."""
    with acting_in(practice.pk, secretary.pk):
        patients.patient(mrn="4713", given="Cleo")


def who(practice) -> dict[str, str]:
    """The local time of each patient's visit, by MRN."""
    with acting_in(practice.pk, SYSTEM):
        whose = {known.by_mrn(mrn)[0].pk: mrn for mrn in MRNS if known.by_mrn(mrn)}
        here = [(whose[one.patient_id], one.starts_at.astimezone(ZONE)) for one in Appointment.objects.upcoming()]
        return {mrn: f"{starts:%-H:%M}" for mrn, starts in here}


def test_two_visits_that_change_places_change_them_here(practice, there):
    there(row(start=NINE), row("2", "4712", TEN_))

    report = there(row(start=TEN_), row("2", "4712", NINE), name="later.csv")

    assert (outcomes(report), report.listed, who(practice)) == ({"moved": 2}, [], {"4711": "10:00", "4712": "9:00"})


def test_three_in_a_ring_change_places(practice, there, three):
    there(row(start=NINE), row("2", "4712", TEN_), row("3", "4713", ELEVEN))

    report = there(row(start=TEN_), row("2", "4712", ELEVEN), row("3", "4713", NINE), name="later.csv")

    assert (outcomes(report), who(practice)) == ({"moved": 3}, {"4711": "10:00", "4712": "11:00", "4713": "9:00"})


def test_visits_of_two_days_change_places(practice, there):
    there(row(start=NINE), row("2", "4712", "2027-03-02 9:00"))

    report = there(row(start="2027-03-02 9:00"), row("2", "4712", NINE), name="later.csv")

    assert (outcomes(report), report.listed) == ({"moved": 2}, [])


def test_a_trial_says_that_they_change_places_and_leaves_them(practice, there):
    there(row(start=NINE), row("2", "4712", TEN_))

    report = there(row(start=TEN_), row("2", "4712", NINE), name="later.csv", is_trial=True)

    assert (outcomes(report), who(practice)) == ({"moved": 2}, {"4711": "9:00", "4712": "10:00"})


def test_a_visit_moves_to_where_a_later_line_leaves(practice, there):
    there(row(start=NINE), row("2", "4712", TEN_))

    report = there(row(start=TEN_), row("2", "4712", ELEVEN), name="later.csv")

    assert (outcomes(report), who(practice)) == ({"moved": 2}, {"4711": "10:00", "4712": "11:00"})


def test_a_visit_that_finds_no_place_stays_while_the_others_change(practice, there, three):
    there(row(start=NINE), row("2", "4712", TEN_), row("3", "4713", ELEVEN))

    report = there(row(start=TEN_), row("2", "4712", NINE), row("3", "4713", NINE), name="later.csv")

    assert (report.listed, who(practice)) == ([(4, telling.TAKEN)], {"4711": "10:00", "4712": "9:00", "4713": "11:00"})


def test_a_ring_that_somebody_stands_in_stays_whole(practice, there, three):
    there(row(start=NINE), row("2", "4712", TEN_), row("3", "4713", ELEVEN))

    report = there(row(start=TEN_), row("2", "4712", ELEVEN), row("3", "4713", ELEVEN), name="later.csv")

    with acting_in(practice.pk, SYSTEM):
        assert Brought.objects.filter(why=telling.TAKEN).count() == 2
    assert (outcomes(report), who(practice)) == (
        {"same": 1, "not booked": 2},
        {"4711": "9:00", "4712": "10:00", "4713": "11:00"},
    )


def test_places_that_were_changed_are_the_same_with_the_same_file(practice, there):
    there(row(start=NINE), row("2", "4712", TEN_))
    later = (row(start=TEN_), row("2", "4712", NINE))
    there(*later, name="later.csv")

    assert outcomes(there(*later, name="later.csv")) == {"same": 2}


@pytest.fixture
def five(practice, secretary, three):
    """Two patients more."""
    with acting_in(practice.pk, secretary.pk):
        patients.patient(mrn="4714", given="Dan"), patients.patient(mrn="4715", given="Eva")


def test_who_cannot_go_for_one_that_stays_does_not_keep_the_others_there(practice, there, five):
    """Of the five F cannot go for E who stays, nor D for F; A and G change places."""
    d, a, f, g, e = (("1", "4711"), ("2", "4712"), ("3", "4713"), ("4", "4714"), ("5", "4715"))
    before = zip((d, a, f, g, e), ("12:00", "13:00", "9:00", "9:30", "11:00"), strict=True)
    after = zip((d, a, f, g, e), ("9:15", "9:30", "11:00", "13:00", "11:00"), strict=True)
    there(*(row(*whose, f"{MONDAY} {hour}") for whose, hour in before))

    report = there(*(row(*whose, f"{MONDAY} {hour}") for whose, hour in after), name="later.csv")

    assert outcomes(report) == {"moved": 2, "same": 1, "not booked": 2}
    assert who(practice) == {"4711": "12:00", "4712": "9:30", "4713": "9:00", "4714": "13:00", "4715": "11:00"}


def test_who_gave_way_to_a_line_that_stays_after_all_goes(practice, there, three):
    """The second gives way to the first, which cannot go while the second stays."""
    there(row(start=ELEVEN), row("2", "4712", f"{MONDAY} 9:30"), row("3", "4713", NINE))

    wanted = row(start=f"{MONDAY} 9:15"), row("2", "4712", NINE), row("3", "4713", f"{MONDAY} 13:00")
    report = there(*wanted, name="later.csv")

    assert report.listed == [(2, telling.TAKEN)]
    assert who(practice) == {"4711": "11:00", "4712": "9:00", "4713": "13:00"}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ((NINE, TEN_), (TEN_, ELEVEN)),
        ((NINE, TEN_), (TEN_, TUESDAY)),
        ((NINE, TEN_), (ELEVEN, NINE)),
        ((NINE,), (ELEVEN, NINE)),
        ((NINE,), (TUESDAY, NINE)),
        ((NINE,), (TUESDAY, TUESDAY)),
        ((NINE, TUESDAY), (TUESDAY, NINE, TUESDAY)),
    ],
)
def test_a_trial_says_what_a_run_does(there, three, before, after):
    """Where visits go, and what is new comes to times that they leave or take."""
    there(*(row(f"{n}", f"471{n}", start) for n, start in enumerate(before, 1)))
    later = [row(f"{n}", f"471{n}", start) for n, start in enumerate(after, 1)]

    tried = there(*later, name="later.csv", is_trial=True)

    done = there(*later, name="later.csv")
    assert (outcomes(tried), sorted(tried.listed)) == (outcomes(done), sorted(done.listed))


def test_a_trial_says_that_the_time_of_a_cancelled_visit_is_taken_anew(there):
    there(row(start=NINE))

    tried = there(row(start=NINE, state="X"), row("2", "4712", NINE), name="later.csv", is_trial=True)

    assert outcomes(tried) == {"cancelled": 1, "booked": 1}
