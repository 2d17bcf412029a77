"""Every URL × every role × another practice: 404, as if it were not there (security.md sections 1 and 8)."""

from uuid import uuid4

import pytest
from django.apps import apps
from django.db import connection

from compliance.models import PracticeModel
from compliance.roles import IN_A_PRACTICE
from compliance.tenancy import SYSTEM, acting_in
from compliance.tenancy.urls import practice_url
from tests.architecture.addresses import Address, inside
from tests.factories import people

METHODS = ("get", "post")
SAMPLES = {"SlugConverter": "x", "StringConverter": "x", "PathConverter": "x", "IntConverter": 1}
DATES = {"day": "2026-11-23", "date": "2026-11-23"}


def arguments(address: Address) -> dict:
    """Something of the right kind for each argument; ids are random."""
    return {
        name: uuid4() if kind == "UUIDConverter" else DATES.get(name, SAMPLES.get(kind, "2026-11-23"))
        for name, kind in address.converters.items()
    }


@pytest.fixture(scope="module")
def walls(django_db_setup, django_db_blocker):
    """A practice, and somebody of each role in another one. Committed once for all; the wall keeps them apart."""
    with django_db_blocker.unblock():
        here, there = people.practice(), people.practice()
        yield here, there, {role: people.member(there, role) for role in IN_A_PRACTICE}
        connection.close()


@pytest.fixture
def strangers(walls, django_db_blocker, signed_in):
    """(a practice, the browser of somebody of each role in another one)"""
    here, _, members = walls
    with django_db_blocker.unblock():
        yield here, {role: signed_in(user) for role, user in members.items()}
        connection.close()


@pytest.mark.parametrize("address", inside(), ids=str)
def test_another_practices_page_is_not_there_for_any_role(strangers, address):
    here, browsers = strangers
    url = practice_url(here, address.name, **arguments(address))

    answers = {
        (role.value, method): getattr(browser, method)(url).status_code
        for role, browser in browsers.items()
        for method in METHODS
    }

    assert set(answers.values()) == {404}, answers


@pytest.mark.parametrize("address", [one for one in inside() if "UUIDConverter" in one.converters.values()], ids=str)
def test_an_object_that_is_not_of_the_practice_is_not_there(walls, django_db_blocker, signed_in, address):
    _, there, members = walls
    with django_db_blocker.unblock():
        url = practice_url(there, address.name, **arguments(address))
        answers = {
            (role.value, method): getattr(signed_in(user), method)(url).status_code
            for role, user in members.items()
            for method in METHODS
        }
        connection.close()

    assert set(answers.values()) <= {403, 404, 405}, answers


@pytest.mark.parametrize("address", inside(), ids=str)
def test_nobody_enters_without_signing_in(walls, client, django_db_blocker, address):
    here, _, _ = walls
    with django_db_blocker.unblock():
        response = client.get(practice_url(here, address.name, **arguments(address)))
        connection.close()

    assert response.headers.get("Location", "").startswith("/accounts/login/")


def test_no_model_shows_another_practices_rows(walls, django_db_blocker):
    here, _, _ = walls
    with django_db_blocker.unblock(), acting_in(here.pk, SYSTEM):
        foreign = {
            model._meta.label: model.objects.exclude(practice_id=here.pk).count()
            for model in apps.get_models()
            if issubclass(model, PracticeModel)
        }

    assert set(foreign.values()) == {0}, foreign
