"""A patient, the addresses about her, and who asks."""

import pytest

from compliance.roles import Role
from compliance.tenancy import acting_in
from compliance.tenancy.urls import practice_url
from tests.factories import patients, people
from tests.patients.views.pages import SSN


@pytest.fixture
def acting(practice, secretary):
    return lambda: acting_in(practice.pk, secretary.pk)


@pytest.fixture
def maria(acting):
    with acting():
        return patients.patient(numbers=(SSN,), email="m@home.example")


@pytest.fixture
def url(practice):
    return lambda name, *args: practice_url(practice, f"patients:{name}", *args)


@pytest.fixture
def provider(practice, signed_in):
    return signed_in(people.member(practice, Role.PROVIDER))
