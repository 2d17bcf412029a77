"""The huddle sheet: who comes, what is not ready, on one page."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from compliance.models import AuditEvent
from compliance.tenancy import SYSTEM, acting_in
from compliance.tenancy.urls import practice_url
from scheduling.enums import ResourceKind
from scheduling.models import Resource
from secretary_portal.desk.huddle import initials
from tests.factories import people
from tests.factories import scheduling as make

TEN = datetime(2026, 11, 23, 16, 0, tzinfo=UTC)


@pytest.fixture
def visit(inside, secretary):
    return make.visit(by=secretary, reason="Knee pain", is_new_patient=True)


def page(practice, who, **query):
    return people.browser(who).get(practice_url(practice, "desk:huddle", "2026-11-23"), query).content.decode()


def test_it_says_who_comes_why_and_what_is_to_be_done(practice, visit, secretary):
    found = page(practice, secretary)

    assert ("Walker, Ada" in found, "Knee pain" in found, "New patient" in found, "Not confirmed" in found) == (True,) * 4


def test_the_least_variant_has_initials_and_no_reason(practice, visit, secretary):
    found = page(practice, secretary, least="1")

    assert ("A. W." in found, "Walker" in found, "Knee pain" in found) == (True, False, False)


def test_printing_is_an_act_that_is_recorded(practice, visit, secretary):
    answer = people.browser(secretary).post(practice_url(practice, "desk:print_huddle", "2026-11-23"), {"least": "1"})

    with acting_in(practice.pk, SYSTEM):
        event = AuditEvent.objects.get(kind="huddle.printed")
    assert (event.body, answer.url.endswith("?print=1&least=1")) == ({"day": "2026-11-23", "least": True}, True)


def test_it_asks_as_many_questions_for_many_visits_as_for_few(practice, visit, secretary):
    browser, url = people.browser(secretary), practice_url(practice, "desk:huddle", "2026-11-23")
    counts = []
    for _ in range(3):
        with CaptureQueriesContext(connection) as found:
            browser.get(url)
        counts.append(len(found))
        for hour in (1, 2):
            make.visit(by=secretary, starts_at=TEN + timedelta(hours=hour))

    assert counts[1] == counts[2]


def test_a_name_without_a_part_has_the_initial_of_the_other():
    assert (initials("Walker, Ada"), initials("Walker"), initials("")) == ("A. W.", "W.", "")


def test_a_room_stands_beside_what_is_to_be_done(practice, inside, secretary):
    room = Resource.objects.create(kind=ResourceKind.ROOM, name="Room 7", capacity=1)
    make.visit(by=secretary, room=room)

    assert "Room 7" in page(practice, secretary)
