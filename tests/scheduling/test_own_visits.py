"""A patient's visits in three groups: coming, missed or to be booked again, past."""

from datetime import timedelta

import pytest
from django.utils import timezone

from compliance.tenancy.urls import practice_url
from scheduling import booking, visits
from scheduling.enums import CancelReason, Initiator, ToldBy
from tests.factories import scheduling as make

NOW = timezone.now().replace(minute=0, second=0, microsecond=0)
QUERIES = 21
WISH = {"initiator": Initiator.PATIENT, "told_by": ToldBy.CALLED}


@pytest.fixture
def desk(inside):
    """Whose visits, with whom, of which kind."""
    doctor = make.provider("Dr. Okafor", hours=False)
    for weekday in range(7):
        make.works(doctor, weekday, "00:00", "23:59")
    return {"whose": make.patient(), "who": doctor, "kind": make.visit_type("Check")}


@pytest.fixture
def visit(desk, secretary):
    """A visit of hers so many days from now, as it was booked a year ago."""

    def booked(days: int):
        starts_at = NOW + timedelta(days=days)
        return make.visit(by=secretary, starts_at=starts_at, now=NOW - timedelta(days=365), **desk)

    return booked


@pytest.fixture
def groups(as_secretary, practice, desk):
    """The page's three groups as visits."""

    def answer(**said):
        page = as_secretary.get(practice_url(practice, "scheduling:of_patient", desk["whose"].pk), said)
        return {name: [row for row, _ in page.context[name]] for name in ("ahead", "lost", "past")}

    return answer


def missed(visit, by):
    visits.no_show(visit, by=by, now=visit.starts_at + timedelta(minutes=20), version=visit.version)
    return visit


def cancelled(visit, by, *, reason=CancelReason.PATIENT, **more):
    visits.cancel(visit, by=by, now=NOW, version=visit.version, reason=reason, **WISH, **more)
    return visit


def test_what_is_coming_stands_soonest_first(groups, visit):
    later, sooner = visit(9), visit(2)

    assert groups() == {"ahead": [sooner, later], "lost": [], "past": []}


def test_who_is_in_the_house_is_coming(groups, visit, secretary):
    here = visit(0)
    visits.arrive(here, by=secretary, now=NOW, version=here.version)

    assert groups()["ahead"] == [here]


def test_what_was_missed_or_cancelled_is_to_be_booked_again(groups, visit, secretary):
    first, second = visit(-9), visit(4)
    missed(first, secretary), cancelled(second, secretary)

    assert groups() == {"ahead": [], "lost": [second, first], "past": []}


def test_what_was_booked_again_is_past(groups, visit, secretary, desk):
    lost = missed(visit(-9), secretary)
    found = make.visit(by=secretary, starts_at=NOW + timedelta(days=3), now=NOW, **desk)

    assert groups() == {"ahead": [found], "lost": [], "past": [lost]}


def test_a_patient_who_wants_no_other_has_nothing_to_be_booked_again(groups, visit, secretary):
    lost = cancelled(visit(4), secretary, wants_no_other=True)

    assert groups() == {"ahead": [], "lost": [], "past": [lost]}


def test_a_moved_visit_is_past_where_it_was(groups, visit, secretary):
    old = visit(4)
    new = booking.move(old, starts_at=old.starts_at + timedelta(days=1), by=secretary, now=NOW)

    assert groups() == {"ahead": [new], "lost": [], "past": [old]}


def test_what_is_past_comes_latest_first_by_pages(groups, visit, monkeypatch):
    monkeypatch.setattr("scheduling.views.own_visits.PAGE", 2)
    oldest, older, old = visit(-30), visit(-20), visit(-10)

    assert [groups(page=number)["past"] for number in (1, 2, 9)] == [[old, older], [oldest], [oldest]]


def test_another_time_is_looked_for_with_the_same_provider(as_secretary, practice, visit, secretary, desk):
    missed(visit(-9), secretary)

    answer = as_secretary.get(practice_url(practice, "scheduling:of_patient", desk["whose"].pk)).content.decode()

    way = practice_url(practice, "scheduling:openings", desk["whose"].pk)
    assert f'{way}?visit_type={desk["kind"].pk}&amp;provider={desk["who"].pk}"' in answer


@pytest.mark.parametrize("count", [1, 4])
def test_the_page_asks_the_same_for_any_number_of_visits(groups, visit, secretary, count, django_assert_num_queries):
    lost = [visit(-2 - number) for number in range(count) if visit(2 + number) and visit(-40 - number)]
    for one in lost:
        missed(one, secretary)
    groups()

    with django_assert_num_queries(QUERIES):
        found = groups()

    assert [len(rows) for rows in found.values()] == [count] * 3
