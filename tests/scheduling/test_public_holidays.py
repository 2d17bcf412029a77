"""Public holidays by the states of a practice's places, chosen by its admin, as closed times with their names."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from compliance.models import Location
from compliance.roles import Role
from compliance.tenancy.urls import practice_url
from scheduling import public_holidays
from scheduling.models import Closure
from scheduling.openings import Search, first
from tests.factories import people
from tests.factories import scheduling as make
from tests.factories.scheduling import NOW

CHICAGO = ZoneInfo("America/Chicago")
THANKSGIVING = date(2027, 11, 25)


@pytest.fixture
def wisconsin(inside, practice):
    Location.objects.update(state="WI")
    return practice


def choose(practice, by, *names, year=2027):
    keys = {one.key for one in public_holidays.of_year(year, practice) if one.name in names}
    return public_holidays.choose(keys, year, practice=practice, by=by, now=NOW)


def test_the_list_is_that_of_the_states(wisconsin):
    Location.objects.create(name="South", state="IL", time_zone="America/Chicago")

    where = {one.name: one.where for one in public_holidays.of_year(2027, wisconsin)}

    assert (where["Thanksgiving Day"], where["Casimir Pulaski Day"], where["Christmas Eve (observed)"]) == ("", "IL", "WI")
    assert "Susan B. Anthony Day; Washington's Birthday" in where


def test_a_chosen_holiday_is_closed_from_midnight_to_midnight_with_its_name(wisconsin, secretary):
    choose(wisconsin, secretary, "Thanksgiving Day")

    closure = Closure.objects.get()
    assert (closure.reason, closure.provider, closure.location) == ("Thanksgiving Day", None, None)
    assert (closure.starts_at.astimezone(CHICAGO), closure.ends_at - closure.starts_at) == (
        datetime(2027, 11, 25, tzinfo=CHICAGO),
        timedelta(days=1),
    )


def test_the_reason_nothing_is_free_is_the_holiday(wisconsin, secretary):
    doctor = make.provider()
    choose(wisconsin, secretary, "Thanksgiving Day")

    result = first(Search(make.visit_type(), [doctor], THANKSGIVING, THANKSGIVING), now=NOW)

    assert result.reasons == ["Closed: Thanksgiving Day."]


def test_choosing_again_changes_nothing_and_unticking_opens(wisconsin, secretary):
    done = [choose(wisconsin, secretary, *names) for names in (["Christmas Day"], ["Christmas Day"], [])]

    assert (done, Closure.objects.count()) == ([(1, 0), (0, 0), (0, 1)], 0)


def test_a_holiday_of_one_state_closes_its_places_only(wisconsin, secretary):
    Location.objects.update(state="MN")
    west = Location.objects.create(name="West", state="CA", time_zone="America/Los_Angeles")
    only = {one.name for one in public_holidays.of_year(2027, wisconsin) if one.where == "CA"}

    choose(wisconsin, secretary, *only)

    assert set(Closure.objects.values_list("location", flat=True)) == {west.pk}
    assert Closure.objects.order_by("starts_at")[0].starts_at.astimezone(ZoneInfo("America/Los_Angeles")).hour == 0


def test_days_that_have_passed_stay_as_they_are(wisconsin, secretary):
    assert choose(wisconsin, secretary, "New Year's Day", year=2026) == (0, 0)


@pytest.fixture
def page(practice):
    return practice_url(practice, "admin:scheduling_closure_holidays")


def test_the_admin_ticks_the_holidays_of_next_year(wisconsin, page):
    desk = people.browser(people.member(wisconsin, Role.PRACTICE_ADMIN), factor=True)
    shown = desk.get(page).context
    key = next(one.key for one, _ in shown["rows"] if one.name == "Labor Day")

    desk.post(page, {"holiday": [key, "2027-01-01|Made up"], "seen": shown["seen"]})

    assert Closure.objects.get().reason == "Labor Day"
    assert [one.name for one, is_closed in desk.get(page).context["rows"] if is_closed] == ["Labor Day"]


def test_a_secretary_does_not_choose_holidays(wisconsin, secretary, page):
    assert people.browser(secretary).get(page).status_code == 403


def test_holidays_stay_known_when_a_place_in_another_state_and_zone_is_added(wisconsin, secretary):
    every = {one.key for one in public_holidays.of_year(2027, wisconsin)}
    public_holidays.choose(every, 2027, practice=wisconsin, by=secretary, now=NOW)
    Location.objects.create(name="Honolulu", time_zone="Pacific/Honolulu", state="HI")
    listed = public_holidays.of_year(2027, wisconsin)
    assert every <= public_holidays.closed(listed)

    for _ in range(2):
        public_holidays.choose(every, 2027, practice=wisconsin, by=secretary, now=NOW)
    assert Closure.objects.filter(holiday=THANKSGIVING).count() == 2  # of the practice, and Honolulu's own day
    public_holidays.choose(set(), 2027, practice=wisconsin, by=secretary, now=NOW)
    assert Closure.objects.count() == 0


def test_an_older_page_does_not_open_what_somebody_closed_meanwhile(wisconsin, secretary, page):
    desk = people.browser(people.member(wisconsin, Role.PRACTICE_ADMIN), factor=True)
    old = desk.get(f"{page}?year=2027").context["seen"]
    choose(wisconsin, secretary, "Thanksgiving Day")

    late = desk.post(f"{page}?year=2027", {"seen": old})

    assert (late.status_code, Closure.objects.count()) == (409, 1)
    assert "Closed are now: Thanksgiving Day." in late.content.decode()
    desk.post(f"{page}?year=2027", {"seen": late.context["seen"]})
    assert Closure.objects.count() == 0


def test_the_page_says_how_many_visits_stand_on_a_holiday_before_it_closes(wisconsin, secretary, page):
    make.visit(by=secretary, starts_at=datetime(2027, 11, 25, 10, tzinfo=CHICAGO))
    desk = people.browser(people.member(wisconsin, Role.PRACTICE_ADMIN), factor=True)
    ticks = {"holiday": ["2027-11-25"], "seen": desk.get(f"{page}?year=2027").context["seen"]}

    asked = desk.post(f"{page}?year=2027", ticks)

    assert (asked.status_code, Closure.objects.count()) == (409, 0)
    assert "1 booked visit stands on the days that you close" in asked.content.decode()
    assert [name for _, name in asked.context["standing"].rows] == ["Walker, Ada"]
    desk.post(f"{page}?year=2027", ticks | {"seen": asked.context["seen"]})
    assert Closure.objects.count() == 1
