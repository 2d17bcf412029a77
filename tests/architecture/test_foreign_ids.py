"""Every field that names a row, with the id of another practice's row: as if it were nowhere, and nothing is written."""

from collections import defaultdict
from typing import Any

import pytest
from django import forms
from django.test import Client

from compliance.tenancy.urls import practice_url
from tests.architecture.postings import POSTINGS, Posting
from tests.architecture.rows import NAMING, form_classes, named_in, names_a_row, nowhere, rows_of, shown, standing_still
from tests.architecture.world import World, afterwards_undone, world
from tests.factories import people

REFUSED = {404, 409, 422}
WORDS = {("call transfer", "to")}  # a text that names nothing
NOT_ASKED = {
    ("call book", "visit"),  # of the form of moving
    ("call hold", "visit"),
    ("scheduling:wait_change", "visit_type"),  # what is waited for does not change; another wish is another entry
}
ONLY_NARROWS = {  # the id frees one's own hold or narrows a choice; without such a row there is nothing to do
    ("scheduling:book", "call"),
    ("scheduling:repeat", "call"),
    ("scheduling:print_day", "provider"),
    ("scheduling:hold", "call"),
    ("scheduling:hold", "room"),  # not read before the visit is booked
    ("scheduling:hold", "visit_type"),  # the first kind stands for one that is not offered; booking asks again
}
LEADS_BACK = {("scheduling:hold", "slot")}  # to the times that are free
TRIED = {("call gate", "candidate")}  # refused; that somebody did not pass the gate is kept


@pytest.fixture
def here(db) -> World:
    return world()


@pytest.fixture
def there(db) -> World:
    return world()


@pytest.fixture
def desk(here, signed_in) -> Client:
    return people.proven(signed_in(here.who))


def cases() -> list[tuple[Posting, str]]:
    """(posting, field) for each field of a form that names a row."""
    found = [(one, field) for one in POSTINGS for field in sorted(_fields(one) & NAMING.keys())]
    return [(one, field) for one, field in found if (str(one), field) not in WORDS]


class _Nobody:
    """Stands for any world and any row of it: the names of what is filled in are known without one."""

    version = 1

    def __getattr__(self, name: str) -> Any:
        return defaultdict(_Nobody) if name == "ids" else _Nobody()


def _fields(posting: Posting) -> set[str]:
    return set(posting.valid(_Nobody()))


def answer(desk: Client, here: World, there: World, posting: Posting, field: str, value: str) -> tuple[Any, bool]:
    """What is answered to the form with the value, and whether it changed a row of either practice."""
    url, before = address(here, posting), (rows_of(here.practice), rows_of(there.practice))
    with afterwards_undone():
        response = desk.post(url, posting.valid(here) | {field: value})
        after = rows_of(here.practice), rows_of(there.practice)
    return response, before != after


def address(here: World, posting: Posting) -> str:
    query = f"?slot={here.slot}" if posting.name == "scheduling:book_at" else ""
    return practice_url(here.practice, posting.name, *posting.args(here)) + query


@pytest.mark.parametrize(("posting", "field"), cases(), ids=str)
def test_a_row_of_another_practice_is_answered_as_one_that_is_nowhere(here, there, desk, posting, field):
    foreign = named_in(there, field)
    unknown = nowhere(foreign)

    with standing_still():
        theirs, wrote = answer(desk, here, there, posting, field, foreign)
        nobodys, _ = answer(desk, here, there, posting, field, unknown)

    assert shown(theirs, foreign) == shown(nobodys, unknown)
    if (str(posting), field) not in NOT_ASKED | ONLY_NARROWS:
        assert theirs.status_code in ({302} if (str(posting), field) in LEADS_BACK else REFUSED)
        assert wrote == ((str(posting), field) in TRIED)


@pytest.mark.parametrize("posting", POSTINGS, ids=str)
def test_every_field_of_a_form_that_names_a_row_is_tried(here, desk, posting):
    with afterwards_undone():
        response = desk.post(address(here, posting), {})

    contexts = response.context if isinstance(response.context, list) else [response.context or ()]
    found = [one for context in contexts for layer in context for one in layer.values() if isinstance(one, forms.BaseForm)]
    posted = [form for form in found if form.data is response.wsgi_request.POST]
    named = {name for form in posted for name, field in form.fields.items() if names_a_row(field)}
    assert named <= posting.valid(here).keys()


def test_every_field_that_names_a_row_is_known():
    named = {name for one in form_classes() for name, field in one.base_fields.items() if names_a_row(field)}

    assert named <= NAMING.keys()


PAGES = ["scheduling:openings", "scheduling:book", "insurance:check"]


def addresses(here: World) -> list[str]:
    named = [practice_url(here.practice, name, here.patient.pk) for name in PAGES]
    named += [practice_url(here.practice, name, here.visit.pk) for name in ("scheduling:move", "scheduling:visit")]
    named += [practice_url(here.practice, "correspondence:call", here.call.pk)]
    places = ("messages", "audit", "audit/mine", "schedule", "my-day", "cases/new", "schedule/book", "readiness/2026-11-23")
    return named + [f"/p/{here.practice.slug}/{place}/" for place in places]


@pytest.mark.parametrize("field", sorted({*NAMING, "move"}))
def test_an_address_that_names_a_row_of_another_practice_is_answered_as_one_that_is_nowhere(here, there, desk, field):
    foreign = named_in(there, field) if field in NAMING else str(there.visit.pk)
    unknown = nowhere(foreign)
    differing = []

    for page in addresses(here):
        with standing_still():
            with afterwards_undone():
                theirs = desk.get(page, {field: foreign})
            with afterwards_undone():
                nobodys = desk.get(page, {field: unknown})
        if shown(theirs, foreign) != shown(nobodys, unknown):
            differing.append(page)

    assert differing == []
