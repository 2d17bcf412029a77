"""What the board is made of."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from compliance import charts
from compliance.models import GlassReason, Relation
from compliance.roles import Role
from scheduling import booking, visits
from scheduling.board import day_board, version_of, version_on
from scheduling.cells import Cell, side_by_side
from scheduling.enums import DayKind
from scheduling.models import Provider
from tests.factories import people
from tests.factories import scheduling as make
from tests.factories.scheduling import MONDAY, NOW

TEN = datetime(2026, 11, 23, 16, 0, tzinfo=UTC)
QUARTER = timedelta(minutes=15)


@pytest.fixture
def board(inside, secretary):
    return lambda day=MONDAY, now=NOW: day_board(secretary, day, practice=inside, now=now)


def kinds(column):
    return [(cell.kind, cell.row, cell.span) for cell in column.cells]


def test_a_visit_stands_at_its_row_for_its_length(doctor, board, secretary):
    make.visit(by=secretary, who=doctor)

    assert ("visit", 5, 2) in kinds(board().columns[0])


def test_rows_run_from_the_first_hour_to_the_last(inside, board):
    make.provider("Dr. Okafor")
    early = make.provider("Dr. Weiss", hours=False)
    make.works(early, 0, "07:30", "12:00")

    page = board()

    assert (page.rows, [f"{hour.astimezone(ZoneInfo('America/Chicago')):%H}" for _, hour in page.axis][::9]) == (
        40,
        ["07", "16"],
    )
    assert ("off", 1, 2) in kinds(page.columns[1])


def test_a_break_is_shown_by_its_name(inside, board):
    who = make.provider(hours=False)
    make.pause(make.works(who, 0))

    assert [(cell.kind, cell.text, str(cell.begins)) for cell in board().columns[0].cells if cell.text] == [
        ("block", "Lunch", "12:00 PM")
    ]


def test_a_break_over_which_she_works_on_this_day_is_none(inside, board):
    who = make.provider(hours=False)
    make.pause(make.works(who, 0))
    make.different(who, MONDAY, "12:00", "13:00", DayKind.EXTRA)

    assert "block" not in {cell.kind for cell in board().columns[0].cells}


def test_a_day_that_differs_has_no_breaks_of_the_template(inside, board):
    who = make.provider(hours=False)
    make.pause(make.works(who, 0))
    make.different(who, MONDAY, "08:00", "10:00")

    assert "block" not in {cell.kind for cell in board().columns[0].cells}


def test_times_that_have_passed_are_not_offered(doctor, board):
    assert (board().columns[0].open, board(now=TEN + timedelta(minutes=1)).columns[0].open) == (32, 27)


def test_a_visit_in_the_house_says_for_how_long(doctor, board, secretary):
    visit = make.visit(by=secretary, who=doctor)
    visits.arrive(visit, by=secretary, now=TEN)

    soon, late = (board(now=TEN + timedelta(minutes=n)).columns[0] for n in (20, 24))

    assert [(c.minutes, c.is_waiting_long) for column in (soon, late) for c in column.cells if c.visit] == [
        (20, False),
        (24, True),
    ]


def test_a_no_show_gives_its_rows_back(doctor, board, secretary):
    visit = make.visit(by=secretary, who=doctor)
    visits.no_show(visit, by=secretary, now=TEN + QUARTER)

    column = board().columns[0]

    assert (column.booked, column.open) == (0, 32)


def test_the_day_in_november_has_the_hour_that_is_there_twice(inside, board):
    night = make.provider("Night", hours=False)
    make.works(night, 6, "00:00", "04:00")

    assert board(day=date(2026, 11, 1), now=datetime(2026, 10, 1, tzinfo=UTC)).rows == 20


@pytest.mark.parametrize("count", [1, 3])
def test_a_board_asks_ten_queries_for_any_number_of_providers_and_visits(
    inside, secretary, board, django_assert_num_queries, count
):
    for _ in range(count):
        make.visit(by=secretary, who=make.provider())
    secretary.may("scheduling.view_schedule")

    with django_assert_num_queries(10):
        board()


def cells(*spans):
    return side_by_side([Cell("visit", start * 900, end * 900) for start, end in spans])


def test_visits_of_one_time_stand_side_by_side():
    assert [(c.lane, c.lanes) for c in cells((0, 2), (1, 3), (2, 4), (5, 6))] == [(1, 2), (2, 2), (1, 2), (1, 1)]


def test_a_crowd_ends_in_a_number():
    last = cells(*[(0, 2)] * 6)[-1]

    assert (last.kind, last.text, last.lane, last.lanes) == ("more", "+3", 4, 4)


def test_a_time_kept_for_a_caller_says_by_whom_and_is_not_open(doctor, board, secretary):
    hold = booking.hold(doctor, TEN, make.visit_type(minutes=15), by=secretary, now=NOW)

    column = board().columns[0]

    cells = [(cell.text, cell.row, cell.span, cell.until) for cell in column.cells if cell.kind == "hold"]
    assert (cells, column.open) == ([("you", 5, 1, hold.hold_until)], 31)
    assert "hold" not in {cell.kind for cell in board(now=hold.hold_until).columns[0].cells}


def test_the_version_changes_with_all_that_the_board_shows(doctor, inside, secretary):
    def version(now=NOW):
        return version_of(secretary, MONDAY, ZoneInfo(inside.time_zone), now=now)

    seen = [version()]
    hold = booking.hold(doctor, TEN, make.visit_type(), by=secretary, now=NOW)
    seen.append(version())
    assert version(hold.hold_until) == seen[0]
    make.closure(TEN, TEN + QUARTER, reason="Meeting")
    seen.append(version())
    make.works(doctor, 5)
    seen.append(version())
    make.visit(by=secretary, who=doctor, starts_at=TEN + 4 * QUARTER)
    seen.append(version())

    assert len(set(seen)) == 5


HAPPENINGS = {
    "a visit": lambda who, by: make.visit(by=by, who=who),
    "a hold": lambda who, by: booking.hold(who, TEN, make.visit_type(), by=by, now=NOW),
    "a closed time": lambda who, by: make.closure(TEN, TEN + QUARTER, provider=who),
    "hours": lambda who, by: make.works(who, 5),
    "a new name": lambda who, by: Provider.objects.get(pk=who.pk).save(),
}


@pytest.mark.parametrize("happening", HAPPENINGS)
def test_the_version_tells_nothing_of_calendars_that_are_not_open(doctor, inside, secretary, happening):
    other, mine = make.provider("Dr. Weiss"), Provider.objects.filter(pk=doctor.pk)

    def seen_after(who):
        before = version_on(mine, MONDAY, ZoneInfo(inside.time_zone), user=secretary, now=NOW)
        HAPPENINGS[happening](who, secretary)
        return version_on(mine, MONDAY, ZoneInfo(inside.time_zone), user=secretary, now=NOW) != before

    assert [seen_after(other), seen_after(doctor)] == [False, True]


def test_a_closed_time_of_the_whole_practice_is_on_every_calendar(doctor, inside, secretary):
    def seen():
        mine = Provider.objects.filter(pk=doctor.pk)
        return version_on(mine, MONDAY, ZoneInfo(inside.time_zone), user=secretary, now=NOW)

    before = seen()
    make.closure(TEN, TEN + QUARTER)

    assert seen() != before


def test_whoever_may_not_see_the_schedule_is_told_no_version(doctor, inside):
    officer = people.member(inside, Role.PRIVACY_OFFICER)

    assert version_of(officer, MONDAY, ZoneInfo(inside.time_zone), now=NOW) == ""


@pytest.fixture
def closing(doctor, inside, secretary):
    """(what a page has seen of the day at a moment, the patient of its one visit, an admin)."""
    visit = make.visit(by=secretary, who=doctor)
    boss = people.member(inside, Role.PRACTICE_ADMIN)
    return lambda now=NOW: version_of(secretary, MONDAY, ZoneInfo(inside.time_zone), now=now), visit.patient_id, boss


def test_an_open_board_is_given_anew_when_the_glass_ends(closing, secretary):
    version, patient, boss = closing
    charts.restrict(patient, by=boss)
    closed = version()
    glass = charts.break_glass(patient, reason=GlassReason.EMERGENCY, words="She calls.", by=secretary, now=NOW)

    during, after = version(glass.expires_at - timedelta(seconds=1)), version(glass.expires_at)

    assert (during != closed, after) == (True, closed)


def test_an_open_board_is_given_anew_when_a_chart_is_restricted(closing):
    version, patient, boss = closing
    before = version()

    charts.restrict(patient, by=boss)

    assert version() != before


def test_an_open_board_is_given_anew_when_the_reader_is_barred(closing, secretary):
    version, patient, boss = closing
    before = version()

    charts.bar(secretary, patient, relation=Relation.FAMILY, by=boss)

    assert version() != before
