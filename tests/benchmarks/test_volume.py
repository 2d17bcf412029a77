"""No page slower with a million visits than with ten thousand."""

from datetime import date, timedelta
from functools import partial

import pytest

from compliance.models import Location, Practice, User
from compliance.roles import Role
from compliance.tenancy import SYSTEM, acting_in
from compliance.tenancy.urls import practice_url
from scheduling.models import Appointment
from tests.benchmarks import load
from tests.benchmarks.conftest import browser_of, indexed
from tests.benchmarks.timing import in_turn
from tests.factories import people
from tests.factories import scheduling as factory
from tests.reporting import bench_row

pytestmark = pytest.mark.bench
SIZES = {"10 k": 10_000, "1 M": 1_000_000}
PROVIDERS, OF_DAY, PATIENTS = 20, 20, 2_000
DAY = date(2026, 11, 24)
MOST = {"week": 25, "month": 10, "report": 500}  # ms of the whole page, with a million visits
PAGES = {
    "day board": ("scheduling:board", [DAY]),
    "provider's day": ("scheduling:day", [DAY]),
    "a patient's visits": ("scheduling:of_patient", ["patient"]),
    "a visit": ("scheduling:visit", ["visit"]),
    "find a time": ("scheduling:openings", ["patient"]),
    "a patient": ("patients:patient", ["patient"]),
    "week": ("scheduling:week", [DAY]),
    "month": ("scheduling:month", [DAY]),
    "report": ("scheduling:report", []),
    "messages": ("correspondence:messages", []),
    "audit": ("desk:own_events", []),
}


def practice_with(visits: int) -> tuple[Practice, User, dict]:
    """So many visits, the newest around DAY and the rest before it."""
    practice = people.practice()
    member = people.member(practice, Role.SECRETARY)
    made = load.patients(practice.pk, PATIENTS, beside=False)
    with acting_in(practice.pk, SYSTEM):
        kind = factory.visit_type("Follow-up", minutes=15)
        providers = [factory.provider(f"Dr. {n:02d}") for n in range(PROVIDERS)]
        location = Location.objects.get()
    days = visits // (PROVIDERS * OF_DAY)
    first = load.UTC_MORNING - timedelta(days=days * 7 // 5 - 5)
    whole = days * 7 // 5
    for start in range(0, whole, 70):
        batch = load.moments(first + timedelta(days=start), days=min(70, whole - start), of_day=OF_DAY, minutes=15)
        load.visits(practice.pk, providers=providers, people=made[:1000], kind=kind, location=location, starts=batch)
    with acting_in(practice.pk, SYSTEM):
        visit = Appointment.objects.filter(starts_at__date=DAY).order_by("pk")[0].pk
    return practice, member, {"patient": made[-1], "visit": visit}


def test_no_page_is_slower_with_a_million_visits(plain, unblocked):
    opened = {}
    for size, visits in SIZES.items():
        practice, member, about = practice_with(visits)
        opened[size] = (browser_of(member), practice, about)
    indexed()
    for page, (name, arguments) in PAGES.items():
        calls = []
        for browser, practice, about in opened.values():
            url = practice_url(practice, name, *(about.get(argument, argument) for argument in arguments))
            calls.append(partial(got, browser, url))
        small, big = in_turn(*calls, rounds=25)
        bench_row(f"{page}, 1 M visits : 10 k, ratio", big, small, 1.2)
        if page in MOST:
            bench_row(f"{page}, 1 M visits, ms", big, None, MOST[page])


def got(browser, url):
    answer = browser.get(url)
    assert answer.status_code == 200, answer.status_code
    return answer
