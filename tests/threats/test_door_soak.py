"""How fast a session ends with the right behind it."""

import time

import pytest
from django.utils import timezone

from compliance import people as domain
from compliance.models import Membership
from compliance.roles import Role
from compliance.tenancy import acting_in
from compliance.tenancy.urls import practice_url
from tests.factories import people
from tests.reporting import soak_row


@pytest.mark.soak
def test_a_session_ends_within_a_second_of_the_right_behind_it(committed, signed_in):
    took = [_ended_after(signed_in) for _ in range(10)]

    assert soak_row("session_end_seconds_max", round(max(took), 3), 1)


def _ended_after(signed_in) -> float:
    """Seconds from the end of a membership to the first request that is sent to the door."""
    practice = people.practice()
    who, admin = people.member(practice, Role.SECRETARY), people.member(practice, Role.PRACTICE_ADMIN)
    browser, board = signed_in(who), practice_url(practice, "scheduling:board")
    assert browser.get(board).status_code == 200
    with acting_in(practice.pk, admin.pk):
        domain.end(Membership.objects.get(user=who), by=admin, now=timezone.now())
    ended = time.perf_counter()
    while browser.get(board).status_code == 200:
        time.sleep(0.01)
    return time.perf_counter() - ended
