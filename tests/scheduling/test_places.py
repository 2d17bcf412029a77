"""A place that is left, or gets another clock: nothing is booked there, and visits that fall out of hours are work."""

from datetime import UTC, datetime, timedelta

import pytest

from compliance import practices
from compliance.models import Case, Location
from compliance.roles import Role
from compliance.tenancy.urls import practice_url
from scheduling import openings
from scheduling.presence import OutsideHours
from tests.factories import people
from tests.factories import scheduling as make
from tests.factories.scheduling import MONDAY, NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def place(inside):
    Location.objects.create(name="North", time_zone="America/Chicago")
    return Location.objects.exclude(name="North").get()


def _change(place, by, **values):
    practices.change(place, values, version=place.version, by=by, now=NOW)
    place.refresh_from_db()


def _work():
    return [case.summary for case in Case.objects.standing().filter(kind="rebook")]


def test_nothing_is_offered_or_booked_at_a_place_that_was_left(place, secretary):
    who, kind = make.provider(), make.visit_type()
    _change(place, secretary, is_active=False)
    assert openings.free_times(who, MONDAY, kind, now=NOW) == []
    with pytest.raises(OutsideHours):
        make.visit(by=secretary, who=who, kind=kind)


def test_visits_at_a_place_that_is_left_are_work_until_it_is_in_use_again(place, secretary):
    make.visit(by=secretary)
    _change(place, secretary, is_active=False)
    (summary,) = _work()
    assert summary.endswith(f"{place} is not in use any more.")
    _change(place, secretary, is_active=True)
    assert _work() == []


def test_visits_that_another_clock_puts_out_of_hours_are_work(place, secretary):
    who = make.provider()
    early = make.visit(by=secretary, who=who)  # 10 AM in Chicago is 6 AM in Honolulu
    make.visit(by=secretary, who=who, starts_at=datetime(2026, 11, 23, 20, 0, tzinfo=UTC))  # 2 PM, 10 AM there
    _change(place, secretary, time_zone="Pacific/Honolulu")
    assert list(Case.objects.standing().filter(kind="rebook").values_list("about_id", flat=True)) == [early.pk]


def _posted(place, **changed):
    names = ("name", "line1", "line2", "city", "state", "postal_code", "phone", "time_zone")
    data = {name: getattr(place, name) or "" for name in names} | {"version": place.version, "is_active": "on"}
    return {name: value for name, value in (data | changed).items() if value is not None}


@pytest.mark.parametrize("changed", [{"is_active": None}, {"time_zone": "Pacific/Honolulu"}])
def test_the_page_says_how_many_visits_it_makes_work_before_it_saves(place, secretary, practice, changed):
    make.visit(by=secretary, now=datetime.now(UTC), starts_at=booked_ahead())
    desk = people.browser(people.member(practice, Role.PRACTICE_ADMIN), factor=True)
    address = practice_url(practice, "admin:compliance_location_change", place.pk)
    asked = desk.post(address, _posted(place, **changed))
    assert (asked.status_code, len(_work())) == (422, 0)
    assert "1 booked visit lies outside of working hours then and becomes work." in asked.content.decode()
    seen = asked.context["adminform"].form["seen"].value()
    saved = desk.post(address, _posted(place, **changed, seen=seen))
    assert (saved.status_code, len(_work())) == (302, 1)


def booked_ahead() -> datetime:
    """10 AM in Chicago on a Monday in some weeks."""
    today = datetime.now(UTC).replace(hour=16, minute=0, second=0, microsecond=0)
    return today + timedelta(days=21 - today.weekday())
