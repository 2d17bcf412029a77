"""The door under load: what is checked of forty guesses, what a refusal costs, how fast a session ends."""

import random
import statistics
import time
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from compliance import counter
from compliance import people as domain
from compliance.models import Membership
from compliance.roles import Role
from compliance.tenancy import acting_in
from compliance.tenancy.urls import practice_url
from tests.compliance.hashers import Counting
from tests.factories import people
from tests.reporting import EXACTLY, soak_row

GUESSES, ROUNDS, WRONG = 40, 20, "wrong horse battery staple"


@pytest.fixture(autouse=True)
def counted(settings):
    settings.PASSWORD_HASHERS = ["tests.compliance.hashers.Counting"]
    yield
    counter._redis.cache_clear()


def somebody():
    made = people.user()
    made.set_password(people.PASSWORD)
    made.save()
    Counting.runs.clear()
    return made


def entered(email: str, password: str, address: str) -> bool:
    answer = Client(REMOTE_ADDR=address).post("/accounts/login/", {"login": email, "password": password})
    return answer.status_code == 302


def stormed(number: int) -> tuple[int, list[bool], object]:
    """Forty guesses at once, the right one among them: how many were checked, who got in, and whose account it is."""
    user, address = somebody(), f"10.77.{number}.1"
    guesses = [WRONG] * (GUESSES - 1)
    guesses.insert(random.randrange(GUESSES), people.PASSWORD)
    together = Barrier(GUESSES, timeout=60)

    def guess(password: str) -> bool:
        together.wait()
        try:
            return entered(user.email, password, address)
        finally:
            connection.close()

    with ThreadPoolExecutor(GUESSES) as pool:
        got_in = list(pool.map(guess, guesses))
    return len(Counting.runs), got_in, user


@pytest.mark.soak
def test_of_forty_guesses_at_once_five_are_checked_in_each_of_twenty_runs(committed):
    checked, after, colleagues = [], [], []
    for number in range(ROUNDS):
        runs, _, user = stormed(number)
        checked.append(runs)
        after.append(entered(user.email, people.PASSWORD, f"10.77.{number}.1"))
        colleagues.append(entered(user.email, people.PASSWORD, f"10.78.{number}.1"))

    assert soak_row("passwords_checked_max", max(checked), 5)
    assert soak_row("colleagues_locked_out", colleagues.count(False), 0, rule=EXACTLY)
    assert after.count(True) <= sum(1 for runs in checked if runs < 5)  # the limit was reached: the right one is refused


@pytest.mark.soak
def test_a_refusal_costs_the_same_for_known_unknown_and_locked(committed):
    known, closed = somebody(), somebody()
    closed.is_active = False
    closed.save()
    took: dict[str, list[float]] = {"known": [], "unknown": [], "closed": []}
    for number in range(60):
        for kind, email in (("known", known.email), ("unknown", "nobody@staff.example"), ("closed", closed.email)):
            Counting.runs.clear()
            began = time.perf_counter()
            entered(email, WRONG, f"10.79.{number}.{len(kind)}")
            took[kind].append(time.perf_counter() - began)
            assert len(Counting.runs) <= 1
    medians = {kind: round(statistics.median(times) * 1000, 2) for kind, times in took.items()}
    for kind, median in medians.items():
        soak_row(f"refusal_{kind}_median_ms", median, 2 * min(medians.values()))

    assert set(medians) == {"known", "unknown", "closed"}


@pytest.mark.soak
def test_a_session_ends_within_a_second_of_the_right_behind_it(committed, signed_in):
    took = [_ended_after(signed_in) for _ in range(10)]

    assert soak_row("session_end_seconds_max", round(max(took), 3), 1)


def _ended_after(signed_in) -> float:
    """Seconds from the end of a membership to the first request that is sent to the door."""
    practice = people.practice()
    who, admin = people.member(practice, Role.SECRETARY), people.member(practice, Role.PRACTICE_ADMIN)
    browser, board = signed_in(who), practice_url(practice, "scheduling:board")
    assert browser.get(board).status_code == 200
    with acting_in(practice.pk, admin.pk):
        domain.end(Membership.objects.get(user=who), by=admin, now=timezone.now())
    ended = time.perf_counter()
    while browser.get(board).status_code == 200:
        time.sleep(0.01)
    return time.perf_counter() - ended
