"""The first free time over many calendars that are 95 % full for sixty days, and how soon "nothing" is said."""

from datetime import UTC, date, datetime, timedelta
from functools import partial

import pytest

from compliance.models import Location
from compliance.tenancy import acting_in
from scheduling import openings
from scheduling.models import Occupation, Provider, VisitType
from tests.benchmarks import load
from tests.benchmarks.conftest import Large
from tests.benchmarks.timing import in_turn
from tests.factories import scheduling as factory
from tests.reporting import bench_row

pytestmark = pytest.mark.bench
NOW = datetime(2026, 11, 20, 16, 0, tzinfo=UTC)
FIRST = date(2026, 11, 23)
MANY = 200


@pytest.fixture(scope="module")
def many(large, django_db_blocker) -> tuple[Large, list[Provider], VisitType]:
    """Two hundred providers whose next 60 days are 95 % full, beside the twenty."""
    with django_db_blocker.unblock(), acting_in(large.practice.pk, large.secretary.pk):
        kind = factory.visit_type("Check", minutes=30)
        providers = [factory.provider(f"Dr. Many {n:03d}") for n in range(MANY)]
        starts = load.moments(load.UTC_MORNING, days=60, of_day=16, minutes=30, free_every=20)
        fill = partial(load.visits, large.practice.pk, kind=kind, location=Location.objects.get(), people=large.patients)
        fill(providers=providers, starts=starts)
        _holds_and_sessions(large, providers)
        return large, list(Provider.objects.filter(pk__in=[p.pk for p in providers]).select_related("resource")), kind


def _holds_and_sessions(large: Large, providers: list[Provider]) -> None:
    """Each calendar also has a time held after hours, which only has to be read."""
    evening = datetime(2026, 11, 23, 23, 0, tzinfo=UTC)
    until = evening + timedelta(days=1)
    Occupation.objects.bulk_create(
        Occupation(
            resource=one.resource, starts_at=evening, ends_at=until, held_by=large.secretary, hold_until=until, lane=1
        )
        for one in providers
    )


def test_first_free_over_two_hundred_providers_and_ninety_days(many, unblocked):
    large, providers, kind = many
    search = openings.Search(kind, providers, FIRST, FIRST + timedelta(days=89))

    (took,) = in_turn(large.inside(lambda: openings.first(search, now=NOW)))

    bench_row("first free, 200 providers × 90 days, ms", took, None, 30)
    assert len(large.inside(lambda: openings.first(search, now=NOW))().openings) == 20


def test_nothing_free_is_said_over_two_hundred_providers_and_ninety_days(many, unblocked):
    large, providers, kind = many
    long = kind.as_for(new_patient=False)
    whole = VisitType(pk=kind.pk, name="All day", minutes=600, practice=long.practice)
    search = openings.Search(whole, providers, FIRST, FIRST + timedelta(days=89))

    (took,) = in_turn(large.inside(lambda: openings.first(search, now=NOW)), rounds=10)

    bench_row("nothing free, 200 providers × 90 days, ms", took, None, 300)
    assert large.inside(lambda: openings.first(search, now=NOW))().openings == []
