"""What a page answers, and what is recorded, while something that the portal stands on is gone."""

from pathlib import Path

import pytest
from django.db import connection
from django.test import override_settings
from django.utils import timezone

from compliance import cases
from compliance.ids import uuid7
from compliance.models import AuditEvent, Case
from compliance.roles import Role
from compliance.tenancy import SYSTEM, acting_in
from compliance.tenancy.urls import practice_url
from tests.factories import people
from tests.outages import servers
from tests.reporting import EXACTLY, soak_row

WORDS = b"Call her about the pills"
EVENTS = "compliance_auditevent"
pytestmark = pytest.mark.soak


class House:
    """A practice with one case of a patient, and a secretary who reads and tells."""

    def __init__(self, own):
        self.own = own
        self.practice = people.practice()
        self.browser = people.browser(people.member(self.practice, Role.SECRETARY))
        self.browser.raise_request_exception = False
        with acting_in(self.practice.pk, SYSTEM):
            about = {"kind": "message", "team": Role.SECRETARY, "patient": uuid7()}
            self.case = cases.open_case(summary=WORDS.decode(), by=None, now=timezone.now(), **about)
        self.page = practice_url(self.practice, "compliance:case", self.case.pk)

    def reads(self):
        return self.browser.get(self.page)

    def tells(self):
        return self.browser.post(practice_url(self.practice, "compliance:report_incident"), {"what": "A letter is lost."})

    def recorded(self):
        """(openings of the patient, reports kept)."""
        with acting_in(self.practice.pk, SYSTEM):
            openings = AuditEvent.objects.filter(opened__contains=[self.case.patient]).exclude(kind="case.opened").count()
            return openings, Case.objects.filter(kind="incident").count()


@pytest.fixture(scope="module")
def own(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), servers.own() as own:
        yield own


@pytest.fixture
def house(own, django_db_blocker):
    with django_db_blocker.unblock():
        yield House(own)
        connection.close()


def in_words(answer):
    """503 in words, with nothing of the page."""
    assert (answer.status_code, b"cannot answer just now" in answer.content, WORDS in answer.content) == (503, True, False)


def served_unrecorded(house, before, answers):
    """How many pages showed the patient without an event, beyond `before`."""
    return sum(WORDS in answer.content for answer in answers) - (house.recorded()[0] - before)


def caches_at(url):
    return {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": url}}


def test_the_house_is_whole(house):
    answers = [house.reads(), house.tells()]

    assert ([answer.status_code for answer in answers], house.recorded()) == ([200, 302], (1, 1))


def test_redis_stopped_pages_work_and_are_recorded(house):
    house.own.stop_redis()
    with override_settings(REDIS_URL=house.own.redis_url, CACHES=caches_at(house.own.redis_url)):
        answers = [house.reads(), house.tells()]
        ready = house.browser.get("/readyz")

    assert ([answer.status_code for answer in answers], house.recorded()) == ([200, 302], (1, 1))
    assert (ready.status_code, ready.json()["missing"]) == (503, ["redis"])


def test_without_the_right_to_write_events_nothing_is_served(house):
    house.own.as_owner(f"REVOKE INSERT ON {EVENTS} FROM portal_app")
    try:
        answers = [house.reads(), house.tells()]
    finally:
        house.own.as_owner(f"GRANT INSERT ON {EVENTS} TO portal_app")

    [in_words(answer) for answer in answers]
    assert (house.recorded(), house.reads().status_code) == ((0, 0), 200)


def test_a_full_disk_under_the_second_sink_serves_nothing(house, settings, tmp_path):
    settings.AUDIT_TAIL = full = tmp_path / "tail"
    (full / str(house.practice.pk)).mkdir(parents=True)
    (full / str(house.practice.pk) / f"{timezone.now():%Y-%m-%d}.log").symlink_to("/dev/full")

    answers = [house.reads(), house.tells()]

    [in_words(answer) for answer in answers]
    settings.AUDIT_TAIL = Path(tmp_path / "roomy")
    assert (house.recorded(), house.reads().status_code) == ((0, 0), 200)


def test_postgresql_restarted_in_mid_request(house):
    with house.own.locked("compliance_case"):
        thread, cut = servers.meanwhile(house.reads)
        servers.until(house.own.somebody_waits)
        with house.own.without_postgres():
            thread.join(30)
            away = [house.reads(), house.tells()]
    connection.close()  # as the end of a request does; this browser sends no such signal

    [in_words(answer) for answer in [*cut, *away]]
    assert (len(cut), house.recorded(), house.reads().status_code) == (1, (0, 0), 200)
    assert soak_row("served_unrecorded", served_unrecorded(house, house.recorded()[0], [*cut, *away]), 0, rule=EXACTLY)
