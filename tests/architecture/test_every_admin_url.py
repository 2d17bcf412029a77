"""Every page of the admin site × every role × another practice's row: 404, and 403 without the right (security.md 1, 8)."""

from uuid import uuid4

import pytest
from django.contrib import admin
from django.db import connection
from django.test import Client

from compliance.models import Practice
from compliance.roles import IN_A_PRACTICE, Role
from compliance.tenancy import SYSTEM, acting_in
from compliance.tenancy.urls import practice_url
from tests.factories import people, set_up

MODELS = sorted(admin.site._registry, key=lambda model: model._meta.label)
METHODS = ("get", "post")
OF_ALL, OF_ONE = ("changelist", "add"), ("change", "delete", "history", "do")


@pytest.fixture(scope="module")
def walls(django_db_setup, django_db_blocker):
    """Two practices, the first with a row of each kind, and somebody of each role in the second. Committed once for all."""
    with django_db_blocker.unblock():
        here, there = people.practice(), people.practice()
        set_up.rows_of_each_kind(here)
        yield here, there, {role: people.member(there, role) for role in IN_A_PRACTICE}
        connection.close()


@pytest.fixture
def strangers(walls, django_db_blocker, signed_in):
    """(a practice with rows, another one, the browser of somebody of each role in that other one)"""
    here, there, members = walls
    with django_db_blocker.unblock():
        yield here, there, {role: signed_in(user) for role, user in members.items()}
        connection.close()


def address(at: Practice, model, page: str, *args) -> str:
    """Of one page; a deed is done at an address of its own."""
    deeds = admin.site._registry[model].deeds
    args = (*args, deeds[0].name if deeds else "end") if page == "do" else args
    return practice_url(at, f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", *args)


def statuses(browsers: dict[Role, Client], url: str) -> dict[tuple[str, str], int]:
    return {
        (role.value, method): getattr(browser, method)(url).status_code
        for role, browser in browsers.items()
        for method in METHODS
    }


def row_of(model, practice: Practice):
    """Some row of the practice."""
    if model is Practice:
        return practice
    with acting_in(practice.pk, SYSTEM):
        found = model.objects.filter(practice=practice).order_by("-pk")
        shown = admin.site._registry[model].heading
        return found.exclude(kind="provider")[0] if shown == "Rooms and equipment" else found[0]


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_the_site_of_another_practice_is_not_there(strangers, model):
    here, _, browsers = strangers
    pk = row_of(model, here).pk
    urls = [address(here, model, page) for page in OF_ALL]
    urls += [address(here, model, page, pk) for page in OF_ONE]

    answers = {url: set(statuses(browsers, url).values()) for url in urls}

    assert set().union(*answers.values()) == {404}, answers


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_a_row_of_another_practice_is_not_there_in_ones_own(strangers, model):
    here, there, browsers = strangers
    pk = row_of(model, here).pk

    answers = {page: statuses(browsers, address(there, model, page, pk)) for page in OF_ONE}

    admins = {status for page in answers.values() for (role, _), status in page.items() if role == Role.PRACTICE_ADMIN}
    others = {status for page in answers.values() for (role, _), status in page.items() if role != Role.PRACTICE_ADMIN}
    assert admins <= {403, 404}, answers
    assert 404 in admins, answers
    assert others <= {403, 404}, answers


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_who_does_not_set_up_the_practice_is_refused(strangers, model):
    _, there, browsers = strangers
    others = {role: browser for role, browser in browsers.items() if role != Role.PRACTICE_ADMIN}
    urls = [address(there, model, page) for page in OF_ALL]
    urls += [address(there, model, page, uuid4()) for page in OF_ONE]

    answers = {url: statuses(others, url) for url in urls}

    assert {status for each in answers.values() for status in each.values()} == {403}, answers
