"""Her own other visits beside a series that is changed: what the change brings is warned of, not what stood before."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from compliance.models import Location
from scheduling import series_changes
from scheduling.enums import Mode, Scope, Skipped
from scheduling.series import DESPITE, Choice, Conflicts
from scheduling.series_changes import Terms
from tests.factories import scheduling as make
from tests.factories import series as again
from tests.factories.scheduling import NOW

DECEMBER_7, DECEMBER_14 = date(2026, 12, 7), date(2026, 12, 14)


def at(day, hour, minute=0):
    return datetime.combine(day, time(hour, minute), ZoneInfo("America/Chicago")).astimezone(UTC)


@pytest.fixture
def made(doctor, secretary):
    """Mondays at ten; on December 7 she is with somebody else then as well, and on December 14 at noon."""
    row = again.booked(by=secretary, provider=doctor)
    for when in (at(DECEMBER_7, 10, 15), at(DECEMBER_14, 12)):
        make.visit(by=secretary, whose=row.patient, who=make.provider(), starts_at=when, despite_overlap=True)
    return row


def terms(of, **changes):
    return Terms(**{"starts": of.starts, "provider": of.provider, "visit_type": of.visit_type, "mode": of.mode, **changes})


def warned(of, secretary, **changes):
    lines = series_changes.look(of, DECEMBER_7, Scope.ALL, terms(of, **changes), by=secretary, now=NOW)
    return {line.on: line.refusal.kind for line in lines if line.refusal}


def test_an_overlap_that_stood_before_is_not_warned_of(made, secretary):
    assert warned(made, secretary, provider=make.provider()) == {}


def test_an_overlap_that_stands_on_at_another_time_is_not_warned_of(made, secretary):
    assert warned(made, secretary, starts=time(10, 15)) == {}


def test_an_overlap_that_the_change_brings_is_warned_of(made, secretary):
    assert warned(made, secretary, starts=time(12)) == {DECEMBER_14: Skipped.BUSY}


def test_what_stood_before_asks_for_no_choice(made, secretary):
    after = series_changes.change(made, DECEMBER_7, Scope.ALL, terms(made, mode=Mode.PHONE), by=secretary, now=NOW)

    assert [visit.mode for visit in again.visits(after)] == [Mode.PHONE] * 4


def test_what_the_change_brings_asks_for_one(made, secretary):
    asked = (made, DECEMBER_7, Scope.ALL, terms(made, starts=time(12)))
    with pytest.raises(Conflicts):
        series_changes.change(*asked, by=secretary, now=NOW)

    after = series_changes.change(*asked, choices={DECEMBER_14: Choice(DESPITE)}, by=secretary, now=NOW)

    assert again.local(after)[2] == "2026-12-14 12:00"


def test_another_place_that_day_was_so_before(made, secretary):
    there = Location.objects.create(name="West", time_zone="America/Chicago")
    doctor = make.provider(hours=False)
    make.works(doctor, DECEMBER_7.weekday(), "15:00", "17:00", location=there)
    make.visit(by=secretary, whose=made.patient, who=doctor, starts_at=at(DECEMBER_7, 15), despite_overlap=True)

    assert warned(made, secretary, starts=time(9)) == {}
