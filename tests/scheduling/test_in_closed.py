"""A visit that stands in a closed time says so wherever one looks at it, with the way to another time."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from compliance.models import Location
from compliance.tenancy.urls import practice_url
from scheduling import displaced, in_closed, set_up
from scheduling.enums import ResourceKind
from scheduling.models import Closure, OutsideCalendar, Resource
from tests.factories import calls, patients
from tests.factories import scheduling as make

CHICAGO = ZoneInfo("America/Chicago")
NOW = timezone.now().replace(minute=0, second=0, microsecond=0)
SOON, HOUR = NOW + timedelta(days=2), timedelta(hours=1)


@pytest.fixture
def visit(inside, secretary):
    """In two days, with who works day and night."""
    doctor = make.provider("Dr. Okafor", hours=False)
    for weekday in range(7):
        make.works(doctor, weekday, "00:00", "23:59")
    return make.visit(by=secretary, who=doctor, kind=make.visit_type("Check"), starts_at=SOON, now=NOW)


@pytest.fixture
def page(as_secretary, practice):
    return lambda name, *args: as_secretary.get(practice_url(practice, name, *args)).content.decode()


def closed(by, **of):
    said = {"starts_at": SOON - HOUR, "ends_at": SOON + HOUR, "reason": "Vacation", **of}
    return set_up.close_time(**said, by=by, now=NOW)


def words(visit):
    in_closed.say([visit])
    return visit.in_closed


def test_one_in_open_time_says_nothing(visit, secretary):
    closed(secretary, starts_at=SOON + HOUR, ends_at=SOON + 2 * HOUR)

    assert words(visit) == ""


@pytest.mark.parametrize(("of", "said"), [("provider", ", Dr. Okafor"), ("location", ", {location}"), (None, "")])
def test_whatever_closes_it_is_told(visit, secretary, of, said):
    closed(secretary, **({of: getattr(visit, of)} if of else {}))

    assert words(visit) == f"In closed time: Vacation{said.format(location=visit.location)}"


def test_what_closes_others_closes_it_not(visit, secretary):
    elsewhere = Location.objects.create(name="North", time_zone="UTC")
    closed(secretary, provider=make.provider()), closed(secretary, location=elsewhere)
    closed(secretary, resource=Resource.objects.create(kind=ResourceKind.ROOM, name="Room 9"))

    assert words(visit) == ""


def test_a_room_that_it_takes_closes_it(visit, secretary):
    room = Resource.objects.create(kind=ResourceKind.ROOM, name="Room 2")
    taken = make.visit(by=secretary, who=visit.provider, room=room, starts_at=SOON + HOUR, now=NOW)
    closed(secretary, resource=room, ends_at=SOON + 2 * HOUR)

    assert words(taken) == "In closed time: Vacation, Room 2"


def test_a_calendar_elsewhere_closes_it(visit):
    calendar = OutsideCalendar.objects.create(provider=visit.provider, name="Hospital")
    Closure.objects.create(provider=visit.provider, outside=calendar, reason="Hospital", starts_at=SOON, ends_at=SOON + HOUR)

    assert words(visit) == "In closed time: Hospital, Dr. Okafor"


def test_on_a_day_off_it_cannot_stay_while_that_is_work(visit, secretary):
    displaced.give_work([visit], why="a day off", by=secretary, now=NOW)

    assert words(visit) == in_closed.CANNOT_STAY


@pytest.mark.parametrize("where", ["scheduling:of_patient", "scheduling:visit"])
def test_the_patients_visits_and_the_visit_say_it_with_the_next_act(visit, secretary, page, practice, where):
    closed(secretary, provider=visit.provider)

    text = page(where, visit.patient_id if where.endswith("patient") else visit.pk)

    assert "In closed time: Vacation, Dr. Okafor" in text
    assert f'<a href="{practice_url(practice, "scheduling:move", visit.pk)}">Find another time' in text


@pytest.mark.parametrize("thing", [False, True])
def test_the_board_says_it(visit, secretary, page, inside, thing):
    room = Resource.objects.create(kind=ResourceKind.ROOM, name="Room 2")
    other = make.visit(by=secretary, room=room, who=visit.provider, starts_at=SOON + HOUR, now=NOW)
    closed(secretary, **({"resource": room, "ends_at": SOON + 2 * HOUR} if thing else {"provider": visit.provider}))
    day = timezone.localtime((other if thing else visit).starts_at, CHICAGO).date()

    text = page("scheduling:board", day)

    assert text.count("in closed time, ") == 1


def test_on_the_phone_it_is_moved_not_confirmed(visit, secretary, page, inside):
    maria = patients.patient(by=secretary)
    visit = make.visit(by=secretary, who=visit.provider, whose=maria, starts_at=SOON + HOUR / 2, now=NOW)
    closed(secretary, provider=visit.provider)
    call = calls.verified(inside, maria, by=secretary, now=timezone.now())

    text = page("correspondence:call", call.pk)

    assert ("In closed time: Vacation" in text, f'id="confirm-{visit.pk}"' in text) == (True, False)


@pytest.mark.parametrize("count", [1, 3])
def test_it_asks_two_queries_for_any_number(visit, secretary, count, django_assert_num_queries):
    times = [SOON + HOUR * number for number in range(1, count)]
    rows = [visit] + [make.visit(by=secretary, starts_at=one, who=visit.provider, now=NOW) for one in times]
    closed(secretary, ends_at=SOON + 4 * HOUR)

    with django_assert_num_queries(2):
        in_closed.say(rows)

    assert [bool(row.in_closed) for row in rows] == [True] * count
