"""The first free time over 200 calendars that are 95 % full for sixty days, and how soon "nothing" is said."""

from datetime import UTC, date, datetime, timedelta
from functools import partial

import pytest
from django.db import connection

from compliance.models import Location
from compliance.roles import Role
from compliance.tenancy import acting_in
from scheduling import openings
from scheduling.models import Occupation, Provider, VisitType
from tests.benchmarks import load
from tests.benchmarks.conftest import Large
from tests.benchmarks.timing import in_turn
from tests.conftest import as_role
from tests.factories import people
from tests.factories import scheduling as factory
from tests.reporting import bench_row

pytestmark = pytest.mark.bench
NOW = datetime(2026, 11, 20, 16, 0, tzinfo=UTC)
FIRST = date(2026, 11, 23)
EVENING = datetime(2026, 11, 23, 23, 0, tzinfo=UTC)
MANY = 200

Calendars = tuple[Large, list[Provider], VisitType]


@pytest.fixture(scope="module")
def many(django_db_setup, django_db_blocker) -> Calendars:
    """Full calendars, each with a time that is held besides; how many patients there are plays no part."""
    with django_db_blocker.unblock():
        practice = people.practice()
        secretary = people.member(practice, Role.SECRETARY)
        with acting_in(practice.pk, secretary.pk):
            kind, location = factory.visit_type("Check", minutes=30), Location.objects.get()
            made = [factory.provider(f"Dr. Many {n:03d}") for n in range(MANY)]
            whose = [factory.patient().pk for _ in range(10)]
            starts = load.moments(load.UTC_MORNING, days=60, of_day=16, minutes=30, free_every=20)
            load.visits(practice.pk, providers=made, people=whose, kind=kind, location=location, starts=starts)
            held = partial(Occupation, starts_at=EVENING, ends_at=EVENING + timedelta(hours=1), held_by=secretary)
            Occupation.objects.bulk_create(held(resource=one.resource, hold_until=EVENING) for one in made)
        with as_role("portal_owner"), connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        with acting_in(practice.pk, secretary.pk):
            rows = list(Provider.objects.select_related("resource").order_by("name"))
        return Large(practice, secretary, whose), rows, kind


def found(calendars: Calendars, providers: int, days: int, kind: VisitType | None = None):
    """A call that finds the first twenty."""
    at, rows, usual = calendars
    search = openings.Search(kind or usual, rows[:providers], FIRST, FIRST + timedelta(days=days - 1))
    return at.inside(lambda: openings.first(search, now=NOW))


@pytest.mark.parametrize(("providers", "days", "target"), [(200, 90, 30), (20, 30, 12)])
def test_first_free_in_full_calendars(many, unblocked, providers, days, target):
    find = found(many, providers, days)

    (took,) = in_turn(find, rounds=15)

    bench_row(f"first free in full calendars, {providers} providers × {days} days, ms", took, None, target)
    assert len(find().openings) == 20


def test_nothing_free_is_said(many, unblocked):
    all_day = VisitType(pk=many[2].pk, name="All day", minutes=600, practice=many[2].practice)
    find = found(many, 200, 90, all_day)

    (took,) = in_turn(find, rounds=5, warm=1)

    bench_row("nothing free, 200 providers × 90 days, ms", took, None, 300)
    assert find().openings == []
