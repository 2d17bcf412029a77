"""A series of 52 in one transaction, into a year that is full but for its own times; looked at before; and one by one."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import count
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction

from compliance.models import Location
from compliance.roles import Role
from compliance.tenancy import acting_in
from scheduling import booking, series
from tests.benchmarks import load
from tests.benchmarks.timing import in_turn
from tests.factories import people
from tests.factories import scheduling as make
from tests.factories import series as again
from tests.reporting import bench_row

pytestmark = pytest.mark.bench
NOW = datetime(2026, 11, 20, 16, 0, tzinfo=UTC)
CHICAGO = ZoneInfo("America/Chicago")
MONDAY, TEN = date(2026, 11, 23), time(10)
WEEKS = 52


def mondays() -> list[datetime]:
    """Ten o'clock of 52 Mondays."""
    days = (MONDAY + timedelta(weeks=n) for n in range(WEEKS))
    return [datetime.combine(day, TEN, CHICAGO).astimezone(UTC) for day in days]


@pytest.fixture
def practice(committed):
    return people.practice()


def test_a_series_of_fifty_two(practice):
    secretary = people.member(practice, Role.SECRETARY)
    with acting_in(practice.pk, secretary.pk):
        doctor, kind = make.provider(), make.visit_type()
        others = [make.patient().pk for _ in range(20)]
        place = Location.objects.get()
    year = load.moments(datetime(2026, 11, 23, 15, 0, tzinfo=UTC), days=365, of_day=16, minutes=30)
    full = [at for at in year if at not in set(mondays())]
    load.visits(practice.pk, providers=[doctor], people=others, kind=kind, location=place, starts=full)
    with acting_in(practice.pk, secretary.pk):
        who = count()
        patients = [make.patient(family=f"Walker {n}") for n in range(120)]

    def undone(work):
        with acting_in(practice.pk, secretary.pk), transaction.atomic():
            work(patients[next(who)])
            transaction.set_rollback(True)

    def wanted(patient):
        terms = {"provider": doctor, "visit_type": kind, "location": place, "first_on": MONDAY, "reason": "Injection"}
        return again.unsaved(patient=patient, count=WEEKS, **terms)

    def one_by_one(patient):
        for at in mondays():
            booking.book(patient=patient, provider=doctor, starts_at=at, visit_type=kind, by=secretary, now=NOW)

    at_once, looked, alone = in_turn(
        lambda: undone(lambda patient: series.make(wanted(patient), by=secretary, now=NOW)),
        lambda: undone(lambda patient: series.look(wanted(patient), by=secretary, now=NOW)),
        lambda: undone(one_by_one),
        rounds=10,
        warm=1,
    )

    bench_row("a series of 52 booked in one transaction, ms", at_once, None, 150)
    bench_row("a series of 52 looked at before it is saved, ms", looked, None, 100)
    bench_row("a series of 52 : 52 bookings one by one, ratio", at_once, alone, 0.5)
