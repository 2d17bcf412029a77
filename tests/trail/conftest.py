"""A trail of twelve events of a practice of its own, the first eight under a signed root."""

from collections.abc import Callable

import pytest
from django.utils import timezone

from compliance import trail
from compliance.audit import events
from compliance.audit.proof import reading
from compliance.ids import uuid7
from compliance.roles import Role
from compliance.tenancy import acting_in
from tests.factories import people
from tests.trail.tampers import Trail


@pytest.fixture
def twelve(committed) -> Trail:
    return twelve_events()


@pytest.fixture
def another_twelve(committed) -> Callable[[], Trail]:
    return twelve_events


def twelve_events() -> Trail:
    """Eight under a root, four after it."""
    practice = people.practice()
    by = people.member(practice, Role.SECRETARY)
    began = trail.heads().get(practice.pk, (0, b""))[0]  # what making the practice and its member has written
    for number in range(12 - began):
        if number == 8 - began:
            seal(practice.pk)
        with acting_in(practice.pk, by.pk):
            events.record(f"test.act_{number}", listed=[uuid7()], body={"number": number})
    with acting_in(practice.pk, by.pk):
        said = list(reading.events(practice.pk))
    return Trail(practice.pk, sorted(said, key=lambda one: (one["at"], one["id"])))


def seal(chain) -> None:
    """Sign the one head."""
    trail.seal_now(chain, now=timezone.now())
