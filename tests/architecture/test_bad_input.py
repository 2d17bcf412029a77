"""Every form of a practice, each field in turn filled with what nobody should send."""

import re
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from django import forms
from django.test import Client
from django.utils.html import strip_tags

from compliance.tenancy.urls import practice_url
from correspondence.views.call_acts import ACTS
from tests.architecture.addresses import inside
from tests.architecture.postings import POSTINGS, Posting
from tests.architecture.world import World, afterwards_undone, count_rows, world
from tests.factories import people

HIDDEN = {"nul": "a\x00b", "escape": "a\x1bb", "turned": "a\u202eb"}
OTHERS = {
    "markup": '"><script>alert(1)</script>',
    "digits": "1" * 10_000,
    "negative": "-1",
    "huge": str(2**70),
    "id": str(uuid4()),
    "twice": ["zz", "yy"],
}
TICKED = {
    "despite",
    "email_for",
    "do_not_contact",
    "add",
    "telehealth_ok",
    "with_edited",
}  # whatever stands in a box that is ticked
NOT_READ = {  # names where one goes back to, or what does not change: the act is the same whatever it says
    ("scheduling:left_message", "days"),
    ("scheduling:wait_change", "visit_type"),
}
TRY = {"correspondence_callstep", "patients_verification"}  # that somebody did not pass the gate is kept
REFUSED = {403, 404, 409, 422}
STOCK = re.compile(
    r"\binvalid\b|(?:Enter|Select) a valid|field is required|Ensure (?:this|that)|Null characters|Enter a whole number\."
    r"|not one of the available|interpreted in time zone",
    re.IGNORECASE,
)


@pytest.fixture
def here(db) -> World:
    return world()


@pytest.fixture
def desk(here, signed_in) -> Client:
    client = people.proven(signed_in(here.who))
    client.raise_request_exception = False
    return client


def attempts(valid: dict[str, Any], spread: int) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """(field, what is wrong, data), each field in turn; 1 in `spread` kinds of wrong for each."""
    wrongs = {"empty": "", **HIDDEN, **OTHERS}
    for number, name in enumerate(valid):
        yield name, "missing", {key: value for key, value in valid.items() if key != name}
        for order, (what, value) in enumerate(wrongs.items()):
            if (order + number) % spread == 0:
                yield name, what, valid | {name: value}


def post(desk: Client, here: World, posting: Posting, data: dict[str, Any]) -> Any:
    query = f"?slot={here.slot}" if posting.name == "scheduling:book_at" else ""
    for value in data.values():
        if hasattr(value, "seek"):
            value.seek(0)
    return desk.post(practice_url(here.practice, posting.name, *posting.args(here)) + query, data)


def failed_form(response: Any) -> forms.Form | None:
    """The bound form of the page that has errors."""
    contexts = response.context if isinstance(response.context, list) else [response.context or ()]
    layers = [layer for context in contexts for layer in context]
    found = (one for layer in layers for one in layer.values() if isinstance(one, forms.BaseForm))
    return next((form for form in found if form.is_bound and form.errors), None)


def faults(response: Any, name: str, what: str, data: dict[str, Any], written: list[str]) -> list[str]:
    """What is wrong with an answer."""
    found = []
    if response.status_code not in REFUSED | {200, 302, 303}:
        found.append(f"answered {response.status_code}")
    if written and response.status_code in REFUSED:
        found.append(f"wrote {written}")
    if written and response.status_code == 302 and what in HIDDEN and name not in TICKED:
        found.append("took it")
    form = failed_form(response)
    if response.status_code in {409, 422} and (said := STOCK.search(strip_tags(response.content.decode()))):
        found.append(f"says {said[0]!r}")
    if response.status_code == 422 and form and name in form.fields and what in {"markup", "digits", "negative"}:
        kept = form[name].value()
        is_shown = not form[name].is_hidden and not isinstance(form.fields[name], forms.FileField)
        if name in form.errors and is_shown and kept not in (data[name], [data[name]]):
            found.append(f"lost what was typed: {str(kept)[:40]!r}")
    return found


@pytest.mark.parametrize("posting", POSTINGS, ids=str)
def test_what_a_person_fills_in_is_taken(here, desk, posting):
    data = posting.valid(here)
    data |= {"slot": here.slot} if "slot" in data else {}

    response = post(desk, here, posting, data)

    # Nothing failed; no script names its page; a Monday to come is not today (tests/scheduling/test_walk_ins.py).
    otherwise = {"correspondence:retry": 404, "compliance:keep_draft": 422, "scheduling:walk_in": 422}
    assert response.status_code in {200, 302, 303, otherwise.get(posting.name, 302)}, response.content


@pytest.mark.parametrize("posting", POSTINGS, ids=str)
def test_what_nobody_should_send_is_refused_in_a_sentence(here, desk, posting):
    found = tried(here, desk, posting, spread=6)

    assert not found, found


@pytest.mark.soak
@pytest.mark.parametrize("posting", POSTINGS, ids=str)
def test_every_kind_of_wrong_in_every_field_is_refused_in_a_sentence(here, desk, posting):
    found = tried(here, desk, posting, spread=1)

    assert not found, found


def tried(here: World, desk: Client, posting: Posting, *, spread: int) -> dict[tuple[str, str], list[str]]:
    """What was wrong with the answers, by field and kind of wrong; nothing stays written."""
    valid = posting.valid(here)
    valid |= {"slot": here.slot} if "slot" in valid else {}
    before, found = count_rows(here.practice), {}
    kept = TRY if str(posting) == "call gate" else set()

    for name, what, data in attempts(valid, spread):
        with afterwards_undone():
            response = post(desk, here, posting, data)
            now = count_rows(here.practice)
        written = sorted(table for table in now if now[table] != before[table] and table not in kept)
        if (posting.name, name) in NOT_READ:
            written = []
        if wrong := faults(response, name, what, data, written):
            found[name, what] = wrong
    return found


def methods(view: Any) -> set[str]:
    """What a view may be asked by, as `require_http_methods` keeps it."""
    while view is not None:
        for cell in view.__closure__ or ():
            if isinstance(cell.cell_contents, list):
                return set(cell.cell_contents)
        view = getattr(view, "__wrapped__", None)
    return set()


def test_every_form_of_a_practice_is_tried():
    tried = {posting.name for posting in POSTINGS}

    posted = {one.name for one in inside() if "POST" in methods(one.view)}

    assert posted - tried == set()


def test_every_act_of_a_call_is_tried():
    tried = {posting.ids[1] for posting in POSTINGS if posting.name == "correspondence:call_act"}

    assert tried == set(ACTS)
