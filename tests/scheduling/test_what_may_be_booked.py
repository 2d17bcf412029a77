"""What may be booked at all: not the past, and of what is not offered any more only what stands already."""

from datetime import UTC, datetime, timedelta

import pytest

from scheduling import booking
from scheduling.booking import NotSchedulable
from tests.factories import scheduling as make
from tests.factories.scheduling import NOW

TEN = datetime(2026, 11, 23, 16, 0, tzinfo=UTC)


@pytest.mark.parametrize("ago", [timedelta(minutes=1), timedelta(days=700)])
def test_what_has_passed_is_not_booked_for_any_reason(inside, secretary, ago):
    with pytest.raises(NotSchedulable, match="passed"):
        make.visit(by=secretary, starts_at=NOW - ago, overbook_reason="In pain")


def test_a_reason_to_double_book_still_opens_what_is_booked_ahead(inside, secretary):
    kind = make.visit_type(lead_hours=48)

    assert make.visit(by=secretary, kind=kind, starts_at=TEN, overbook_reason="In pain").starts_at == TEN


def test_a_visit_is_not_moved_into_the_past_for_any_reason(inside, secretary):
    visit = make.visit(by=secretary)

    with pytest.raises(NotSchedulable, match="passed"):
        booking.move(visit, starts_at=NOW - timedelta(hours=1), overbook_reason="In pain", by=secretary, now=NOW)
