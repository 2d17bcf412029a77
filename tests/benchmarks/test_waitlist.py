"""Whom a freed time suits, of 10,000 who wait."""

import random
from datetime import date, time, timedelta

import pytest

from patients.models import Patient
from scheduling.models import WaitEntry
from scheduling.waitlist import matching
from tests.benchmarks.timing import in_turn
from tests.factories import scheduling as make
from tests.factories import waiting
from tests.factories.scheduling import NOW
from tests.reporting import bench_row

pytestmark = pytest.mark.bench
NUMBER = 10_000


@pytest.fixture
def doctor(inside):
    """One of ten providers, for whom or for any of whom 10,000 wait with wishes of every kind."""
    chance = random.Random(1)
    doctors, kinds = [make.provider() for _ in range(10)], [make.visit_type(minutes=minutes) for minutes in (15, 30, 60)]
    patients = Patient.objects.bulk_create(Patient() for _ in range(NUMBER))
    WaitEntry.objects.bulk_create(
        WaitEntry(
            patient=one,
            visit_type=chance.choice(kinds),
            provider=chance.choice([None, *doctors]),
            weekdays=chance.choice([0b1111111, 0b0000001, 0b0010101, 0b0001110]),
            from_time=chance.choice([None, time(9), time(13)]),
            until_time=chance.choice([None, time(16), time(18)]),
            earliest_on=chance.choice([None, date(2026, 11, 25), date(2026, 12, 15)]),
            min_notice_hours=chance.choice([0, 2, 24, 24 * 10]),
            band=chance.choice([1, 2, 3, 3, 3]),
            waiting_since=NOW - timedelta(minutes=chance.randrange(500_000)),
        )
        for one in patients
    )
    return doctors[0]


def test_a_freed_time_finds_whom_it_suits(doctor):
    free = waiting.free(doctor)

    (ours,) = in_turn(lambda: matching.ranked(free, WaitEntry.objects.all(), now=NOW))

    bench_row("wait-list match over 10,000 entries, ms", ours, None, 20)


def test_and_why_the_others_were_passed_over(doctor):
    free = waiting.free(doctor)

    (ours,) = in_turn(lambda: matching.passed_over(free, matching.who_waits(free, WaitEntry.objects.all())[:60], now=NOW))

    bench_row("why 30 of 10,000 who wait were passed over, ms", ours, None, 40)
