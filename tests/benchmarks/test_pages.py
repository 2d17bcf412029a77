"""Whole pages, from the session cookie to the rendered answer, beside the same pages of a bare site."""

from collections.abc import Iterator
from datetime import date, timedelta
from functools import partial
from types import SimpleNamespace

import pytest
from django.db import connection
from django.test import Client, RequestFactory, override_settings

from compliance.models import Location
from compliance.roles import Role
from compliance.tenancy import SYSTEM, acting_in
from compliance.tenancy.urls import practice_url
from scheduling.forms import slot_text
from scheduling.models import Provider, VisitType
from secretary_portal.desk.chrome import Chrome
from tests.benchmarks import bare_site, load
from tests.benchmarks.conftest import Large, browser_of
from tests.benchmarks.timing import in_turn
from tests.factories import people
from tests.factories import scheduling as factory
from tests.reporting import bench_row

pytestmark = pytest.mark.bench
BUSY_DAY = date(2026, 11, 24)


@pytest.fixture
def ours(large: Large, unblocked) -> Client:
    return browser_of(large.secretary)


@pytest.fixture
def beside(large: Large, ours: Client) -> Iterator[Client]:
    """The bare site's browser, its pages framed with what the portal's own frame says."""
    ours.get("/healthz")  # loads the portal's middleware before the bare site's is set
    request = RequestFactory().get("/")
    request.user, request.practice, request.session = large.secretary, large.practice, {}
    request.resolver_match = None
    shown = ("user", "theme", "idle_minutes", "initials", "zone_name", "own_time", "places", "account", "practices", "now")
    with acting_in(large.practice.pk, large.secretary.pk):
        frame = Chrome(request)
        bare_site.FRAME |= {
            "practice": large.practice,
            "chrome": SimpleNamespace(**{name: getattr(frame, name) for name in shown}),
        }
    with override_settings(MIDDLEWARE=bare_site.MIDDLEWARE, ROOT_URLCONF="tests.benchmarks.bare_site"):
        browser = browser_of(large.secretary)
        browser.get("/healthz")
        yield browser


def got(browser: Client, url: str, **headers):
    answer = browser.get(url, headers=headers)
    assert answer.status_code in (200, 204), answer.status_code
    return answer


def posted(browser: Client, url: str, data: dict):
    answer = browser.post(url, data)
    assert answer.status_code in (200, 302), (answer.status_code, answer.content[:2000])
    return answer


def test_the_day_board_of_twenty_providers(large, ours, beside):
    url = practice_url(large.practice, "scheduling:board", BUSY_DAY)
    page, plain = in_turn(partial(got, ours, url), partial(got, beside, f"/bare/board/{BUSY_DAY}/"), rounds=20)

    bench_row("day board, 20 providers × 32 rows, ratio", page, plain, 1.5)


def test_the_day_board_of_six_providers(large, unblocked):
    practice = people.practice()
    member = people.member(practice, Role.SECRETARY)
    with acting_in(practice.pk, SYSTEM):
        kind = factory.visit_type("Follow-up", minutes=15)
        providers = [factory.provider(f"Dr. {n}") for n in range(6)]
        location = Location.objects.get()
    made = load.patients(practice.pk, 120, seed=2, beside=False)
    starts = load.moments(load.UTC_MORNING + timedelta(days=1), days=1, of_day=20, minutes=15)
    load.visits(practice.pk, providers=providers, people=made, kind=kind, location=location, starts=starts)
    browser = browser_of(member)
    (page,) = in_turn(partial(got, browser, practice_url(practice, "scheduling:board", BUSY_DAY)))
    version = got(browser, practice_url(practice, "scheduling:board", BUSY_DAY)).context["board"].version
    url = practice_url(practice, "scheduling:board_changes", BUSY_DAY) + f"?seen={version}"
    (same,) = in_turn(partial(got, browser, url, **{"X-Portal-Refresh": "1"}))

    bench_row("day board, 6 providers × 20 visits, ms", page, None, 25)
    bench_row("unchanged refresh, ms", same, None, 5)


@pytest.mark.parametrize(("name", "text"), [("name", "lopez"), ("phone", "+16082050000")])
def test_the_find_page(large, ours, beside, name, text):
    url = practice_url(large.practice, "patients:find")
    page, plain = in_turn(partial(posted, ours, url, {"text": text}), partial(posted, beside, "/bare/find/", {"text": text}))

    bench_row(f"find page by {name}, ratio", page, plain, 3)


def test_booking(large, ours, beside):
    with acting_in(large.practice.pk, large.secretary.pk):
        providers = list(Provider.objects.visible_to(large.secretary).order_by("pk"))
        kind = VisitType.objects.visible_to(large.secretary).get()
    slots = [
        slot_text(provider, at)
        for at in load.moments(load.UTC_MORNING + timedelta(days=120), days=7, of_day=10, minutes=30)
        for provider in providers
    ]
    mine, plain = iter(zip(slots, large.patients, strict=False)), iter(zip(slots, large.patients, strict=False))

    def book_ours():
        slot, patient = next(mine)
        url = practice_url(large.practice, "scheduling:book", patient)
        posted(ours, url, {"slot": slot, "visit_type": kind.pk, "mode": "office", "reason": "Cough"})

    def book_beside():
        slot, patient = next(plain)
        posted(beside, f"/bare/book/{patient}/", {"slot": slot, "visit_type": kind.pk, "mode": "office", "reason": "Cough"})

    took = in_turn(book_ours, book_beside, rounds=40)
    connection.close()

    bench_row("booking, ratio", *took, 2)
