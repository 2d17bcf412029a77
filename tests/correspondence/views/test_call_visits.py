"""The patient's visits on a call's page: a line each, what is coming first, and what is done next about it."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from compliance.tenancy import acting_in
from scheduling import visits
from scheduling.enums import CancelReason, Initiator, ToldBy
from tests.factories import scheduling

NOW = timezone.now()
QUERIES = 37
WISH = {"reason": CancelReason.PATIENT, "initiator": Initiator.PATIENT, "told_by": ToldBy.CALLED}


@pytest.fixture
def mine(practice, secretary):
    """Acting in the practice as the secretary."""
    with acting_in(practice.pk, secretary.pk):
        yield secretary


@pytest.fixture
def visit(mine, patient, providers):
    """A visit of hers at ten, so many weeks from now, as it was booked a year ago."""
    doctor, kind = providers
    monday = NOW.date() - timedelta(days=NOW.weekday())
    ten = datetime.combine(monday, time(10), ZoneInfo("America/Chicago"))

    def booked(weeks: int):
        said = {"who": doctor, "kind": kind, "whose": patient, "now": NOW - timedelta(days=365)}
        return scheduling.visit(by=mine, starts_at=ten + timedelta(weeks=weeks), **said)

    return booked


@pytest.fixture
def shown(as_secretary, at, verified):
    """Names of groups with the visit and the next act of each line."""

    def lines():
        groups = as_secretary.get(at).context["own_visits"]
        return {name: [(line.visit.pk, line.act) for line in found] for name, found in groups}

    return lines


def test_what_is_coming_stands_first_and_soonest_first(shown, visit):
    later, past, sooner = visit(3), visit(-5), visit(2)

    assert list(shown().items()) == [
        ("Visits to come", [(sooner.pk, "confirm"), (later.pk, "confirm")]),
        ("Past visits", [(past.pk, "")]),
    ]


def test_a_confirmed_visit_is_moved_next(shown, visit, mine):
    confirmed = visit(2)
    visits.confirm(confirmed, by=mine, now=NOW, version=confirmed.version)

    assert shown() == {"Visits to come": [(confirmed.pk, "move")]}


def test_a_cancelled_visit_is_booked_again(shown, visit, mine, as_secretary, at):
    lost = visit(2)
    visits.cancel(lost, by=mine, now=NOW, version=lost.version, **WISH)

    assert shown() == {"Missed or to be booked again": [(lost.pk, "again")]}
    assert f"?type={lost.visit_type_id}&amp;with={lost.provider_id}#times" in as_secretary.get(at).content.decode()


def test_before_the_gate_no_visit_is_shown(as_secretary, at, visit):
    visit(2)

    page = as_secretary.get(at)

    assert ("own_visits" in page.context, "Visits to come" in page.content.decode()) == (False, False)


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_asks_the_same_for_any_number_of_visits(
    count, as_secretary, at, verified, visit, django_assert_num_queries
):
    for number in range(count):
        visit(2 + number), visit(-5 - number)
    as_secretary.get(at)

    with django_assert_num_queries(QUERIES):
        groups = as_secretary.get(at).context["own_visits"]

    assert [len(found) for _, found in groups] == [count, count]
