from datetime import date

import pytest
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from secretary_portal import health


def test_healthz_answers_without_signing_in(client):
    answer = client.get("/healthz")

    assert (answer.status_code, answer.content) == (200, b"alive\n")


def test_readyz_says_that_everything_is_there(db, client):
    answer = client.get("/readyz")

    assert answer.status_code == 200
    assert answer.json() == {"ready": True, "missing": [], "checks": dict.fromkeys(health.CHECKS, "ok")}


def test_readyz_names_a_redis_that_does_not_answer(db, client, settings):
    settings.REDIS_URL = "redis://127.0.0.1:1/0"

    answer = client.get("/readyz")

    assert answer.status_code == 503
    assert answer.json()["missing"] == ["redis"]


def test_readyz_names_a_key_ring_that_is_not_there(db, client, settings, tmp_path):
    settings.KEY_RING = tmp_path / "no-ring.json"

    answer = client.get("/readyz")

    assert answer.status_code == 503
    assert answer.json()["checks"]["key_ring"] == "cannot be used: run manage.py keys status"


def test_readyz_names_a_migration_that_was_not_applied(db, client):
    MigrationRecorder.Migration.objects.using("default").filter(app="insurance", name="0002_wall").delete()

    answer = client.get("/readyz")

    assert answer.status_code == 503
    assert answer.json()["checks"]["migrations"] == "1 not applied: run manage.py migrate"


def test_readyz_names_an_audit_trail_that_ends_soon(db, client, time_machine_far):
    assert client.get("/readyz").json()["missing"] == ["audit_partitions"]


@pytest.fixture
def time_machine_far():
    import time_machine

    with time_machine.travel(date(2099, 1, 1), tick=False):
        yield


def test_readyz_needs_the_same_few_queries_each_time(db, client, django_assert_max_num_queries):
    client.get("/readyz")

    with django_assert_max_num_queries(40):
        client.get("/readyz")
    assert connection.in_atomic_block
