"""Working hours that meet only after a clock change, and previews of those that hold later."""

from datetime import date, time
from zoneinfo import ZoneInfo

import pytest

from compliance.models import Location
from scheduling import preview, set_up
from scheduling.models import WorkingHours
from tests.factories import scheduling as make
from tests.factories.scheduling import NOW

pytestmark = pytest.mark.django_db

CHICAGO = ZoneInfo("America/Chicago")


def _hours(who, place, starts, ends, **fields):
    fields.setdefault("valid_from", date(2026, 11, 30))
    return WorkingHours(provider=who, location=place, weekday=0, starts=time(starts), ends=time(ends), **fields)


def _phoenix_and_denver(by, **fields):
    who = make.provider(hours=False)
    places = [Location.objects.create(name=name, time_zone=f"America/{name}") for name in ("Phoenix", "Denver")]
    set_up.add(_hours(who, places[0], 8, 12), by=by, now=NOW)
    set_up.add(_hours(who, places[1], 12, 16, **fields), by=by, now=NOW)


def test_hours_that_meet_after_the_clocks_change_are_refused(inside, secretary):
    with pytest.raises(set_up.HoursOverlap) as refused:
        _phoenix_and_denver(secretary)
    assert refused.value.on == date(2027, 3, 22)  # the fourth-week look after March 14


def test_hours_that_end_before_the_clocks_change_are_taken(inside, secretary):
    _phoenix_and_denver(secretary, valid_until=date(2027, 3, 8))
    assert WorkingHours.objects.filter(location__name="Denver").count() == 1


def _previewed(who):
    return [one.day for one in preview.weeks(who, now=NOW.astimezone(CHICAGO)) if one.times]


def test_the_preview_shows_the_first_weeks_of_hours_that_begin_later(inside):
    who = make.provider(hours=False)
    make.works(who, 0, valid_from=date(2027, 1, 4))
    assert _previewed(who) == [date(2027, 1, 4)]


def test_the_preview_finds_the_week_of_hours_that_hold_every_six(inside):
    who = make.provider(hours=False)
    make.works(who, 0, every_weeks=6, valid_from=date(2026, 11, 23))
    assert _previewed(who) == [date(2027, 1, 4)]


def test_the_preview_shows_each_kind_of_week_once(inside):
    who = make.provider(hours=False)
    make.works(who, 0)
    make.works(who, 1, every_weeks=2, valid_from=date(2026, 11, 23))
    assert _previewed(who) == [date(2026, 11, 30), date(2026, 12, 7), date(2026, 12, 8)]
