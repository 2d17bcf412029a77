"""What moved a visit, in words."""

from datetime import UTC, datetime, timedelta

import pytest

from scheduling import booking, history, visits
from scheduling.enums import Source
from tests.factories import scheduling as make
from tests.factories.scheduling import NOW

TEN = datetime(2026, 11, 23, 16, 0, tzinfo=UTC)


@pytest.fixture
def visit(inside, secretary):
    return make.visit(by=secretary, who=make.provider("Dr. Okafor"))


def test_a_move_says_from_where_to_where_by_whom_and_why(visit, secretary):
    weiss = make.provider("Dr. Weiss")

    booking.move(visit, provider=weiss, starts_at=TEN + timedelta(days=1), by=secretary, now=NOW, why="the bus is late")

    assert history.lines(visit)[0].sentence == (
        "Moved from Mon, Nov 23, 10:00 AM with Dr. Okafor to Tue, Nov 24, 10:00 AM with Dr. Weiss"
        " by Rosa Diaz because the bus is late"
    )


def test_the_successor_says_where_it_came_from(visit, secretary):
    new = booking.move(visit, starts_at=TEN + timedelta(hours=1), by=secretary, now=NOW)

    assert history.lines(new)[0].what.startswith("Moved from Mon, Nov 23, 10:00 AM with Dr. Okafor to")


def test_the_newest_step_stands_first_and_an_undo_names_what_it_undid(visit, secretary):
    visits.confirm(visit, by=secretary, now=NOW, via="text")
    visits.undo(visit, by=secretary, now=NOW)

    assert [line.what for line in history.lines(visit)] == [
        "Undone: Confirmed by text",
        "Confirmed by text",
        "Booked for Mon, Nov 23, 10:00 AM with Dr. Okafor",
    ]


def test_a_cancellation_says_its_reason(visit, secretary):
    visits.cancel(visit, reason="oth-weather", initiator="practice", told_by="called", by=secretary, now=NOW, note="Ice")

    assert history.lines(visit)[0].sentence == "Cancelled (weather) by Rosa Diaz because Ice"


def test_the_portal_itself_is_named_where_nobody_acted(visit):
    visits.confirm(visit, by=None, now=NOW, via="text")

    assert history.lines(visit)[0].sentence == "Confirmed by text by the portal"


@pytest.mark.parametrize("what", history.WORDS)
def test_every_word_is_a_sentence_of_its_own(what):
    assert history.WORDS[what][0].isupper()


@pytest.mark.parametrize(
    ("source", "words"),
    [
        (Source.PHONE, "on the phone by Rosa Diaz"),
        (Source.DESK, "at the desk by Rosa Diaz"),
        (Source.PORTAL, "in the portal by Rosa Diaz"),
        (Source.FAX, "from a fax by Rosa Diaz"),
        (Source.IMPORT, "from an import by Rosa Diaz"),
    ],
)
def test_a_booking_says_how_it_came_and_by_whom(inside, secretary, source, words):
    assert history.origin(make.visit(by=secretary, source=source)) == words


def test_a_booking_that_nobody_made_says_how_it_came(inside):
    assert history.origin(make.visit(by=None, source=Source.PORTAL)) == "in the portal"
