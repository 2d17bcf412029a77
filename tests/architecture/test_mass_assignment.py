"""Every form with more in it than it asks: what is written is the same as without."""

import json
import re
from collections import Counter
from typing import Any

import pytest
from django.test import Client

from compliance.models import Practice, User
from compliance.roles import Role
from compliance.tenancy.urls import practice_url
from tests.architecture.admin_postings import FORMS, filled, named
from tests.architecture.postings import POSTINGS
from tests.architecture.rows import MOMENT_TEXT, UUID_TEXT, rows_of
from tests.architecture.world import afterwards_undone, world
from tests.factories import people, set_up

SLIPPED_ID = "0190f3c2-0000-7000-8000-00000000beef"
WORDS = {"role": Role.PRIVACY_OFFICER.value, "status": "entered-in-error", "version": "77", "state": "done"}
FLAGS = dict.fromkeys(("is_staff", "is_superuser", "is_active", "is_given"), "on")
IDS = dict.fromkeys(("id", "pk", "uuid"), SLIPPED_ID)
PEOPLE = ("by", "owner", "user", "created_by", "created_by_id", "actor", "handled_by", "confirmed_by")
FRESH = {("id", int), ("cid", str), ("object_repr", str)}  # of the record of what was changed
SEALED = re.compile(r"^\\x[0-9a-f]*$")


def slipped(there: Practice, stranger: User) -> dict[str, Any]:
    """What no form asks for: another practice, another person, another id, more rights."""
    whose = dict.fromkeys(PEOPLE, str(stranger.pk))
    return {"practice": str(there.pk), "practice_id": str(there.pk), **WORDS, **FLAGS, **IDS, **whose}


def written(desk: Client, at: Practice, url: str, data: dict[str, Any]) -> tuple[int, Counter]:
    """The status, and the rows that came or went, without what differs each time."""
    before = rows_of(at)
    for value in data.values():
        if hasattr(value, "seek"):
            value.seek(0)
    with afterwards_undone():
        status = desk.post(url, data).status_code
        after = rows_of(at)
    known = set(UUID_TEXT.findall(json.dumps(before)))
    changes = [
        (table, sign, _settled(row, known))
        for table in after
        for sign, rows in (
            ("+", Counter(after[table]) - Counter(before[table])),
            ("-", Counter(before[table]) - Counter(after[table])),
        )
        for row in rows.elements()
    ]
    return status, Counter(changes)


def _settled(row: str, known: set[str]) -> str:
    """Ids that are new, moments and what is sealed by their kind only. A slipped id is not new: it was sent."""
    kept = {key: value for key, value in json.loads(row).items() if (key, type(value)) not in FRESH}
    kept = {key: "<sealed>" if SEALED.match(str(value)) else value for key, value in kept.items()}
    text = MOMENT_TEXT.sub("<when>", json.dumps(kept, sort_keys=True))
    return UUID_TEXT.sub(lambda found: found[0] if found[0] in {*known, SLIPPED_ID} else "<new>", text)


@pytest.fixture
def there(db) -> Practice:
    return people.practice(name="Harbor Pediatrics")


@pytest.fixture
def stranger(there) -> User:
    return people.member(there, Role.SECRETARY, name="Ines Marsh")


@pytest.mark.parametrize("posting", POSTINGS, ids=str)
def test_what_a_form_does_not_ask_is_not_taken_over(there, stranger, signed_in, posting):
    here = world()
    desk, valid = people.proven(signed_in(here.who)), posting.valid(here)
    query = f"?slot={here.slot}" if posting.name == "scheduling:book_at" else ""
    url = practice_url(here.practice, posting.name, *posting.args(here)) + query
    more = {key: value for key, value in slipped(there, stranger).items() if key not in valid}

    without = written(desk, here.practice, url, valid)

    assert written(desk, here.practice, url, valid | more) == without


@pytest.mark.parametrize(("model", "what"), FORMS, ids=named)
def test_what_a_form_of_the_admin_site_does_not_ask_is_not_taken_over(practice, there, stranger, as_admin, model, what):
    set_up.rows_of_each_kind(practice)
    form = filled(as_admin, practice, model, what)
    more = {key: value for key, value in slipped(there, stranger).items() if key not in form.form.fields}

    without = written(as_admin, practice, form.url, form.data)

    assert without[0] == 302
    assert written(as_admin, practice, form.url, form.data | more) == without
