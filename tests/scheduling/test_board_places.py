"""The board and its places: what closes one of them, and the letters of the clock on a day."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from compliance.models import Location
from scheduling import visits
from scheduling.board import day_board, letters
from scheduling.views.refusals import in_words
from tests.factories import scheduling as make
from tests.factories.scheduling import MONDAY, NOW

TEN = datetime(2026, 11, 23, 16, 0, tzinfo=UTC)


def test_a_closed_place_is_named_where_somebody_works_there(inside, secretary):
    make.provider()
    make.closure(TEN, TEN + timedelta(hours=1), reason="Water damage", location=Location.objects.get())

    column = day_board(secretary, MONDAY, practice=inside, now=NOW).columns[0]

    shown = [(cell.text, str(cell.begins), str(cell.ends)) for cell in column.cells if cell.kind == "block"]
    assert shown == [("Water damage", "10:00 AM", "11:00 AM")]


def test_another_place_that_is_closed_is_not(inside, secretary):
    make.provider()
    north = Location.objects.create(name="North", time_zone="America/Chicago")
    make.closure(TEN, TEN + timedelta(hours=1), reason="Water damage", location=north)

    column = day_board(secretary, MONDAY, practice=inside, now=NOW).columns[0]

    assert "block" not in {cell.kind for cell in column.cells}


@pytest.mark.parametrize(
    ("day", "shown"),
    [(date(2026, 7, 6), "CDT"), (MONDAY, "CST"), (date(2026, 3, 8), "CST / CDT"), (date(2026, 11, 1), "CDT / CST")],
)
def test_the_corner_has_the_letters_of_the_day(day, shown):
    assert letters(day, ZoneInfo("America/Chicago")) == shown


def test_a_refusal_says_the_time_of_the_visits_place(inside, secretary):
    visit = make.visit(by=secretary)
    visit.location.time_zone = "Pacific/Honolulu"

    assert "from 10:00 AM on Nov 23" in in_words(visits.TooEarly(datetime(2026, 11, 23, 20, 0, tzinfo=UTC)), visit)
