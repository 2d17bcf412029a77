"""What a stranger tries at the door (security.md section 8)."""

import os
import re
import statistics
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core import mail
from django.db import connection
from django.test import Client

from compliance import counter, door
from tests.compliance.hashers import Counting, compared
from tests.factories import people
from tests.reporting import soak_row

WRONG = "wrong horse battery staple"
ROUNDS, GUESSES, LIMIT = 20, 40, 5


@pytest.fixture(autouse=True)
def counted(settings):
    settings.PASSWORD_HASHERS = ["tests.compliance.hashers.Counting"]
    yield
    counter._redis.cache_clear()


def somebody(**fields):
    made = people.user()
    made.set_password(people.PASSWORD)
    for name, value in fields.items():
        setattr(made, name, value)
    made.save()
    return made


def address() -> str:
    return "10." + ".".join(str(part) for part in os.urandom(3))


def sign_in(email, password, *, at, browser=None):
    browser = browser or Client()
    return browser.post("/accounts/login/", {"login": email, "password": password}, REMOTE_ADDR=at)


def is_in(response):
    return response.status_code == 302


def at_once(email, passwords, *, at):
    def attempt(password):
        try:
            return is_in(sign_in(email, password, at=at))
        finally:
            connection.close()

    with ThreadPoolExecutor(len(passwords)) as pool:
        return list(pool.map(attempt, passwords))


def guessed_at(email, times):
    for n in range(times):
        if n % LIMIT == 0:
            here = address()
        sign_in(email, WRONG, at=here)


def paths():
    """The ways a sign-in can be refused, each as (name, password, address)."""
    locked, here = somebody(), address()
    for _ in range(LIMIT):
        sign_in(locked.email, WRONG, at=here)
    known, closed, unusable = somebody(), somebody(is_active=False), people.user()
    return {
        "known": (known.email, WRONG, address()),
        "unknown": (f"nobody-{address()}@staff.example", WRONG, address()),
        "locked": (locked.email, WRONG, here),
        "locked, right": (locked.email, people.PASSWORD, here),
        "closed, right": (closed.email, people.PASSWORD, address()),
        "without a password": (unusable.email, WRONG, address()),
    }


def refused(email, password, at):
    Counting.runs.clear()
    return sign_in(email, password, at=at)


def test_40_guesses_at_once_with_the_right_one_among_them(committed):
    user, here = somebody(), address()
    Counting.runs.clear()

    at_once(user.email, [WRONG] * 30 + [people.PASSWORD] + [WRONG] * 9, at=here)

    assert compared() <= LIMIT
    assert not is_in(sign_in(user.email, people.PASSWORD, at=here))


@pytest.mark.soak
def test_40_guesses_at_once_20_times_over(committed):
    worst, let_in_after, colleagues = 0, 0, 0
    for _ in range(ROUNDS):
        user, here = somebody(), address()
        right = int.from_bytes(os.urandom(2), "big") % GUESSES
        Counting.runs.clear()
        at_once(user.email, [people.PASSWORD if n == right else WRONG for n in range(GUESSES)], at=here)
        worst = max(worst, compared())
        let_in_after += is_in(sign_in(user.email, people.PASSWORD, at=here))
        colleagues += is_in(sign_in(user.email, people.PASSWORD, at=address()))

    assert soak_row("passwords_checked_max", worst, LIMIT)
    assert (let_in_after, colleagues) == (0, ROUNDS)


def test_locking_a_colleague_out_from_another_address(db):
    user, stranger = somebody(), address()
    for _ in range(GUESSES):
        sign_in(user.email, WRONG, at=stranger)

    assert is_in(sign_in(user.email, people.PASSWORD, at=address()))


def test_after_50_wrong_guesses_from_everywhere_the_right_password_alone_opens_nothing(db):
    user = somebody()
    guessed_at(user.email, 50)

    assert not is_in(sign_in(user.email, people.PASSWORD, at=address()))


def test_locking_a_colleague_out_from_everywhere_she_comes_in_by_a_link(db):
    user, here, browser = somebody(), address(), Client()
    guessed_at(user.email, 50)
    browser.post("/accounts/password/reset/", {"email": user.email})
    link = re.search(r"/accounts/password/reset/key/\S+", mail.outbox[-1].body)[0]
    form = browser.get(link, follow=True).request["PATH_INFO"]
    chosen = "another lantern beside 47 rivers"
    browser.post(form, {"password1": chosen, "password2": chosen})

    assert not is_in(sign_in(user.email, chosen, at=address()))
    assert is_in(sign_in(user.email, chosen, at=here, browser=browser))


def test_telling_users_apart_by_time_each_refusal_runs_argon2_once(db):
    runs = {}
    for path, tried in paths().items():
        refused(*tried)
        runs[path] = len(Counting.runs)

    assert runs == dict.fromkeys(runs, 1)


def test_telling_users_apart_by_words(db):
    said = {path: refused(*tried) for path, tried in paths().items()}

    assert {response.status_code for response in said.values()} == {422}
    assert {door.SAME_WORDS in response.content.decode() for response in said.values()} == {True}


@pytest.mark.soak
def test_the_medians_of_each_refusal_lie_close(committed, settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
    took = {}
    for _ in range(5):
        for path, tried in paths().items():
            begun = time.perf_counter()
            sign_in(tried[0], tried[1], at=tried[2])
            took.setdefault(path, []).append(time.perf_counter() - begun)
    medians = {path: statistics.median(times) * 1000 for path, times in took.items()}
    for path, median in medians.items():
        soak_row(f"refusal_of_{path.replace(' ', '_')}_median_ms", round(median, 1), 10_000)

    assert soak_row("refusals_slowest_to_fastest", round(max(medians.values()) / min(medians.values()), 2), 1.5)
