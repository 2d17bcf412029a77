"""Looking changes nothing: a page that is opened, reloaded or fetched ahead leaves its trail and nothing else."""

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from compliance.tenancy.urls import practice_url
from scheduling import openings
from scheduling.forms import slot_text
from tests.browser.test_every_page import PAGES
from tests.factories import scheduling

WRITES = re.compile(r"^\s*(?:INSERT INTO|UPDATE|DELETE FROM|MERGE INTO|COPY) \"?(\w+)\"?", re.IGNORECASE)
TRAIL = {"compliance_auditevent", "compliance_auditpatient"}
LAST_SEEN = {"compliance_session"}  # when the person last did something, which ends an idle session


@pytest.fixture
def browser_of(made, committed, signed_in):
    """The browser of somebody whom the practice that is made knows by a word; of nobody else."""
    return lambda who: signed_in(getattr(made, who)) if hasattr(made, who) else Client()


def tables_written(ask):
    """Which tables somebody's asking writes."""
    with CaptureQueriesContext(connection) as asked:
        ask()
    return {found[1] for query in asked.captured_queries if (found := WRITES.search(query["sql"]))}


@pytest.mark.parametrize("name", PAGES)
def test_opening_a_page_writes_nothing_but_its_trail(made, browser_of, name):
    who, path = PAGES[name](made)
    browser = browser_of(who)

    assert tables_written(lambda: browser.get(path)) <= TRAIL | LAST_SEEN


def test_what_is_written_is_seen(practice, inside, as_secretary):
    provider, kind = scheduling.provider(), scheduling.visit_type()
    url = practice_url(practice, "scheduling:hold", scheduling.patient().pk)
    opening = openings.first(openings.Search(kind, [provider], timezone.localdate()), now=timezone.now(), limit=1).openings[
        0
    ]

    assert "scheduling_occupation" in tables_written(
        lambda: as_secretary.post(url, {"slot": slot_text(provider, opening.starts_at), "visit_type": kind.pk})
    )
