"""A closed time is written on the clock on which it was entered."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from compliance.models import Location
from compliance.roles import Role
from compliance.tenancy.urls import practice_url
from scheduling.models import Closure
from scheduling.views.closing import words
from tests.factories import people
from tests.factories import scheduling as make
from tests.scheduling.test_places import booked_ahead

pytestmark = pytest.mark.django_db

MIDNIGHT = datetime(2026, 12, 7, tzinfo=ZoneInfo("Pacific/Honolulu"))


@pytest.fixture
def honolulu(inside):
    return Location.objects.create(name="Honolulu", time_zone="Pacific/Honolulu")


def test_all_of_a_day_at_a_place_is_its_own_day(honolulu):
    row = make.closure(MIDNIGHT, MIDNIGHT + timedelta(days=1), location=honolulu)
    assert words(row) == "All of Mon, Dec 7"


def test_all_of_a_day_of_somebody_who_works_there_is_her_day(honolulu):
    who = make.provider(hours=False)
    make.works(who, 0, location=honolulu)
    row = make.closure(MIDNIGHT, MIDNIGHT + timedelta(days=1), provider=who)
    assert words(row) == "All of Mon, Dec 7"


def test_the_list_in_the_set_up_writes_times_like_the_rest(inside, secretary, practice):
    noon = datetime(2026, 12, 7, 12, tzinfo=ZoneInfo("America/Chicago"))
    make.closure(noon, noon + timedelta(hours=1), provider=make.provider())
    desk = people.browser(people.member(practice, Role.PRACTICE_ADMIN), factor=True)
    page = desk.get(practice_url(practice, "admin:scheduling_closure_changelist")).content.decode()
    assert "Mon, Dec 7, 2026, 12:00 PM" in page
    assert "noon" not in page


@pytest.mark.parametrize("kind", ["workinghours", "closure", "dayexception"])
def test_the_lists_are_narrowed_to_a_provider(inside, secretary, practice, kind):
    one, other = make.provider("Dr. Okafor"), make.provider("Dr. Weiss")
    for who in (one, other):
        make.closure(MIDNIGHT, MIDNIGHT + timedelta(days=1), provider=who)
        make.different(who, MIDNIGHT.date())
    desk = people.browser(people.member(practice, Role.PRACTICE_ADMIN), factor=True)
    address = practice_url(practice, f"admin:scheduling_{kind}_changelist")
    found = desk.get(address, {"provider": one.pk}).context["cl"].queryset
    assert {row.provider_id for row in found} == {one.pk}


def test_a_provider_that_is_none_narrows_nothing(inside, secretary, practice):
    make.provider()
    desk = people.browser(people.member(practice, Role.PRACTICE_ADMIN), factor=True)
    address = practice_url(practice, "admin:scheduling_hourspart_changelist")
    assert [desk.get(address, {"hours__provider": text}).status_code for text in ("", "x\x00")] == [200, 200]


def test_the_set_up_says_how_many_visits_stand_in_a_time_before_it_closes_it(inside, secretary, practice):
    start = booked_ahead()
    make.visit(by=secretary, starts_at=start)
    desk = people.browser(people.member(practice, Role.PRACTICE_ADMIN), factor=True)
    local = start.astimezone(ZoneInfo(practice.time_zone))
    span = {"starts_at": f"{local:%Y-%m-%dT%H:%M}", "ends_at": f"{local:%Y-%m-%dT}23:00", "reason": "Training"}
    address = practice_url(practice, "admin:scheduling_closure_add")
    asked = desk.post(address, span)
    assert "1 booked visit stands in this time, and is work then to find another." in asked.content.decode()
    assert (asked.status_code, Closure.objects.count()) == (422, 0)
    seen = asked.context["adminform"].form.data["seen"]
    assert (desk.post(address, span | {"seen": seen}).status_code, Closure.objects.count()) == (302, 1)
