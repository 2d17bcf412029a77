"""Every table of a practice against everybody who can speak SQL as `portal_app` (security.md section 1)."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest
from django.db import connection

from compliance.roles import Role
from compliance.tenancy import acting_in
from patients import importing
from tests.canary.browsers import Browser
from tests.canary.walk import Walk, house, import_file
from tests.conftest import as_role
from tests.factories import patients, people, set_up
from tests.reporting import EXACTLY, soak_row
from tests.walls import attacks
from tests.walls.attacks import ATTACKS, Scene


@pytest.fixture(scope="module")
def scene(django_db_setup, django_db_blocker, tmp_path_factory) -> Iterator[Scene]:
    """There: a practice with rows in every table. Here: somebody else's. Committed once for all."""
    with django_db_blocker.unblock():
        at, here = house(), people.practice()
        set_up.rows_of_each_kind(people.practice())
        Walk(at, Browser).everything()
        importing.run(at.practice, import_file(tmp_path_factory.mktemp("import")))
        with acting_in(at.practice.pk, at.secretary.pk):
            patients.patient()  # with the next number of the practice's own
        yield Scene(here, at.practice, people.member(here, Role.SECRETARY), at.secretary)
        connection.close()


@pytest.fixture
def unblocked(scene, django_db_blocker) -> Iterator[Scene]:
    with django_db_blocker.unblock():
        yield scene
        connection.close()


def seen(scene: Scene, attack) -> dict[str, int]:
    """Foreign rows by table, where there are any."""
    counts = {table: attack(scene, table) for table in attacks.tables()}
    return {table: count for table, count in counts.items() if count}


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.__name__)
def test_no_foreign_row_is_seen_in_any_table(unblocked, attack):
    assert seen(unblocked, attack) == {}


def test_each_table_has_a_foreign_row_to_see(unblocked):
    """Without this the others would prove nothing."""
    with as_role("postgres"):
        there = seen(unblocked, attacks.without_a_context)
        kinds = {table for table in attacks.tables() if not attacks.MONTH.search(table)}

    assert kinds - set(there) == set()


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.__name__)
def test_as_a_superuser_each_attack_succeeds(unblocked, attack):
    """So the wall is what stops them, and the tests above can fail."""
    with as_role("postgres"):
        assert attack(unblocked, "patients_patient") > 0


def test_a_context_cannot_be_overheard_from_another_connection(unblocked):
    """Its text would be good for five minutes to whoever replays it."""
    opened, ended = Event(), Event()

    def work():
        with acting_in(unblocked.there.pk, unblocked.victim.pk):
            opened.set()
            ended.wait(20)
        connection.close()

    with ThreadPoolExecutor(1) as pool:
        working = pool.submit(work)
        assert opened.wait(20)
        try:
            heard = attacks.overheard()
        finally:
            ended.set()
        working.result()

    assert heard == []


@pytest.mark.soak
def test_foreign_rows_of_all_attacks_together(unblocked):
    found = {attack.__name__: seen(unblocked, attack) for attack in ATTACKS}

    assert soak_row("foreign_rows", sum(sum(tables.values()) for tables in found.values()), 0, rule=EXACTLY), found
