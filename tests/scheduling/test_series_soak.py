"""Nothing of a series vanishes: edited at random, it is what a plain table says, date by date, in five zones."""

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings

from compliance.models import Practice, User
from compliance.roles import Role
from compliance.tenancy import acting_in
from tests.factories import people
from tests.reporting import AT_LEAST, EXACTLY, soak_row
from tests.scheduling.series_model import STORIES, Story

QUICK, LONG = 12, 1000
FIXTURES = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large]


def lost_in(said: dict, practice: Practice, by: User) -> int:
    """Play one story, and leave nothing behind."""
    by.forget_standings()
    with acting_in(practice.pk, by.pk), transaction.atomic():
        lost = Story(said, by).play()
        transaction.set_rollback(True)
    return lost


@given(STORIES)
@settings(max_examples=QUICK, suppress_health_check=FIXTURES)
def test_an_edited_series_is_what_a_plain_table_says(practice, secretary, said):
    assert lost_in(said, practice, secretary) == 0


@pytest.mark.soak
def test_a_thousand_edited_series_lose_nothing(committed):
    practice, lost = people.practice(), []
    secretary = people.member(practice, Role.SECRETARY)

    @given(STORIES)
    @settings(max_examples=LONG, suppress_health_check=FIXTURES)
    def play(said: dict) -> None:
        lost.append(lost_in(said, practice, secretary))
        assert lost[-1] == 0

    play()

    soak_row("series_edited_at_random", len(lost), LONG, rule=AT_LEAST)
    assert soak_row("series_lost", sum(lost), 0, rule=EXACTLY)
