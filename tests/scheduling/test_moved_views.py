"""The list of what was moved out of a closed time: from when to when, and whether the patient was told."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from compliance import cases, charts
from compliance.enums import CaseStatus
from compliance.models import AuditEvent, Case
from compliance.roles import Role
from compliance.tenancy import acting_in
from compliance.tenancy.urls import practice_url
from scheduling import booking, set_up, telling, visits
from scheduling.enums import ResourceKind
from scheduling.models import Need, Resource
from tests.factories import people
from tests.factories import scheduling as make

IN_A_WEEK = timezone.now().date() + timedelta(days=7)
MONDAY = IN_A_WEEK + timedelta(days=-IN_A_WEEK.weekday() % 7)
TEN = datetime.combine(MONDAY, time(10), ZoneInfo("America/Chicago")).astimezone(UTC)
HALF, DAY = timedelta(minutes=30), timedelta(days=1)


@pytest.fixture
def booked(inside, secretary):
    """Two of one provider."""
    who, kind = make.provider("Dr. Okafor"), make.visit_type("Follow-up")
    at = (TEN, TEN + HALF)
    return [make.visit(by=secretary, who=who, kind=kind, starts_at=one, now=timezone.now()) for one in at]


@pytest.fixture
def closure(booked, secretary):
    """Over both."""
    span = {"starts_at": TEN, "ends_at": TEN + 2 * HALF, "provider": booked[0].provider}
    return set_up.close_time(**span, reason="Vacation", by=secretary, now=timezone.now())


def move(visit, by, days=1):
    """So many days on, and telling the patient is work."""
    new = booking.move(visit, starts_at=visit.starts_at + days * DAY, by=by, now=timezone.now())
    telling.open_work([(visit, new)], by=by, now=timezone.now())
    return new


@pytest.fixture
def url(practice, closure):
    return lambda name: practice_url(practice, f"scheduling:{name}", closure.pk)


@pytest.fixture
def desk(secretary):
    return people.browser(secretary)


def test_what_was_moved_is_listed_and_what_stands_is_not(closure, booked, secretary, desk, url):
    new = move(booked[0], secretary)

    rows = desk.get(url("moved_out")).context["rows"]

    assert [(row.old, row.new, row.name, row.is_told, row.is_to_be_told) for row in rows] == [
        (booked[0], new, "Walker, Ada", False, True)
    ]


@pytest.fixture
def things(inside):
    """Two of one group, by the kind of thing."""

    def two(of):
        return [Resource.objects.create(kind=of, name=f"Number {number}", group="same") for number in (2, 4)]

    return two


def closed_thing(thing, by):
    span = {"starts_at": TEN, "ends_at": TEN + 2 * HALF, "resource": thing}
    return set_up.close_time(**span, reason="Repair", by=by, now=timezone.now())


@pytest.mark.parametrize("of", [ResourceKind.ROOM, ResourceKind.EQUIPMENT])
def test_one_that_only_left_the_closed_thing_for_another_is_listed_apart(practice, things, secretary, desk, of):
    kind, (second, fourth) = make.visit_type("Picture"), things(of)
    Need.objects.create(visit_type=kind, group="same")
    visit = make.visit(by=secretary, kind=kind, starts_at=TEN, now=timezone.now())
    closure = closed_thing(second, secretary)

    answer = desk.get(practice_url(practice, "scheduling:moved_out", closure.pk))

    (row,) = answer.context["rows"]
    page = answer.content.decode()
    assert (row.old, row.new, row.instead, row.name) == (visit, visit, fourth.name, "Walker, Ada")
    assert ("Number 2 → Number 4" in page, "Needs not be told" in page) == (True, True)


def test_on_paper_it_stands_too_and_the_closed_times_page_counts_it(practice, things, secretary, desk):
    second, _ = things(ResourceKind.ROOM)
    make.visit(by=secretary, room=second, starts_at=TEN, now=timezone.now())
    closure = closed_thing(second, secretary)

    printed = desk.get(practice_url(practice, "scheduling:moved_out", closure.pk), {"print": "1"}).content.decode()
    page = desk.get(practice_url(practice, "scheduling:closed", closure.pk)).content.decode()

    assert ("Number 2 → Number 4" in printed, "<b>1</b> in another room" in page) == (True, True)


def test_one_that_had_left_before_it_was_closed_is_not_listed(practice, things, secretary, desk):
    second, fourth = things(ResourceKind.ROOM)
    long_ago = timezone.now() - DAY
    visit = make.visit(by=secretary, room=second, starts_at=TEN, now=long_ago)
    booking.move(visit, room=fourth, by=secretary, now=long_ago)
    closure = closed_thing(second, secretary)

    assert desk.get(practice_url(practice, "scheduling:moved_out", closure.pk)).context["rows"] == []


def test_a_patient_who_was_called_or_confirmed_was_told(closure, booked, secretary, desk, url):
    called, confirmed = (move(visit, secretary) for visit in booked)
    case = Case.objects.get(kind="callback", about_id=called.pk)
    cases.move(case, CaseStatus.COMPLETED, by=secretary, now=timezone.now())
    visits.confirm(confirmed, by=secretary, now=timezone.now())

    text = desk.get(url("moved_out")).content.decode()

    assert (text.count("Told "), text.count("Confirmed "), "Still to be told" in text) == (1, 1, False)


def test_one_that_was_moved_again_is_listed_where_it_stands_now(closure, booked, secretary, desk, url):
    last = move(move(booked[0], secretary), secretary, days=2)

    (row,) = desk.get(url("moved_out")).context["rows"]

    assert (row.old, row.new) == (booked[0], last)


def test_the_page_of_the_closed_time_leads_to_it_once_there_is_something(closure, booked, secretary, desk, url):
    before = url("moved_out") in desk.get(url("closed")).content.decode()
    move(booked[0], secretary)

    assert (before, url("moved_out") in desk.get(url("closed")).content.decode()) == (False, True)


def test_of_a_closed_chart_only_the_number_is_told(closure, booked, practice, secretary, desk, url):
    move(booked[0], secretary)
    charts.restrict(booked[0].patient_id, by=people.member(practice, Role.PRACTICE_ADMIN))

    answer = desk.get(url("moved_out"))

    assert (answer.context["rows"], answer.context["hidden"]) == ([], 1)


def test_printing_is_recorded(closure, booked, secretary, desk, url):
    answer = desk.post(url("print_moved"))

    assert answer["Location"] == f"{url('moved_out')}?print=1"
    assert AuditEvent.objects.filter(kind="moved_visits.printed", object_id=closure.pk).count() == 1


@pytest.mark.parametrize(("role", "status"), [(Role.BILLING, 403), (Role.SCHEDULING_SECRETARY, 200)])
def test_who_moves_visits_sees_the_list(practice, url, role, status):
    assert people.browser(people.member(practice, role)).get(url("moved_out")).status_code == status


def test_another_practices_list_is_not_found(closure, db):
    other = people.practice()
    hers = people.browser(people.member(other, Role.SECRETARY))

    assert hers.get(practice_url(other, "scheduling:moved_out", closure.pk)).status_code == 404


def test_the_list_needs_the_same_queries_for_any_number_of_visits(practice, closure, booked, secretary, desk, url):
    counts = []
    for visit in booked:
        with acting_in(practice.pk, secretary.pk):
            move(visit, secretary)
        desk.get(url("moved_out"))
        with CaptureQueriesContext(connection) as asked:
            desk.get(url("moved_out"))
        counts.append(len(asked))

    assert counts[0] == counts[1]
