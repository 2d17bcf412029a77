"""Giving a try back never goes below none, however many do it at once, in either store."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection

from compliance import counter
from compliance.counter import Counter

FEW = Counter("test", limit=2, window=timedelta(minutes=1))


@pytest.fixture(params=["redis", "database"])
def store(request, committed, settings):
    """Each of the two places where tries are counted."""
    if request.param == "database":
        settings.REDIS_URL = "redis://127.0.0.1:1/0"
    counter._redis.cache_clear()
    yield request.param
    counter._redis.cache_clear()


def give_back(key):
    FEW.give_back(key)
    connection.close()


def test_giving_back_more_than_was_taken_admits_no_more_than_the_limit(store):
    key = uuid4().hex
    FEW.admits(key)
    with ThreadPoolExecutor(8) as hands:
        list(hands.map(give_back, [key] * 8))

    assert [FEW.admits(key) for _ in range(3)] == [True, True, False]


def test_giving_back_what_nobody_took_leaves_nothing_behind(store):
    key = uuid4().hex

    give_back(key)

    assert [FEW.admits(key) for _ in range(3)] == [True, True, False]


def test_a_count_stands_in_redis_and_ends_with_its_window(db):
    key = uuid4().hex

    FEW.admits(key)

    assert 0 < counter._redis().ttl(FEW._place(key)) <= 60


def test_two_counters_of_one_key_count_apart(store):
    key, other = uuid4().hex, Counter("other", limit=1, window=timedelta(minutes=1))

    admitted = [counted.admits(key) for counted in (FEW, other, FEW, other)]

    assert admitted == [True, True, True, False]
