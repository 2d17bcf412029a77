"""Rooms and machines are closed on the pages: what stands in the time is listed, page by page, and the board says so."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from compliance import charts
from compliance.models import Case
from compliance.roles import Role
from compliance.tenancy import acting_in
from compliance.tenancy.urls import practice_url
from scheduling import set_up, shut, standing
from scheduling.enums import ResourceKind
from scheduling.models import Closure, Need, Resource
from tests.factories import people
from tests.factories import scheduling as make

CHICAGO = ZoneInfo("America/Chicago")
IN_A_WEEK = timezone.now().date() + timedelta(days=7)
MONDAY = IN_A_WEEK + timedelta(days=-IN_A_WEEK.weekday() % 7)
TEN = datetime.combine(MONDAY, time(10), CHICAGO).astimezone(UTC)


@pytest.fixture
def machine(inside):
    return Resource.objects.create(kind=ResourceKind.EQUIPMENT, name="X-ray")


@pytest.fixture
def visit(machine, secretary):
    """At ten on Monday, with the machine."""
    kind = make.visit_type("Picture")
    Need.objects.create(visit_type=kind, resource=machine)
    return make.visit(by=secretary, kind=kind, starts_at=TEN, now=timezone.now())


@pytest.fixture
def url(practice):
    return lambda name, *args: practice_url(practice, f"scheduling:{name}", *args)


@pytest.fixture
def desk(secretary):
    return people.browser(secretary)


@pytest.fixture
def repair(machine):
    return {"resource": machine.pk, "first_day": MONDAY, "last_day": MONDAY, "reason": "Repair"}


@pytest.fixture
def admin(practice):
    return people.browser(people.member(practice, Role.PRACTICE_ADMIN), factor=True)


def test_a_machine_is_closed_in_two_steps_and_its_visit_is_work(visit, repair, desk, url):
    asked = desk.post(url("close"), repair)
    seen = asked.context["form"].data["seen"]
    answer = desk.post(url("close"), repair | {"seen": seen}, follow=True)

    assert ("Walker, Ada" in asked.content.decode(), "X-ray" in answer.content.decode()) == (True, True)
    assert [case.about_id for case in Case.objects.filter(kind="rebook")] == [visit.pk]


def test_visits_that_went_to_another_one_are_said(visit, repair, machine, desk, url, practice, secretary):
    with acting_in(practice.pk, secretary.pk):
        Resource.objects.update(group="")
        Need.objects.update(resource=None, group="pictures")
        Resource.objects.filter(pk=machine.pk).update(group="pictures")
        Resource.objects.create(kind=ResourceKind.EQUIPMENT, name="X-ray 2", group="pictures")
    seen = desk.post(url("close"), repair).context["form"].data["seen"]

    answer = desk.post(url("close"), repair | {"seen": seen}, follow=True)

    assert "Closed. 1 visit went to another room or machine." in answer.content.decode()


def test_a_machine_and_a_person_are_not_closed_at_once(visit, repair, desk, url):
    answer = desk.post(url("close"), repair | {"provider": visit.provider_id})

    assert answer.context["form"].errors["resource"] == ["Choose a room or machine, or a provider or place, not both."]


def test_without_rooms_or_machines_nothing_of_them_is_asked(inside, desk, url):
    make.provider()

    assert "resource" not in desk.get(url("close")).context["form"].fields


@pytest.fixture
def many(inside, secretary):
    """More visits of one provider than a page lists."""
    who, kind = make.provider(), make.visit_type(minutes=5)
    return [
        make.visit(by=secretary, who=who, kind=kind, starts_at=TEN + timedelta(minutes=5 * n), now=timezone.now())
        for n in range(standing.ON_A_PAGE + 2)
    ]


def test_the_visits_are_listed_page_by_page_and_looking_on_closes_nothing(many, desk, url):
    away = {"provider": many[0].provider_id, "first_day": MONDAY, "reason": "Vacation"}
    seen = desk.post(url("close"), away).context["form"].data["seen"]

    answer = desk.post(url("close"), away | {"seen": seen, "page": "2"})

    listed = answer.context["standing"]
    assert ([visit for visit, _ in listed.rows], listed.total) == (many[standing.ON_A_PAGE :], len(many))
    assert (answer.status_code, Closure.objects.count()) == (200, 0)


@pytest.mark.parametrize("page", ["0", "99", "x", "\x00"])
def test_a_page_that_there_is_not_is_another_one(many, desk, url, page):
    away = {"provider": many[0].provider_id, "first_day": MONDAY, "reason": "Vacation", "page": page}

    assert desk.post(url("close"), away).context["standing"].page in (1, 2)


def span(**more):
    return {"starts_at": f"{MONDAY}T09:00", "ends_at": f"{MONDAY}T17:00", "reason": "Repair", **more}


def test_the_set_up_lists_the_visits_before_it_closes(visit, machine, admin, practice):
    address = practice_url(practice, "admin:scheduling_closure_add")
    asked = admin.post(address, span(resource=machine.pk))
    seen = asked.context["adminform"].form.data["seen"]

    assert "Walker, Ada" in asked.content.decode()
    assert (admin.post(address, span(resource=machine.pk, seen=seen)).status_code, Closure.objects.count()) == (302, 1)


def test_the_set_up_shows_the_next_page_without_closing(many, admin, practice):
    address = practice_url(practice, "admin:scheduling_closure_add")
    seen = admin.post(address, span()).context["adminform"].form.data["seen"]

    answer = admin.post(address, span(seen=seen, page="2"))

    assert (answer.status_code, len(answer.context["adminform"].form.listed.rows), Closure.objects.count()) == (422, 2, 0)


def test_a_restricted_patient_is_counted_and_not_named(visit, practice, secretary):
    charts.restrict(visit.patient_id, by=people.member(practice, Role.PRACTICE_ADMIN))

    listed = standing.listed([visit], secretary)

    assert (listed.rows, listed.total, listed.hidden) == ([], 1, 1)


@pytest.mark.parametrize("name", ["board", "flow"])
def test_the_day_says_which_machine_is_closed(visit, machine, secretary, desk, url, name):
    set_up.close_time(
        starts_at=TEN, ends_at=TEN + timedelta(hours=2), reason="Repair", resource=machine, by=secretary, now=timezone.now()
    )

    page = " ".join(desk.get(url(name, MONDAY)).content.decode().split())

    assert "X-ray 10:00 AM – 12:00 PM (Repair)" in page


SPANS = [(0, 24, "all day"), (0, 12, "until 12:00 PM"), (9, 24, "from 9:00 AM"), (9, 11, "9:00 – 11:00 AM")]


@pytest.mark.parametrize(("first", "last", "words"), SPANS)
def test_how_much_of_a_day_it_is_closed(machine, secretary, first, last, words):
    midnight = datetime.combine(MONDAY, time.min, CHICAGO)
    make.closure(midnight + timedelta(hours=first), midnight + timedelta(hours=last), resource=machine)

    assert [one.span for one in shut.on(secretary, MONDAY, CHICAGO)] == [words]
