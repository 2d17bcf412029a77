"""What the benchmarks share: plain tables beside ours, and a large practice."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client

from compliance.models import Location, Practice, User
from compliance.roles import Role
from compliance.tenancy import acting_in
from tests.benchmarks import bare, load
from tests.conftest import as_role
from tests.factories import people
from tests.factories import scheduling as factory

PATIENTS = 100_000


def browser_of(user: User) -> Client:
    """A browser of somebody who has signed in with both factors."""
    return people.browser(user)


@dataclass
class Large:
    """A practice with many patients and full calendars, as its secretary sees it."""

    practice: Practice
    secretary: User
    patients: list[UUID]

    def inside(self, call: Callable[[], object]) -> Callable[[], object]:
        """The same call, acting in the practice as the secretary."""

        def within() -> object:
            self.secretary.forget_standings()
            with acting_in(self.practice.pk, self.secretary.pk):
                return call()

        return within


@pytest.fixture(scope="session")
def plain(django_db_setup, django_db_blocker) -> Iterator[None]:
    """Plain tables of the owner's, which the app may use."""
    with django_db_blocker.unblock(), as_role("portal_owner"), connection.cursor() as cursor:
        cursor.execute(bare.TABLES)
    return


def indexed() -> None:
    """Index the plain tables and gather statistics of all."""
    with as_role("portal_owner"), connection.cursor() as cursor:
        cursor.execute(bare.INDEXES)


@pytest.fixture(scope="session")
def large(plain, django_db_blocker) -> Iterator[Large]:
    """100,000 sealed patients, 20 providers whose next 60 days are 95 % full, and the same in plain tables."""
    with django_db_blocker.unblock():
        practice = people.practice()
        secretary = people.member(practice, Role.SECRETARY)
        made = load.patients(practice.pk, PATIENTS)
        with acting_in(practice.pk, secretary.pk):
            kind = factory.visit_type("Follow-up", minutes=30)
            providers = [factory.provider(f"Dr. {n:02d}") for n in range(20)]
            location = Location.objects.get()
        starts = load.moments(load.UTC_MORNING, days=60, of_day=16, minutes=30, free_every=20)
        fill = partial(load.visits, practice.pk, kind=kind, location=location, people=made)
        fill(providers=providers, starts=starts)
        load.copy_visits(practice.pk)
        indexed()
        yield Large(practice, secretary, made)
        connection.close()


@pytest.fixture
def unblocked(django_db_blocker) -> Iterator[None]:
    """The database, without a transaction around the test."""
    with django_db_blocker.unblock():
        yield
