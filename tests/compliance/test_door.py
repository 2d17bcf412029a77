"""Signing in over HTTP (security.md section 4)."""

import os
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.test import Client

from compliance import counter
from compliance.door import SAME_WORDS
from compliance.models import DoorCount
from tests.compliance.hashers import Counting, compared
from tests.factories import people

WRONG = "wrong horse battery staple"


@pytest.fixture(autouse=True)
def counted(settings):
    settings.PASSWORD_HASHERS = ["tests.compliance.hashers.Counting"]
    Counting.runs.clear()
    yield
    counter._redis.cache_clear()


@pytest.fixture
def without_redis(settings):
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    counter._redis.cache_clear()


def somebody():
    made = people.user()
    made.set_password(people.PASSWORD)
    made.save()
    Counting.runs.clear()
    return made


@pytest.fixture
def user(db):
    return somebody()


def address() -> str:
    return f"10.{os.urandom(1)[0]}.{os.urandom(1)[0]}.{os.urandom(1)[0]}"


def sign_in(email, password, *, at="10.0.0.1"):
    return Client(REMOTE_ADDR=at).post("/accounts/login/", {"login": email, "password": password})


def is_in(response):
    return response.status_code == 302


def said(response):
    return response.status_code, SAME_WORDS in response.content.decode()


def at_once(email, passwords, *, at):
    def attempt(password):
        try:
            return is_in(sign_in(email, password, at=at))
        finally:
            connection.close()

    with ThreadPoolExecutor(len(passwords)) as pool:
        return list(pool.map(attempt, passwords))


def test_the_right_password_opens(user):
    assert is_in(sign_in(user.email, people.PASSWORD, at=address()))


def test_an_address_is_the_same_in_any_case(user):
    assert is_in(sign_in(user.email.upper(), people.PASSWORD, at=address()))


def test_of_forty_guesses_at_once_at_most_five_are_checked(committed):
    user = somebody()

    at_once(user.email, [WRONG] * 20 + [people.PASSWORD] + [WRONG] * 19, at=address())

    assert compared() <= 5


def test_without_redis_the_database_counts_as_well(committed, without_redis):
    user = somebody()

    at_once(user.email, [WRONG] * 12, at=address())

    assert compared() <= 5


def test_without_redis_one_still_gets_in(user, without_redis):
    others = set(DoorCount.objects.values_list("key", flat=True))

    assert is_in(sign_in(user.email, people.PASSWORD, at=address()))
    assert set(DoorCount.objects.exclude(key__in=others).values_list("tries", flat=True)) == {0}


def test_after_five_wrong_ones_the_right_one_is_refused(user):
    here = address()
    for _ in range(5):
        sign_in(user.email, WRONG, at=here)

    assert not is_in(sign_in(user.email, people.PASSWORD, at=here))


def test_a_spelling_of_the_name_opens_no_second_count(user):
    here = address()
    for spelling in (user.email, user.email.upper(), f" {user.email}", user.email.title(), user.email):
        sign_in(spelling, WRONG, at=here)

    assert not is_in(sign_in(user.email, people.PASSWORD, at=here))


def test_a_colleague_at_another_address_signs_in(user):
    here, there = address(), address()
    for _ in range(6):
        sign_in(user.email, WRONG, at=here)

    assert is_in(sign_in(user.email, people.PASSWORD, at=there))


def test_a_colleague_at_the_same_address_signs_in(user):
    here, colleague = address(), somebody()
    for _ in range(6):
        sign_in(user.email, WRONG, at=here)

    assert is_in(sign_in(colleague.email, people.PASSWORD, at=here))


def test_a_success_gives_back_its_own_count_only(user):
    here = address()
    for _ in range(4):
        sign_in(user.email, WRONG, at=here)
    sign_in(user.email, people.PASSWORD, at=here)

    sign_in(user.email, WRONG, at=here)

    assert not is_in(sign_in(user.email, people.PASSWORD, at=here))


def test_every_refusal_says_the_same(user):
    here, closed = address(), somebody()
    closed.is_active = False
    closed.save()
    unknown = sign_in(f"nobody-{here}@staff.example", WRONG, at=here)
    known = sign_in(user.email, WRONG, at=here)
    inactive = sign_in(closed.email, people.PASSWORD, at=here)
    tries = [sign_in(user.email, WRONG, at=here) for _ in range(6)]

    assert {said(response) for response in (unknown, known, inactive, *tries)} == {(422, True)}


def test_an_unknown_name_costs_as_much_as_a_known_one(user):
    sign_in(user.email, WRONG, at=address())
    known = len(Counting.runs)
    sign_in("nobody@staff.example", WRONG, at=address())

    assert (known, len(Counting.runs)) == (1, 2)


def test_nobody_signs_up(db):
    assert Client().get("/accounts/signup/").status_code == 404


def test_the_session_begins_under_a_new_key(user):
    browser = Client(REMOTE_ADDR=address())
    browser.cookies["sid"] = "planted0000000000000000000000000"

    browser.post("/accounts/login/", {"login": user.email, "password": people.PASSWORD})

    assert browser.cookies["sid"].value != "planted0000000000000000000000000"
