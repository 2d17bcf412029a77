"""Tests run as `portal_app`, in a database made by `portal_owner`; what commits is never flushed."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from hypothesis import settings

from compliance.crypto import ring
from compliance.models import Practice, User
from compliance.roles import Role
from compliance.tenancy import acting_in
from tests.factories import people

settings.register_profile("portal", deadline=None)  # how fast it is stands in the benchmarks
settings.load_profile("portal")

pytest_plugins = ["tests.reporting", "tests.houses"]


@contextmanager
def as_role(role: str) -> Iterator[None]:
    """Work in the database as another role."""
    before = connection.settings_dict["USER"]
    connection.close()
    connection.settings_dict["USER"] = role
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["USER"] = before


@pytest.fixture(scope="session", autouse=True)
def key_ring(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A ring of its own for each test process."""
    from django.conf import settings

    path = tmp_path_factory.mktemp("private") / "ring.json"
    ring.create(path)
    settings.KEY_RING = path
    settings.AUDIT_ROOTS, settings.AUDIT_TAIL = path.parent / "roots", path.parent / "tail"
    ring.the_ring.cache_clear()
    return path


@pytest.fixture(scope="session")
def django_db_setup(request, django_test_environment, django_db_blocker, django_db_modify_db_settings, key_ring):
    """Made by the owner, used by the app."""
    name, keep = connection.settings_dict["NAME"], request.config.getvalue("reuse_db")
    with django_db_blocker.unblock(), as_role("portal_owner"):
        connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False, keepdb=keep)
        call_command("settle", stdout=StringIO())
    yield
    with django_db_blocker.unblock(), as_role("portal_owner"):
        connection.creation.destroy_test_db(name, verbosity=0, keepdb=keep)


@pytest.fixture
def committed(django_db_setup, django_db_blocker) -> Iterator[None]:
    """Real commits, threads, servers. Never flushed: each test makes its own practice, which the wall keeps apart."""
    with django_db_blocker.unblock():
        yield
        connection.close()


@pytest.fixture
def practice(db) -> Practice:
    """A practice of the test's own, in Chicago's zone."""
    return people.practice()


@pytest.fixture
def secretary(practice) -> User:
    """A secretary who may work in `practice`."""
    return people.member(practice, Role.SECRETARY)


@pytest.fixture
def admin(practice) -> User:
    """A practice admin who may work in `practice`."""
    return people.member(practice, Role.PRACTICE_ADMIN)


@pytest.fixture
def inside(practice, secretary) -> Iterator[Practice]:
    """Acting in `practice` as `secretary`, for tests of domain functions."""
    with acting_in(practice.pk, secretary.pk):
        yield practice


@pytest.fixture
def signed_in() -> Callable[[User], Client]:
    """A browser of somebody who has signed in."""

    return people.browser


@pytest.fixture
def as_secretary(signed_in, secretary) -> Client:
    """The secretary's browser."""
    return signed_in(secretary)


@pytest.fixture
def as_admin(signed_in, admin) -> Client:
    """The practice admin's browser."""
    return signed_in(admin)
