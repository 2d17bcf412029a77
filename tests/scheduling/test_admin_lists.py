"""Lists of the set-up: columns in words, narrowed and sorted by the address, the same queries for any number of rows."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from compliance.models import Location
from compliance.roles import Role
from compliance.tenancy import acting_in
from compliance.tenancy.urls import practice_url
from scheduling.enums import ResourceKind
from scheduling.models import Closure, DailyLimit, Need, Resource
from tests.factories import people, reminders
from tests.factories import scheduling as make

pytestmark = pytest.mark.django_db

LISTS = (
    *("scheduling_provider", "scheduling_workinghours", "scheduling_hourspart", "scheduling_dayexception"),
    *("scheduling_closure", "scheduling_resource", "scheduling_visittype", "scheduling_need", "scheduling_dailylimit"),
    *("correspondence_reminderplan", "correspondence_reminderstep"),
)
MIDNIGHT = datetime(2027, 1, 4, tzinfo=ZoneInfo("America/Chicago"))
DAY = timedelta(days=1)


@pytest.fixture
def admin(practice):
    return people.browser(people.member(practice, Role.PRACTICE_ADMIN), factor=True)


@pytest.fixture
def opened(practice, admin):
    """Opens a list, as its admin would."""
    return lambda kind, **asked: admin.get(practice_url(practice, f"admin:{kind}_changelist"), asked)


def one_of_each(nth: int) -> None:
    """A row on every list."""
    who, kind = make.provider(f"Dr. {nth}"), make.visit_type(f"Kind {nth}")
    hers = who.working_hours.order_by("weekday")[0]
    make.kept(hers, kind)
    make.different(who, MIDNIGHT.date() + nth * DAY)
    place = Location.objects.create(name=f"Place {nth}", time_zone="America/Chicago")
    thing = Resource.objects.create(kind=ResourceKind.ROOM, name=f"Room {nth}", group="exam", location=place)
    make.closure(MIDNIGHT, MIDNIGHT + DAY, resource=thing)
    Need.objects.create(visit_type=kind, resource=thing)
    DailyLimit.objects.create(provider=who, visit_type=kind, most=nth + 1)
    reminders.plan(visit_type=kind)


@pytest.mark.parametrize("kind", LISTS)
def test_a_list_needs_the_same_queries_for_any_number_of_rows(inside, practice, secretary, opened, kind):
    reminders.wording()
    one_of_each(0)
    one_of_each(1)
    counts = []
    opened(kind)
    for more in ((), (2, 3)):
        with acting_in(practice.pk, secretary.pk):
            for nth in more:
                one_of_each(nth)
        with CaptureQueriesContext(connection) as asked:
            answer = opened(kind)
        counts.append(len(asked))

    assert "object (" not in answer.content.decode()
    assert counts[0] == counts[1]


def shown(answer):
    return [str(row) for row in answer.context["cl"].result_list]


def test_providers_are_found_by_name_and_sorted_by_it(inside, opened):
    for name in ("Dr. Zhou", "Dr. Adams", "Dr. Zabel"):
        make.provider(name)

    found, in_order = opened("scheduling_provider", q="z"), opened("scheduling_provider", o="1")

    assert (set(shown(found)), shown(in_order)) == ({"Dr. Zhou", "Dr. Zabel"}, ["Dr. Adams", "Dr. Zabel", "Dr. Zhou"])
    assert 'aria-sort="ascending"' in in_order.content.decode()


@pytest.mark.parametrize(("of", "names"), [("thing", {"Repair"}), ("provider", {"Away"}), ("practice", {"Holiday"})])
def test_closed_times_are_narrowed_to_whose_they_are(inside, opened, of, names):
    thing = Resource.objects.create(kind=ResourceKind.ROOM, name="Room 1")
    make.closure(MIDNIGHT, MIDNIGHT + DAY, reason="Repair", resource=thing)
    make.closure(MIDNIGHT, MIDNIGHT + DAY, reason="Away", provider=make.provider())
    make.closure(MIDNIGHT, MIDNIGHT + DAY, reason="Holiday")

    assert set(shown(opened("scheduling_closure", of=of))) == names


def test_closed_times_that_are_over_are_left_out(inside, opened):
    make.closure(MIDNIGHT - 5000 * DAY, MIDNIGHT - 4999 * DAY, reason="Long ago")
    make.closure(MIDNIGHT + 5000 * DAY, MIDNIGHT + 5001 * DAY, reason="Far off")

    assert [shown(opened("scheduling_closure", when=when)) for when in ("ahead", "over")] == [["Far off"], ["Long ago"]]


def test_a_closed_time_says_how_many_visits_stand_in_it_and_leads_there(inside, opened, secretary, practice):
    visit = make.visit(by=secretary, starts_at=MIDNIGHT + timedelta(hours=10))
    row = make.closure(MIDNIGHT, MIDNIGHT + DAY, provider=visit.provider)

    text = opened("scheduling_closure").content.decode()

    assert f'<a href="{practice_url(practice, "scheduling:closed", row.pk)}">1</a>' in text
    assert text.count("Mon, Jan 4, 2027") == 2


def test_a_list_in_which_nothing_is_like_that_says_so(inside, opened):
    make.provider("Dr. Adams")

    assert "Nothing in this list is like that." in opened("scheduling_provider", q="Zhou").content.decode()


@pytest.mark.parametrize("asked", [{"is_active": "x"}, {"q": "\x00"}, {"o": "99.x"}, {"p": "-1"}, {"unknown": "1"}])
def test_what_nobody_offers_in_the_address_narrows_nothing(inside, opened, asked):
    make.provider("Dr. Adams")

    assert opened("scheduling_provider", **asked).status_code in (200, 302)
    assert Closure.objects.count() == 0


def test_kinds_of_visit_are_narrowed_to_a_way(inside, opened):
    make.visit_type("Call", modes=["phone"])
    make.visit_type("Physical", modes=["office"])

    assert shown(opened("scheduling_visittype", mode="phone")) == ["Call"]
