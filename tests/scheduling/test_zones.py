"""A practice with places in two zones: each time is read on the clock of its place, on every page."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from compliance.models import Location
from compliance.tenancy.urls import practice_url
from scheduling.forms import slot_text
from scheduling.models import Closure
from tests.factories import scheduling as make

TODAY = timezone.now().date()
MONDAY = TODAY + timedelta(days=14 - TODAY.weekday())
TEN = datetime.combine(MONDAY, time(10), ZoneInfo("America/New_York")).astimezone(UTC)  # nine in Chicago


@pytest.fixture
def east(inside):
    """The other place, an hour ahead of the practice's clock, and who works there."""
    place, who = Location.objects.create(name="East", time_zone="America/New_York"), make.provider(hours=False)
    for day in range(5):
        make.works(who, day, location=place)
    return who


@pytest.fixture
def visit(east, secretary):
    return make.visit(by=secretary, who=east, starts_at=TEN, now=timezone.now())


@pytest.fixture
def shown(as_secretary, practice):
    """Whether a page says ten, and not nine."""

    def says(name, *args, **asked):
        page = as_secretary.get(practice_url(practice, name, *args), asked).content.decode()
        return "10:00 AM" in page, "9:00 AM" in page

    return says


def test_the_time_that_is_booked_is_the_one_that_was_found(east, shown):
    kind = make.visit_type()

    assert shown("scheduling:book", make.patient().pk, slot=slot_text(east, TEN), visit_type=kind.pk) == (True, False)


@pytest.mark.parametrize("name", ["visit", "change", "move"])
def test_the_pages_of_a_visit(visit, shown, name):
    assert shown(f"scheduling:{name}", visit.pk, from_day=f"{MONDAY + timedelta(days=30)}")[0]


@pytest.mark.parametrize("name", ["scheduling:day", "scheduling:flow", "desk:huddle"])
def test_the_lists_of_a_day(visit, shown, name):
    assert shown(name, MONDAY, provider=visit.provider_id) == (True, False)


def test_the_time_that_it_is_moved_to(visit, east, shown):
    later = slot_text(east, TEN + timedelta(hours=2))

    assert shown("scheduling:move", visit.pk, slot=later) == (True, False)


def test_hours_in_which_a_place_is_closed_are_those_of_its_clock(east, as_secretary, practice):
    place = Location.objects.get(name="East")
    said = {"first_day": f"{MONDAY}", "starts": "10:00", "last_day": f"{MONDAY}", "ends": "11:00", "reason": "Drill"}

    as_secretary.post(practice_url(practice, "scheduling:close"), {**said, "location": place.pk})

    assert Closure.objects.get(reason="Drill").starts_at == TEN
