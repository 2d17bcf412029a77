"""Calendars filled at random around both clock changes: what is offered can be booked, and nothing bookable is hidden."""

from collections import Counter

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings

from compliance.roles import Role
from compliance.tenancy import acting_in
from tests.factories import people
from tests.reporting import AT_LEAST, EXACTLY, soak_row
from tests.scheduling.calendar_checks import Checks
from tests.scheduling.calendar_stories import STORIES, Calendar

EXAMPLES, FEW = 1000, 6
WRONG = (
    *("openings_not_bookable", "openings_in_taken_time", "offered_beyond_the_plain", "bookable_not_offered"),
    *("reasons_untrue", "pages_wrong", "chains_not_bookable", "chains_not_offered", "chains_beyond_the_plain"),
)
LOOKED_AT = {"openings_looked_at": 10_000, "reasons_looked_at": 500, "chains_looked_at": 5_000}


def run(practice, me, colleague, examples: int, *, are_the_same: bool = False) -> Counter[str]:
    """What was found over all examples; each leaves nothing behind, so that the last one is as quick as the first.

    `are_the_same`: every run draws the same ones. New ones are drawn by the long run.
    """
    total: Counter[str] = Counter()
    draws = {"max_examples": examples, "derandomize": are_the_same, "database": None, "deadline": None}

    @settings(**draws, suppress_health_check=list(HealthCheck))
    @given(STORIES)
    def fill(said):
        me.forget_standings()
        with acting_in(practice.pk, me.pk), transaction.atomic():
            total.update(Checks(Calendar(said, me, colleague)).make())
            transaction.set_rollback(True)

    fill()
    return total


def house() -> tuple:
    """A practice with two secretaries."""
    practice = people.practice()
    return practice, people.member(practice, Role.SECRETARY), people.member(practice, Role.SECRETARY)


def test_what_is_offered_is_what_can_be_booked(db):
    found = run(*house(), FEW, are_the_same=True)

    assert {name: found[name] for name in WRONG} == dict.fromkeys(WRONG, 0)


@pytest.mark.soak
def test_what_is_offered_in_a_thousand_calendars_can_be_booked(committed):
    found = run(*house(), EXAMPLES)

    right = [soak_row(name, found[name], 0, rule=EXACTLY) for name in WRONG]
    looked_at = [soak_row(name, found[name], least, rule=AT_LEAST) for name, least in LOOKED_AT.items()]
    assert all([*right, *looked_at])
