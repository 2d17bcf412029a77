"""Free times over calendars that are 95 % full, beside the plainest way to work them out."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from patients.models import Patient
from scheduling import openings, together
from scheduling.models import Provider, VisitType
from scheduling.together import Part
from tests.benchmarks import bare
from tests.benchmarks.timing import in_turn
from tests.reporting import bench_row

pytestmark = pytest.mark.bench
NOW = datetime(2026, 11, 20, 16, 0, tzinfo=UTC)
FIRST = date(2026, 11, 23)
CHICAGO = ZoneInfo("America/Chicago")


@pytest.fixture
def calendars(large, unblocked):
    return large.inside(
        lambda: (
            list(Provider.objects.visible_to(large.secretary).select_related("resource").order_by("pk")),
            VisitType.objects.visible_to(large.secretary).get(),
        )
    )()


@pytest.mark.parametrize(("name", "days"), [("a day", 1), ("a month", 30)])
def test_free_times_of_one_provider(large, calendars, name, days):
    (provider, *_), kind = calendars
    last = FIRST + timedelta(days=days - 1)
    ours, beside = in_turn(
        large.inside(lambda: openings.free_times(provider, FIRST, kind, until=last, now=NOW)),
        lambda: bare.free(provider.pk, provider.resource_id, FIRST, last, kind.minutes, CHICAGO),
    )

    bench_row(f"free times of one provider for {name}, ratio", ours, beside, 1.5)


def test_first_free_over_twenty_providers_and_thirty_days(large, calendars):
    providers, kind = calendars
    last = FIRST + timedelta(days=29)
    search = openings.Search(kind, providers, FIRST, last)

    def plainly():
        return [bare.free(one.pk, one.resource_id, FIRST, last, kind.minutes, CHICAGO) for one in providers]

    ours, beside = in_turn(large.inside(lambda: openings.first(search, now=NOW)), plainly)

    bench_row("first free, 20 providers × 30 days, ms", ours, None, 12)
    bench_row("first free, 20 providers × 30 days, ratio", ours, beside, 2)


def test_two_in_a_row_over_twenty_providers_and_thirty_days(large, calendars):
    providers, kind = calendars
    like = openings.Search(kind, providers, FIRST, FIRST + timedelta(days=29))
    patients = large.inside(lambda: list(Patient.objects.visible_to(large.secretary).order_by("pk")[:2]))()
    parts = [Part(patient, kind, tuple(providers)) for patient in patients]

    one, pair, family = in_turn(
        large.inside(lambda: openings.first(like, now=NOW, limit=None)),
        large.inside(lambda: together.first(parts, like, now=NOW)),
        large.inside(lambda: together.first(parts, like, now=NOW, one_provider=True)),
        rounds=10,
    )

    bench_row("two in a row : all times of one visit, 20 providers × 30 days, ratio", pair, one, 3)
    bench_row("a family of two : all times of one visit, 20 providers × 30 days, ratio", family, one, 3)
